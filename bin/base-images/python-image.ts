import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SEARCH_PATH, toBusyboxEntries, toSystemEntries } from './busybox-image.ts'
import { listDependencies, listMissingLibraries, unpackPackages } from './debian-packages.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { listLibraryFolders, toFileEntry, toFolderEntries, toLibraryEntries } from './root-entries.ts'
import type { RootEntry } from './root-entries.ts'

/** What examples/python-api names in its requirements.txt, and pip, which finds them there and asks nobody. */
const PACKAGES = ['python3-flask', 'python3-watchdog', 'python3-pip']

/** Python as the release has it, under the names of the official image, with pip and the packages of the example. */
export const makePythonImage = async (making: ImageMaking): Promise<MadeImage> => {
  const root = join(making.folder, 'python')
  const needed = (await listDependencies(PACKAGES, making)).filter((name) => /^(?:lib)?python3/.test(name))
  const names = new Set([...needed, ...(await listMissingLibraries(PACKAGES, making))])
  await unpackPackages([...names], { root, signal: making.signal })
  const library = (await readdir(join(root, 'usr/lib'))).find((name) => /^python3\.\d+$/.test(name))
  if (library === undefined) throw new Error('the packages lay out no /usr/lib/python3.*')
  const packages = await toFolderEntries(join(root, 'usr/lib/python3'), '/usr/lib/python3')
  const modules = await toFolderEntries(join(root, 'usr/lib', library), `/usr/lib/${library}`, isLeftOut)
  const program = join(root, 'usr/bin', library)
  const compiled = [...packages, ...modules].flatMap((entry) =>
    entry.kind === 'file' && entry.path.endsWith('.so') ? [entry.from] : [],
  )
  // Node needs libgcc_s, which Python opens when a thread ends.
  const programs = [program, ...compiled, process.execPath]
  const entries: readonly RootEntry[] = [
    ...(await toBusyboxEntries(making)),
    ...toSystemEntries([]),
    ...(await toLibraryEntries(programs, { ...making, searched: await listLibraryFolders(root) })),
    { kind: 'directory', path: '/usr/lib' },
    ...packages,
    ...modules,
    { kind: 'directory', path: '/usr/local/bin' },
    await toFileEntry(program, `/usr/bin/${library}`),
    ...['/usr/bin/python3', '/usr/local/bin/python3', '/usr/local/bin/python'].map((path): RootEntry => ({
      kind: 'link',
      path,
      target: `/usr/bin/${library}`,
    })),
    ...(await Promise.all(
      ['pip', 'flask'].map((name) => toFileEntry(join(root, 'usr/bin', name), `/usr/local/bin/${name}`)),
    )),
  ]
  return { entries, changes: [`ENV ${SEARCH_PATH}`, 'ENV LANG=C.UTF-8', 'CMD ["python3"]'] }
}

/** Tests, what needs a desktop, and Debian's word that its packages are no matter of pip. */
const isLeftOut = (path: string): boolean =>
  /^(?:test|idlelib|tkinter|turtledemo|config-)|EXTERNALLY-MANAGED$|(?:_tkinter|_dbm|_gdbm|_test\w*)\.[^/]*\.so$/.test(
    path,
  )
