import type { HostEntry, HostFiles } from '../ports/host-files.ts'
import { relativeTo } from './paths.ts'

export type Change = { readonly path: string; /** Absent: it is gone. */ readonly entry?: HostEntry }

export type FileIndex = {
  /** Learns what is there. */
  load(): Promise<void>
  /** What really changed of what may have changed, and remembers it. */
  update(hints: { readonly paths: readonly string[]; readonly rescan: boolean }): Promise<readonly Change[]>
  /** Everything below a path, folders before what is in them. */
  entriesBelow(root: string): readonly HostEntry[]
}

type Known = { readonly entry: HostEntry; readonly hash?: number }
type IndexOptions = {
  readonly files: HostFiles
  readonly roots: readonly string[]
  readonly ignored: (path: string, isDirectory: boolean) => boolean
  readonly onUnreadable?: (folder: string) => void
}

// Files up to this size are compared by content, so that a save that changed nothing does nothing.
const hashBytes = 512 * 1024
// With more files than this the first look at their contents would take too long: their first save counts as a change.
const hashFiles = 4000

/** What was last seen of the watched files. Notices of the machine are only hints: this says what changed. */
// oxlint-disable-next-line max-lines-per-function -- one index with all that reads and changes it
export const createFileIndex = ({ files, roots, ignored, onUnreadable }: IndexOptions): FileIndex => {
  const known = new Map<string, Known>()
  const unreadable = new Set<string>()

  const listAll = async (paths: readonly string[]): Promise<ReadonlyMap<string, HostEntry>> => {
    unreadable.clear()
    const tell = (folder: string): void => {
      unreadable.add(folder)
      onUnreadable?.(folder)
    }
    const found = await Promise.all(paths.map((path) => files.list(path, ignored, tell)))
    return new Map(found.flat().map((entry) => [entry.path, entry]))
  }
  /** What is in a folder that cannot be read is not known to be gone. */
  const isHidden = (path: string): boolean => [...unreadable].some((folder) => (relativeTo(folder, path) ?? '') !== '')
  const hashOf = async (entry: HostEntry): Promise<number | undefined> => {
    if (entry.kind !== 'file' || entry.size > hashBytes) return undefined
    try {
      return hashBytesOf(await files.read(entry.path))
    } catch {
      return undefined
    }
  }
  const remember = (entry: HostEntry, hash: number | undefined): void => {
    known.set(entry.path, { entry, ...(hash === undefined ? {} : { hash }) })
  }
  /** The change that an entry is to what is known, if it is one. */
  const compare = async (entry: HostEntry): Promise<readonly Change[]> => {
    const before = known.get(entry.path)
    if (before !== undefined && isUntouched(before.entry, entry)) return []
    const hash = await hashOf(entry)
    remember(entry, hash)
    if (before === undefined) return [{ path: entry.path, entry }]
    if (before.entry.kind !== entry.kind)
      return [...forgetBelow(entry.path), { path: entry.path }, { path: entry.path, entry }]
    if (entry.kind === 'directory') return before.entry.mode === entry.mode ? [] : [{ path: entry.path, entry }]
    const isSame = hash !== undefined && hash === before.hash && before.entry.mode === entry.mode
    return isSame ? [] : [{ path: entry.path, entry }]
  }
  const forgetBelow = (root: string): readonly Change[] => {
    const gone = [...known.keys()].filter((path) => path !== root && relativeTo(root, path) !== undefined)
    for (const path of gone) known.delete(path)
    return gone.map((path) => ({ path }))
  }
  const compareOne = async (path: string): Promise<readonly Change[]> => {
    const entry = await files.stat(path)
    if (entry === undefined) {
      const before = known.get(path)
      const below = before?.entry.kind === 'directory' ? forgetBelow(path) : []
      return known.delete(path) ? [...below, { path }] : below
    }
    if (ignored(path, entry.kind === 'directory')) return []
    if (entry.kind !== 'directory' || known.has(path)) return compare(entry)
    // A new folder may have been filled before it was watched.
    const found = await listAll([path])
    return (await mapSome([...found.values()], compare)).flat()
  }
  const compareAll = async (): Promise<readonly Change[]> => {
    const present = await Promise.all(roots.map((root) => files.stat(root)))
    // A root that vanished is a folder being moved or a disk unplugged, and not the wish to empty the container.
    const there = roots.filter((_root, index) => present[index] !== undefined)
    const found = await listAll(there)
    const gone = [...known.keys()].filter(
      (path) => !found.has(path) && !isHidden(path) && there.some((root) => relativeTo(root, path) !== undefined),
    )
    for (const path of gone) known.delete(path)
    return [...gone.map((path) => ({ path })), ...(await mapSome([...found.values()], compare)).flat()]
  }
  return {
    load: async () => {
      const found = [...(await listAll(roots)).values()]
      const isFew = found.length <= hashFiles
      for (const entry of found) remember(entry, undefined)
      if (isFew) await mapSome(found, async (entry) => remember(entry, await hashOf(entry)))
    },
    update: async ({ paths, rescan }) => {
      if (rescan) return compareAll()
      const inside = paths.filter((path) => roots.some((root) => relativeTo(root, path) !== undefined))
      const rootsGone = new Set(
        (
          await Promise.all(roots.map(async (root) => ((await files.stat(root)) === undefined ? root : undefined)))
        ).filter((root) => root !== undefined),
      )
      const kept = inside.filter(
        (path) =>
          ![...rootsGone].some(
            (root) =>
              path !== root && relativeTo(root, path) !== undefined && known.get(root)?.entry.kind === 'directory',
          ),
      )
      return (
        await mapSome(
          kept.filter((path) => !(rootsGone.has(path) && known.get(path)?.entry.kind === 'directory')),
          compareOne,
        )
      ).flat()
    },
    entriesBelow: (root) =>
      [...known.values()]
        .map(({ entry }) => entry)
        .filter(
          (entry) => relativeTo(root, entry.path) !== undefined && !(entry.kind === 'directory' && entry.path === root),
        )
        .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  }
}

const isUntouched = (a: HostEntry, b: HostEntry): boolean =>
  a.kind === b.kind &&
  a.mode === b.mode &&
  a.size === b.size &&
  a.mtimeMs === b.mtimeMs &&
  a.linkTarget === b.linkTarget &&
  a.kind !== 'directory'

// A process may have only so many files open.
const filesAtOnce = 64

const mapSome = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  for (let index = 0; index < items.length; index += filesAtOnce)
    results.push(...(await Promise.all(items.slice(index, index + filesAtOnce).map(work))))
  return results
}

/** cyrb53: 53 bits, enough to tell one content of a file from the next. */
const hashBytesOf = (data: Uint8Array): number => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (const byte of data) {
    a = Math.imul(a ^ byte, 2654435761)
    b = Math.imul(b ^ byte, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
