import type { PackedEntry } from '../../src/wire/write-tar.ts'
import type { TarItem } from '../../src/wire/read-tar.ts'

const text = (path: string | Uint8Array, more: Partial<PackedEntry> = {}): PackedEntry => ({
  path,
  kind: 'file',
  mode: 0o640,
  mtimeSeconds: 1_000_000,
  content: Buffer.from('hello'),
  ...more,
})
const bytes = (name: string): Buffer => Buffer.from(name, 'latin1')

/** What some writer or reader of archives gets wrong, below a folder `odd`. */
export const oddEntries: readonly PackedEntry[] = [
  { path: 'odd', kind: 'directory', mode: 0o755, mtimeSeconds: 1_000_000 },
  text('odd/plain.txt'),
  text('odd/empty', { content: Buffer.alloc(0) }),
  text('odd/block', { content: Buffer.alloc(512, 'x') }),
  text(`odd/${'n'.repeat(95)}`),
  text(`odd/${'n'.repeat(96)}`),
  text(`odd/${'n'.repeat(97)}`),
  text(`odd/${'l'.repeat(240)}`),
  text(`odd/${'ü'.repeat(60)}`),
  text('odd/größe 地図 🚀.txt'),
  text(bytes('odd/latin1-\xe4\xff.txt')),
  text(bytes(`odd/${'\xe4'.repeat(120)}`)),
  text('odd/new\nline and \\ "quotes"'),
  text('odd/ids-2097151', { uid: 2_097_151, gid: 2_097_151 }),
  text('odd/ids-2097152', { uid: 2_097_152, gid: 2_097_152 }),
  text('odd/ids-1234567890', { uid: 1_234_567_890, gid: 1_234_567_890 }),
  text('odd/set-id', { mode: 0o4755 }),
  text('odd/later than 2242', { mtimeSeconds: 8_589_934_592 }),
  { path: 'odd/link', kind: 'link', mode: 0o777, mtimeSeconds: 1_000_000, linkTarget: 'plain.txt' },
  { path: 'odd/link-long', kind: 'link', mode: 0o777, mtimeSeconds: 1_000_000, linkTarget: 't'.repeat(200) },
  { path: 'odd/link-latin1', kind: 'link', mode: 0o777, mtimeSeconds: 1_000_000, linkTarget: bytes('to-\xe4') },
  { path: 'odd/hard', kind: 'hardlink', mode: 0o640, mtimeSeconds: 1_000_000, linkTarget: 'odd/plain.txt' },
]

const line = (entry: Omit<TarItem, 'size' | 'data'>, size: number): string => {
  const target = entry.linkTarget.length === 0 ? '' : ` -> ${entry.linkTarget.toString('latin1')}`
  const name = entry.path.toString('latin1').replace(/\/$/, '')
  return `${entry.kind} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${entry.mtimeSeconds} ${size} ${name}${target}`
}

/** One line an entry, names as one character a byte, sorted. */
export const toEntryLines = (entries: readonly PackedEntry[]): readonly string[] =>
  entries
    .map((entry) => {
      const [path, linkTarget] = [Buffer.from(entry.path as string), Buffer.from((entry.linkTarget ?? '') as string)]
      const { uid = 0, gid = 0, mtimeSeconds = 0 } = entry
      return line({ ...entry, path, linkTarget, uid, gid, mtimeSeconds }, entry.content?.length ?? 0)
    })
    .toSorted()

/** The same of an archive that is read. */
export const readEntryLines = async (items: AsyncIterable<TarItem>): Promise<readonly string[]> => {
  const lines: string[] = []
  for await (const item of items) {
    let size = 0
    for await (const chunk of item.data) size += chunk.length
    lines.push(line(item, size))
  }
  return lines.toSorted()
}
