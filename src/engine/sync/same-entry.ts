import type { SourceEntry, SourceFiles } from '../ports/source-files.ts'
import { pathBelow } from './paths.ts'

/** File systems write times that lag by up to a tick of the kernel, in milliseconds. */
export const tickMs = 20

/** Whether a thing changed so short before a look that it may have changed again unseen. */
export const isYoung = ({ mtimeMs, ctimeMs }: SourceEntry, at: number): boolean =>
  Math.max(mtimeMs, ctimeMs) > at - tickMs

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
