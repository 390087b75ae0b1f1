import { fromNameBytes, isByteName } from '../../../wire/byte-names.ts'
import { readTar, type TarItem } from '../../../wire/read-tar.ts'
import { digestChunks } from '../../../wire/sha256.ts'
import type { Seen } from '../container-files.ts'
import { kindBehind, kindOf, type EngineAccess } from './archive-place.ts'
import { folderOf, joinPath } from './quote.ts'

// So few are asked for one by one: each is a call.
const mostAlone = 40

type Visit = (path: string, item: TarItem) => Promise<void>

/** What is at these paths, from the engine's own archives. */
export const lookByArchive = async (
  access: EngineAccess,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Seen>> => {
  const seen = new Map<string, Seen>()
  await visitPaths(access, { root, paths }, async (path, item) => void seen.set(path, toSeen(item)))
  return seen
}

export const digestByArchive = async (
  access: EngineAccess,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const digests = new Map<string, string>()
  await visitPaths(access, { root, paths }, async (path, item) => {
    if (item.kind === 'file' || item.kind === 'hardlink') digests.set(path, await digestChunks(item.data))
  })
  return digests
}

const visitPaths = async (
  access: EngineAccess,
  { root, paths }: { readonly root: string; readonly paths: readonly string[] },
  visit: Visit,
): Promise<void> => {
  if ((await kindOf(access, root)) === 'none') return
  const isFolder = (await kindBehind(access, root)) === 'folder'
  const wanted = new Set(isFolder ? paths : paths.filter((path) => path === ''))
  if (wanted.size > mostAlone || paths.some(isByteName)) return visitAll(access, { root, isFolder, wanted }, visit)
  const folders = new Map<string, boolean>([['', true]])
  const isReachable = async (folder: string): Promise<boolean> => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const found = (await isReachable(folderOf(folder))) && (await kindOf(access, joinPath(root, folder))) === 'folder'
    folders.set(folder, found)
    return found
  }
  for (const path of wanted) {
    if (!(await isReachable(folderOf(path)))) continue
    const at = path === '' && isFolder ? `${root}/` : joinPath(root, path)
    if ((await kindOf(access, at)) === 'none') continue
    for await (const item of await openTar(access, at)) {
      await visit(path, item)
      break
    }
  }
}

const openTar = async ({ runtime, signal, container }: EngineAccess, path: string): Promise<AsyncIterable<TarItem>> =>
  readTar((await runtime.getArchive(container, path, { signal })).tar, path)

/** One archive of all: what is below a link is not in it. Its names begin with that of the root. */
const visitAll = async (
  access: EngineAccess,
  {
    root,
    isFolder,
    wanted,
  }: { readonly root: string; readonly isFolder: boolean; readonly wanted: ReadonlySet<string> },
  visit: Visit,
): Promise<void> => {
  for await (const item of await openTar(access, isFolder ? `${root}/` : root)) {
    const name = fromNameBytes(item.path).replace(/\/+$/, '')
    const start = name.indexOf('/')
    const path = start === -1 ? '' : name.slice(start + 1)
    if (wanted.has(path)) await visit(path, item)
  }
}

const kinds: Readonly<Partial<Record<TarItem['kind'], Seen['kind']>>> = {
  file: 'file',
  hardlink: 'file',
  directory: 'directory',
  link: 'link',
}

const toSeen = ({ kind, mode, size, mtimeSeconds, linkTarget }: TarItem): Seen => ({
  kind: kinds[kind] ?? 'other',
  mode: mode & 0o7777,
  size,
  mtime: Math.floor(mtimeSeconds),
  ...(kind === 'link' ? { linkTarget: fromNameBytes(linkTarget) } : {}),
})
