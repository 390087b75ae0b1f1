import type { SourceEntry } from '../../ports/source-files.ts'
import type { Seen } from '../container-files.ts'

const kindBits = 0o170_000
const kinds: Readonly<Record<number, Seen['kind']>> = { 0o100_000: 'file', 0o040_000: 'directory', 0o120_000: 'link' }

/** Lines of `stat -c '%f %s %Y %n'`: a name that holds a newline is not found in them. */
export const readStatLines = (text: string): ReadonlyMap<string, Seen> => {
  const seen = new Map<string, Seen>()
  for (const line of text.split('\n')) {
    const [all, mode = '', size = '', mtime = '', name = ''] = /^([0-9a-f]+) (\d+) (-?\d+) (.*)$/s.exec(line) ?? []
    if (all !== undefined) seen.set(name, toSeen(mode, size, mtime))
  }
  return seen
}

/** The first line of the same, for one path whatever its name. */
export const readOneStat = (text: string): Seen | undefined => {
  const [all, mode = '', size = '', mtime = ''] = /^([0-9a-f]+) (\d+) (-?\d+) /.exec(text) ?? []
  return all === undefined ? undefined : toSeen(mode, size, mtime)
}

const toSeen = (mode: string, size: string, mtime: string): Seen => {
  const bits = Number.parseInt(mode, 16)
  return { kind: kinds[bits & kindBits] ?? 'other', mode: bits & 0o7777, size: Number(size), mtime: Number(mtime) }
}

/** Seconds in which the time of a file arrives. */
export const toSeconds = ({ mtimeMs }: Pick<SourceEntry, 'mtimeMs'>): number => Math.max(0, Math.floor(mtimeMs / 1000))

/** Whether what is there is what was put there, as far as can be seen without reading it. */
export const hasArrived = (entry: SourceEntry, size: number, seen: Seen | undefined): boolean => {
  if (seen === undefined || seen.kind !== entry.kind) return false
  if (entry.kind === 'link') return seen.linkTarget === entry.linkTarget
  if (seen.mode !== (entry.mode & 0o7777)) return false
  return entry.kind === 'directory' || (seen.size === size && seen.mtime === toSeconds(entry))
}
