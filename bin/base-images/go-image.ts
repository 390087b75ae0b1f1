import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SEARCH_PATH, toBusyboxEntries, toSystemEntries } from './busybox-image.ts'
import { listDependencies, unpackPackages } from './debian-packages.ts'
import type { ImageMaking, MadeImage } from './made-image.ts'
import { toFolderEntries, toLibraryEntries } from './root-entries.ts'
import type { RootEntry } from './root-entries.ts'

const PLACE = '/usr/local/go'

/**
 * Go's compiler and standard library as the release has them, laid out like the official image. Left out are tests, tools that no build runs, and libraries of other kinds of build.
 */
export const makeGoImage = async (making: ImageMaking): Promise<MadeImage> => {
  const root = join(making.folder, 'go')
  const names = (await listDependencies(['golang-go'], making)).filter((name) => /^golang-[\d.]+-(go|src)$/.test(name))
  if (names.length === 0) throw new Error('the package sources have no golang-go package')
  await unpackPackages(names, { root, signal: making.signal })
  const folder = (await readdir(join(root, 'usr/lib'))).find((name) => name.startsWith('go-'))
  if (folder === undefined) throw new Error(`${names.join(', ')} lay out no /usr/lib/go-*`)
  // Debian keeps in /usr/share what does not depend on the processor, and leaves links to it.
  const [programs, shared] = [join(root, 'usr/lib', folder), join(root, 'usr/share', folder)]
  const entries: readonly RootEntry[] = [
    ...(await toBusyboxEntries(making)),
    ...toSystemEntries([]),
    ...(await toLibraryEntries([join(programs, 'bin/go')], making)), // the compiler and the linker need none
    { kind: 'directory', path: '/go', mode: 0o1777 },
    ...(await toFolderEntries(programs, PLACE, (path) => isLink(path) || isSpare(path))),
    ...(await toFolderEntries(join(shared, 'src'), `${PLACE}/src`, isTest)),
    ...(existsSync(join(shared, 'pkg/include'))
      ? await toFolderEntries(join(shared, 'pkg/include'), `${PLACE}/pkg/include`)
      : []),
  ]
  return {
    entries,
    changes: [`ENV PATH=/go/bin:${PLACE}/bin:${SEARCH_PATH.slice('PATH='.length)}`, 'ENV GOPATH=/go', 'WORKDIR /go'],
  }
}

const isLink = (path: string): boolean => /^(?:api|misc|src|test|pkg\/include)(?:\/|$)/.test(path)

const isSpare = (path: string): boolean =>
  /^pkg\/[^/]+\/cmd(?:\/|$)|^pkg\/[^/]+_(?:race|dynlink|shared)(?:\/|$)|^pkg\/tool\/[^/]+\/(?:addr2line|api|dist|doc|fix|nm|objdump|pprof|test2json|trace|vet)$/.test(
    path,
  )

const isTest = (path: string): boolean => /(?:^|\/)testdata(?:\/|$)|_test\.go$/.test(path)
