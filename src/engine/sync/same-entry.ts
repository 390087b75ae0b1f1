import type { SourceEntry, SourceFiles } from '../ports/source-files.ts'
import { pathBelow } from './paths.ts'

/** File systems write times that lag by up to a tick of the kernel, in milliseconds. */
export const tickMs = 20

/** Whether a thing changed so short before a look that it may have changed again unseen. A time yet to come is no other's. */
export const isYoung = ({ mtimeMs, ctimeMs }: SourceEntry, at: number): boolean =>
  isWithinTick(ctimeMs, at) || isWithinTick(mtimeMs, at)

const isWithinTick = (time: number, at: number): boolean => time > at - tickMs && time < at + tickMs

/** Whether a thing has changed since then. Some file systems count in seconds, or two. */
export const hasChangedSince = ({ ctimeMs }: SourceEntry, since: number): boolean =>
  ctimeMs > since - (ctimeMs % 1000 === 0 ? 2000 : tickMs)

/** Stands for what was there, of which nothing is known but that. It is the same as nothing that can be. */
export const unknownEntry: SourceEntry = {
  kind: 'file',
  mode: 0,
  size: -1,
  mtimeMs: 0,
  ctimeMs: 0,
  inode: 0,
  links: 1,
}

/** Whether two looks saw one folder: a watch of it is one of both. */
export const isSameFolder = (a: SourceEntry, b: SourceEntry): boolean => a.inode === b.inode && a.bornMs === b.bornMs

/** Whether two looks saw the same thing. */
export const isSameEntry = (a: SourceEntry, b: SourceEntry): boolean =>
  a.kind === b.kind &&
  a.mode === b.mode &&
  a.size === b.size &&
  a.mtimeMs === b.mtimeMs &&
  a.ctimeMs === b.ctimeMs &&
  isSameFolder(a, b) &&
  a.links === b.links &&
  a.linkTarget === b.linkTarget

/** Whether anything in a folder is another than it was, by looking at each entry. */
export const isOutdated = (
  files: Pick<SourceFiles, 'lookAt'>,
  { path, self, entries }: { path: string; self: SourceEntry; entries: ReadonlyMap<string, SourceEntry> },
): boolean => {
  const now = files.lookAt(path)
  if (now.kind !== 'directory' || !isSameEntry(self, now)) return true
  for (const [name, entry] of entries) {
    if (entry.kind === 'directory') continue
    const seen = files.lookAt(pathBelow(path, name))
    if (seen.kind === 'gone' || (seen.kind !== 'unreadable' && !isSameEntry(entry, seen))) return true
  }
  return false
}
