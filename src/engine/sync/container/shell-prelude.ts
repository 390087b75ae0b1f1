import { quote } from './quote.ts'

/** What a shell needs for everything: without one of them it is of no use here. */
export const neededTools = ['rm', 'mkdir', 'head'] as const
/** What makes it quick, atomic, or able to tell. */
export const usefulTools = ['tar', 'mv', 'stat', 'readlink', 'chown', 'sha256sum'] as const

/**
 * The words in which the shell in a container is spoken to, as functions. What it answers stands between null bytes, which
 * no name and no message of a tool holds; what stands outside of them are the tools' own words. Paths never begin with a
 * dash: they are absolute or begin with `./`.
 *
 * | word | what it does |
 * |---|---|
 * | `r ROOT PLACE` | goes to a root, links in it followed; says `m` where that is another place than before |
 * | `f ROOT` | says `d` and the place of a root that is a folder, `e` for another thing, `n` for nothing |
 * | `k FOLDER` | makes a folder that is missing, and those above it |
 * | `e FOLDER` | whether it is one, and no link; at the root of the container links to folders are the system's, and count |
 * | `q INDEX FOLDER` | the same; says so of one that is not, and then `a` unpacks nothing |
 * | `p INDEX FOLDER` | the same, and makes the folder where nothing is |
 * | `d INDEX FOLDER` | removes what is no folder; whether there is one |
 * | `w FOLDER NAME…` | removes folders where files shall be, and links that lead nowhere: busybox moves nothing over one that leads to itself |
 * | `x PATH…` | removes |
 * | `t SIZE` | unpacks so many bytes of the input; says `>` when it takes them, `<` when it cannot and waits for their end |
 * | `a SIZE` | the same, where every folder that was asked for is one |
 * | `v STAGE FOLDER NAME…` | moves files from where they were unpacked to where they shall be |
 * | `n FILE UMASK FORMAT` | writes a small file, all of it or nothing: a shell that knows no better does not tell of a full disk |
 * | `j FILE FOLDER NAME` | moves one file to where it shall be |
 * | `lo LINK…` | gives links to the container's user, which the tar of busybox does for all but links |
 * | `b FOLDER` | whether nothing but folders is left in it: places of mounts cannot be removed |
 * | `s PATH…` | mode, size and time of what is there; `l INDEX PATH` where a link leads; `h PATH…` digests |
 */
const words = String.raw`
say() { printf '\0%s\0' "$*"; }
r() {
  cd -P -- "$1" 2>/dev/null && [ "$PWD" = "$2" ] || { say m; return 1; }
  case $2 in /) g=$gr ;; *) g=$gn ;; esac
}
f() { if cd -P -- "$1" 2>/dev/null; then say "d$PWD"; elif [ -e "$1" ] || [ -L "$1" ]; then say e; else say n; fi; }
own() { [ -z "$o" ] || chown "$o" "$1" 2>/dev/null || :; }
k() {
  [ -d "$1" ] && return
  case \${1%/*} in '') ;; *) k "\${1%/*}" || return ;; esac
  mkdir -m 755 "$1" && own "$1"
}
e() { [ -d "$1" ] && { ! [ -L "$1" ] || [ "$PWD" = / ]; }; }
q() {
  if e "$2"; then return 0; elif [ -L "$2" ]; then say "!$1 link"
  elif [ -e "$2" ]; then say "!$1 file"; else say "!$1 none"; fi
  b=1; return 1
}
p() {
  if [ -d "$2" ] || [ -L "$2" ] || [ -e "$2" ]; then q "$@"
  elif mkdir -m 755 "$2"; then own "$2"
  else c=1; b=1; say "!$1 none"; return 1; fi
}
d() {
  if e "$2"; then return 0; fi
  if [ -L "$2" ] || { [ -e "$2" ] && ! [ -d "$2" ]; }; then rm -rf "$2" || { c=1; b=1; say "!$1 kept"; }; return 1; fi
  [ -d "$2" ]
}
w() {
  a=$1; shift
  for n do
    if [ -L "$a/$n" ]; then [ -e "$a/$n" ] || rm -f "$a/$n" || c=1; elif [ -d "$a/$n" ]; then rm -rf "$a/$n" || c=1; fi
  done
}
x() {
  if [ "$PWD" = / ]; then for n do shift; [ -L "$n" ] && [ -d "$n" ] || set -- "$@" "$n"; done; fi
  [ $# = 0 ] || rm -rf "$@" || c=1
}
t() {
  say '>'; head -c "$1" | tar $g -xf - -C / && return
  c=1; say '<'; grep -qxF "$z" || while read -r n && [ "$n" != "$z" ]; do :; done
  return 1
}
a() { [ -z "$b" ] && t "$1"; }
v() {
  i=$1 a=$2; shift 2; w "$a" "$@"
  for n do set -- "$@" "$i/$n"; shift; done
  mv -f "$@" "$a/" || c=1
}
n() {
  umask "$2"; printf "$3" >"$1" && [ -s "$1" ] || c=1
  umask 022; return $c
}
j() {
  w "$2" "$3"; [ ! -d "$2/$3" ] || rm -f "$2/$3"
  mv -f "$1" "$2/$3" || c=1
}
lo() { [ -n "$gn" ] || chown -h "$o" "$@" 2>/dev/null || :; }
b() {
  for n in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -d "$n" ] && ! [ -L "$n" ]; then b "$n" || return 1; elif [ -e "$n" ] || [ -L "$n" ]; then return 1; fi
  done
}
s() { stat -c '%f %s %Y %n' "$@" 2>/dev/null; }
l() { say "l$1 $(readlink "$2" && echo .)"; }
h() { sha256sum "$@" 2>/dev/null; }
`.replaceAll('\\${', '${')

const checkTools = [...neededTools, ...usefulTools].join(' ')

/**
 * What the shell runs: it says what it has, and then takes one line after the other. `u`, when a line has set it, cleans up
 * after the answer is given. GNU's tar is asked to make links at once as they are, which that of busybox does anyway.
 */
export const shellProgram = `LC_ALL=C; export LC_ALL; unset CDPATH; umask 022; exec 2>&1
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/busybox
${words}
for n in ${checkTools}; do command -v $n >/dev/null || say "?$n"; done
gn=-P; tar -P -cf /dev/null /dev/null 2>/dev/null || gn=
gr="$gn --keep-directory-symlink"; tar $gr -cf /dev/null /dev/null 2>/dev/null || gr=$gn
g=$gn
while read -r n a i; do [ "$n" != CapEff: ] || say "c$a"; done </proc/self/status
while read -r n a i e u v; do say "o$u $v"; done </proc/self/mountinfo
c=0; u=; y=; say "=$c"
while IFS= read -r n; do c=0; b=; eval "$n"; say "=$c"; eval "$u"; u=; done
eval "$y"`

export type ShellSettings = {
  /** `uid:gid` of folders that have to be made. */
  readonly owner: string
  /** A line that no file holds: it ends what is left of an archive that could not be unpacked. */
  readonly end: string
  /** Where files are unpacked at the root of the container. */
  readonly stage: string
}

/** The first thing that a shell is told. */
export const settingsScript = ({ owner, end, stage }: ShellSettings): string =>
  `o=${quote(owner)};z=${quote(end)};y=${quote(`[ ! -d ${quote(stage)} ]||rm -rf ${quote(stage)}`)}`

/** Says the user and group that a process of the container runs as. */
export const ownerProgram = 'while read -r n a i; do case $n in Uid: | Gid:) echo "$a" ;; esac; done </proc/self/status'
