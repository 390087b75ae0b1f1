/**
 * The start of a PostgreSQL container, with the manners of the official image (its documentation on Docker Hub): the data
 * folder is made once, from POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS and
 * POSTGRES_HOST_AUTH_METHOD, each also as NAME_FILE; then /docker-entrypoint-initdb.d is run in order, by a server that
 * only local programs reach; then the server takes the place of this script, so that signals are its own.
 */
export const postgresEntrypoint = String.raw`#!/bin/bash
set -Eeuo pipefail

# NAME_FILE names a file that holds the value of NAME.
file_env() {
  local name=$1 file="$1_FILE" value=''
  if [ -n "${'$'}{!name:-}" ] && [ -n "${'$'}{!file:-}" ]; then
    echo "error: both $name and $file are set (but are exclusive)" >&2
    exit 1
  fi
  if [ -n "${'$'}{!file:-}" ]; then value=$(<"${'$'}{!file}"); else value=${'$'}{!name:-${'$'}{2:-}}; fi
  export "$name=$value"
  unset "$file"
}

run_file() {
  case "$1" in
    *.sh) if [ -x "$1" ]; then echo "running $1"; "$1"; else echo "sourcing $1"; . "$1"; fi ;;
    *.sql) echo "running $1"; run_sql -f "$1"; echo ;;
    *.sql.gz) echo "running $1"; gunzip -c "$1" | run_sql; echo ;;
    *.sql.xz) echo "running $1"; xzcat "$1" | run_sql; echo ;;
    *) echo "ignoring $1" ;;
  esac
}

run_sql() {
  PGHOST='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"
}

create_database() {
  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS
  : "${'$'}{POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
    echo '       Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE to a non-empty value.' >&2
    exit 1
  fi
  eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(printf '%s\n' \"\$POSTGRES_PASSWORD\") $POSTGRES_INITDB_ARGS"
  touch "$PGDATA/.unfinished"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
  sed -i "s/^#*listen_addresses .*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"

  PGUSER=$POSTGRES_USER pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    PGHOST='' psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres -v db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do [ -e "$file" ] && run_file "$file"; done
  PGUSER=$POSTGRES_USER pg_ctl -D "$PGDATA" -m fast -w stop
  rm "$PGDATA/.unfinished"
  echo; echo 'PostgreSQL init process complete; ready for start up.'; echo
}

clear_data() { (shopt -s dotglob nullglob; rm -rf "$PGDATA"/*); }

# Whoever stops us meanwhile shall not wait, and shall find no half-made database afterwards.
abandon() {
  trap '' INT TERM
  kill -TERM -1 2>/dev/null || true
  clear_data
  exit 130
}

if [ "${'$'}{1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"; chmod 775 /var/run/postgresql
    find "$PGDATA" \! -user postgres -exec chown postgres {} +
    chown postgres /var/run/postgresql
    exec /usr/local/bin/setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
  fi
  mkdir -p "$PGDATA"
  if [ -e "$PGDATA/.unfinished" ]; then clear_data; fi
  if [ -s "$PGDATA/PG_VERSION" ]; then
    echo; echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'; echo
  else
    trap abandon INT TERM
    create_database &
    wait $!
    trap - INT TERM
  fi
  unset POSTGRES_PASSWORD
fi
exec "$@"
`
