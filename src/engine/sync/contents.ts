import type { Clock } from '../ports/clock.ts'
import type { Absent, SourceEntry, SourceFiles } from '../ports/source-files.ts'
import { pathBelow } from './paths.ts'
import { isSameEntry } from './same-entry.ts'
import { createSlices } from './slices.ts'
import type { SourceTree } from './source-tree.ts'

/** A file's content, and what the file was like when it had been read. */
export type Content = { readonly content: Uint8Array; readonly entry: SourceEntry }

/** What is in files: read once for all who want it, and told from other contents by a digest. */
export type Contents = {
  read(path: string, entry: SourceEntry): Content | Absent
  /** For files that are too big to be held. */
  stream(path: string, size: number): AsyncIterable<Uint8Array>
  /** Learns what is in a file that is not too big, so that a later save that changes nothing is known as one. */
  learn(path: string, entry: SourceEntry): void
  /** Whether one is what the other is; false where that is not known. */
  isSame(a: SourceEntry, b: SourceEntry): boolean
  /** Whether a file begins with what was in it before; true where that is not known. */
  mayContinue(path: string, versions: { readonly before: SourceEntry; readonly entry: SourceEntry }): boolean
  digestOf(entry: SourceEntry): string | undefined
}

/** What is bigger goes piece by piece. */
export const maxHeldBytes = 4 * 1024 * 1024
// Kept for the other containers of a round, and for whoever has just compared them.
const maxKeptBytes = 32 * 1024 * 1024

export const createContents = (files: SourceFiles): Contents => {
  const digests = new WeakMap<SourceEntry, string>()
  const kept = new Map<SourceEntry, Content>()
  let keptBytes = 0
  const keep = (entry: SourceEntry, found: Content): void => {
    kept.set(entry, found)
    keptBytes += found.content.length
    for (const [oldest, { content }] of kept) {
      if (keptBytes <= maxKeptBytes) break
      kept.delete(oldest)
      keptBytes -= content.length
    }
  }
  const read: Contents['read'] = (path, entry) => {
    const known = kept.get(entry)
    if (known !== undefined) return known
    const found = files.read(path)
    if ('kind' in found) return found
    const result = { content: found.content, entry: isSameEntry(entry, found.entry) ? entry : found.entry }
    digests.set(result.entry, files.hash(result.content))
    // What has changed since it was looked at is another entry at the next look.
    if (result.entry === entry) keep(entry, result)
    return result
  }
  return {
    read,
    stream: (path, size) => files.stream(path, size),
    learn: (path, entry) => {
      if (digests.has(entry)) return
      const found = files.read(path)
      if (!('kind' in found) && isSameEntry(entry, found.entry)) digests.set(entry, files.hash(found.content))
    },
    mayContinue: (path, { before, entry }) => {
      const digest = digests.get(before)
      if (digest === undefined || entry.size > maxHeldBytes) return true
      const found = read(path, entry)
      return 'kind' in found || files.hash(found.content.subarray(0, before.size)) === digest
    },
    digestOf: (entry) => digests.get(entry),
    isSame: (a, b) => {
      if (a === b) return true
      if (a.kind !== b.kind || a.mode !== b.mode) return false
      if (a.kind === 'directory') return true
      if (a.kind === 'link') return a.linkTarget === b.linkTarget
      const digest = digests.get(a)
      return a.size === b.size && digest !== undefined && digest === digests.get(b)
    },
  }
}

const learntBytes = 512 * 1024
const learntFiles = 4000

type Learning = {
  readonly tree: Pick<SourceTree, 'folders'>
  readonly contents: Contents
  readonly signal: AbortSignal
}

/**
 * Reads what is watched once, where that is not much, so that also the first save of a file that changes nothing is known as
 * one. With more files it is known from a file's second save on.
 */
export const learnContents = async (clock: Clock, { tree, contents, signal }: Learning): Promise<void> => {
  const files = [...tree.folders.values()].flatMap(({ path, entries }) =>
    [...entries].flatMap(([name, entry]) =>
      entry.kind === 'file' && entry.size <= learntBytes ? [{ path: pathBelow(path, name), entry }] : [],
    ),
  )
  if (files.length > learntFiles) return
  const slices = createSlices(clock)
  for (const { path, entry } of files) {
    if (signal.aborted) return
    contents.learn(path, entry)
    await slices.next()
  }
}
