import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SEARCH_PATH, toBusyboxEntries, toSystemEntries } from './busybox-image.ts'
import { findPackage, listMissingLibraries, unpackPackages } from './debian-packages.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { postgresEntrypoint } from './postgres-entrypoint.ts'
import { listLibraryFolders, toFileEntry, toFolderEntries, toLibraryEntries } from './root-entries.ts'
import type { RootEntry } from './root-entries.ts'

const DATA = '/var/lib/postgresql/data'
const SETPRIV = '/usr/bin/setpriv'
const USER = { name: 'postgres', id: 999, home: '/var/lib/postgresql', shell: '/bin/sh' }

/**
 * PostgreSQL as the release has it, used like the official image: the same variables, the same folder of start scripts,
 * the same place for the data. Left out are the just-in-time compiler (100 MB of LLVM) and message translations.
 */
export const makePostgresImage = async (making: ImageMaking): Promise<MadeImage> => {
  const root = join(making.folder, 'postgres')
  const version = await unpackPostgres(root, making)
  const [lib, share] = [`usr/lib/postgresql/${version}`, `usr/share/postgresql/${version}`]
  const programs = (await readdir(join(root, lib, 'bin'))).map((name) => join(root, lib, 'bin', name))
  const modules = (await readdir(join(root, lib, 'lib'))).filter(
    (name) => name.endsWith('.so') && !/llvmjit|perl|python|tcl/.test(name),
  )
  const libraries = await toLibraryEntries(
    ['/bin/bash', SETPRIV, ...programs, ...modules.map((name) => join(root, lib, 'lib', name))],
    {
      ...making,
      searched: await listLibraryFolders(root),
    },
  )
  const leaveOut = (path: string): boolean => /bitcode|llvmjit|\.pl$|^man\//.test(path)
  const entries: readonly RootEntry[] = [
    ...(await toBusyboxEntries(making)),
    { kind: 'directory', path: '/var/lib' },
    ...toSystemEntries([USER]),
    ...libraries,
    await toFileEntry('/bin/bash', '/bin/bash'), // many start scripts name it
    await toFileEntry('/usr/bin/locale', '/usr/bin/locale'), // initdb asks it
    await toFileEntry(SETPRIV, '/usr/local/bin/setpriv'), // to step down from root: BusyBox's own cannot
    ...toFolders(version),
    ...(await toFolderEntries(join(root, lib), `/${lib}`, leaveOut)),
    ...(await toFolderEntries(join(root, share), `/${share}`, leaveOut)),
    ...(await toTimeZoneEntries(making)),
    ...(await toFolderEntries('/usr/lib/locale/C.utf8', '/usr/lib/locale/C.utf8')),
    { kind: 'text', path: '/usr/local/bin/docker-entrypoint.sh', text: postgresEntrypoint, mode: 0o755 },
  ]
  return { entries, changes: toChanges(version) }
}

/** @returns the major version, `15` */
const unpackPostgres = async (root: string, { signal }: ImageMaking): Promise<string> => {
  const server = await findPackage(/^postgresql-\d+$/, { signal })
  if (server === undefined) throw new Error('the package sources have no postgresql package')
  const version = server.slice('postgresql-'.length)
  const libraries = await listMissingLibraries([server], { signal })
  const names = new Set([server, `postgresql-client-${version}`, 'libpq5', ...libraries])
  await unpackPackages([...names], { root, signal })
  return version
}

const toFolders = (version: string): readonly RootEntry[] => {
  const open = (path: string): RootEntry => ({ kind: 'directory', path })
  const owned = (path: string, mode: number): RootEntry => ({ kind: 'directory', path, mode, owner: USER.id })
  return [
    owned(DATA, 0o700),
    open('/var/run'),
    owned('/var/run/postgresql', 0o775),
    ...[
      '/usr/lib',
      '/usr/lib/postgresql',
      '/usr/share',
      '/usr/share/postgresql',
      '/usr/lib/locale',
      '/usr/local/bin',
      '/docker-entrypoint-initdb.d',
    ].map(open),
    { kind: 'link', path: `/usr/lib/postgresql/current`, target: version },
  ]
}

/** Debian's PostgreSQL uses the time zones of the system. */
const toTimeZoneEntries = async (making: ImageMaking): Promise<readonly RootEntry[]> => {
  let zones = '/usr/share/zoneinfo'
  if (!existsSync(join(zones, 'UTC'))) {
    const root = join(making.folder, 'tzdata')
    await unpackPackages(['tzdata'], { root, signal: making.signal })
    zones = join(root, zones)
  }
  return await toFolderEntries(zones, '/usr/share/zoneinfo', (path) => /^(right|posix)(\/|$)/.test(path))
}

const toChanges = (version: string): readonly string[] => [
  `ENV ${SEARCH_PATH}:/usr/lib/postgresql/${version}/bin`,
  `ENV PGDATA=${DATA}`,
  `ENV PG_MAJOR=${version}`,
  'ENV LANG=C.UTF-8',
  'ENTRYPOINT ["docker-entrypoint.sh"]',
  'CMD ["postgres"]',
  `VOLUME ${DATA}`,
  'EXPOSE 5432',
  'STOPSIGNAL SIGINT', // fast shutdown; SIGTERM would wait until every client has gone
]
