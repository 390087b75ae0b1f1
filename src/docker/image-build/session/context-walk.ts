import type { Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError } from '../../../core/errors/stack-error.ts'

export type ContextEntry = {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly stat: Stats
  readonly linkTarget: string
}

export type ContextFilter = {
  /** Whether an entry is part of what is wanted. */
  readonly accepts: (path: string) => boolean
  /** Whether something below a folder that is not accepted itself may be. */
  readonly descends: (path: string) => boolean
}

/**
 * Files, folders and links below a root, each folder before what is in it, names in bytewise order (BuildKit rejects any
 * other). A folder that is not accepted is given all the same when something in it is.
 */
export const walkContext = async function* (root: string, filter: ContextFilter): AsyncGenerator<ContextEntry> {
  yield* walkFolder(root, { folder: '', filter, owed: [] })
}

type Place = {
  readonly folder: string
  readonly filter: ContextFilter
  /** Folders that are given only if something in them is. */ readonly owed: ContextEntry[]
}

const walkFolder = async function* (root: string, { folder, filter, owed }: Place): AsyncGenerator<ContextEntry> {
  const names = (await readdir(join(root, folder))).sort(compareBytes)
  const entries = await Promise.all(
    names.map((name) => readEntry(root, folder === '' ? name : `${folder}/${name}`, filter)),
  )
  for (const entry of entries) {
    if (entry === undefined) continue
    const isAccepted = filter.accepts(entry.path)
    if (isAccepted) {
      yield* owed.splice(0)
      yield entry
    }
    if (entry.kind !== 'directory') continue
    if (isAccepted) yield* walkFolder(root, { folder: entry.path, filter, owed: [] })
    else {
      const mine = [...owed, entry]
      yield* walkFolder(root, { folder: entry.path, filter, owed: mine })
      // Given meanwhile, together with the first thing in it.
      if (mine.length === 0) owed.splice(0)
    }
  }
}

/** Sockets, pipes and devices are no part of a context. What vanishes while we look was never there. */
const readEntry = async (root: string, path: string, filter: ContextFilter): Promise<ContextEntry | undefined> => {
  if (!filter.accepts(path) && !filter.descends(path)) return undefined
  try {
    const full = join(root, path)
    const stat = await lstat(full)
    if (stat.isDirectory()) return { path, kind: 'directory', stat, linkTarget: '' }
    if (!filter.accepts(path)) return undefined
    if (stat.isSymbolicLink()) return { path, kind: 'link', stat, linkTarget: await readlink(full) }
    return stat.isFile() ? { path, kind: 'file', stat, linkTarget: '' } : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // Node puts this sign in the place of bytes that are not UTF-8, which BuildKit takes in no name.
    if (path.includes('\ufffd')) throw new StackError('archive/bad-name', { name: path })
    return undefined
  }
}

/** UTF-16 order differs from the order of bytes only beyond the basic plane. */
const compareBytes = (a: string, b: string): number =>
  isPlain(a) && isPlain(b) ? (a < b ? -1 : a > b ? 1 : 0) : Buffer.compare(Buffer.from(a), Buffer.from(b))
const isPlain = (text: string): boolean => !/[\ud800-\udfff]/.test(text)
