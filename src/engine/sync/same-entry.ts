import type { SourceEntry } from '../ports/source-files.ts'

/** File systems write times that lag by up to a tick of the kernel, in milliseconds. */
export const tickMs = 20

/** Whether a thing changed so short before a look that it may have changed again unseen. */
export const isYoung = ({ mtimeMs, ctimeMs }: SourceEntry, at: number): boolean =>
  Math.max(mtimeMs, ctimeMs) > at - tickMs

/** Whether two looks saw the same thing. */
export const isSameEntry = (a: SourceEntry, b: SourceEntry): boolean =>
  a.kind === b.kind &&
  a.mode === b.mode &&
  a.size === b.size &&
  a.mtimeMs === b.mtimeMs &&
  a.ctimeMs === b.ctimeMs &&
  a.inode === b.inode &&
  a.links === b.links &&
  a.linkTarget === b.linkTarget
