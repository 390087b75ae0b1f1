import { Buffer } from 'node:buffer'

export type TarEntry = {
  /** With `/`, without a leading one; folders without a trailing one. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink'
  readonly mode: number
  readonly size: number
  readonly uid?: number
  readonly gid?: number
  readonly mtimeSeconds?: number
  readonly linkTarget?: string
}

const BLOCK = 512
const typeFlags = { file: '0', hardlink: '1', link: '2', directory: '5' } as const

/** The header of one entry (with a PAX header before it where ustar has no room). Its content follows, padded by {@link tarPadding}. */
export const tarHeader = (entry: TarEntry): Buffer => {
  const name = entry.kind === 'directory' ? `${entry.path}/` : entry.path
  const extra = {
    ...(Buffer.byteLength(name) > 100 || hasNonAscii(name) ? { path: name } : {}),
    ...(Buffer.byteLength(entry.linkTarget ?? '') > 100 || hasNonAscii(entry.linkTarget ?? '')
      ? { linkpath: entry.linkTarget ?? '' }
      : {}),
    ...(entry.size >= 0o77777777777 ? { size: String(entry.size) } : {}),
    ...((entry.uid ?? 0) > 0o7777777 ? { uid: String(entry.uid) } : {}),
    ...((entry.gid ?? 0) > 0o7777777 ? { gid: String(entry.gid) } : {}),
  }
  const header = ustarHeader(entry, { name, typeFlag: typeFlags[entry.kind] })
  if (Object.keys(extra).length === 0) return header
  const records = Buffer.concat(Object.entries(extra).map(([key, value]) => paxRecord(key, value)))
  const before = ustarHeader(
    { ...entry, size: records.length, mode: 0o644, linkTarget: '' },
    { name: 'PaxHeader', typeFlag: 'x' },
  )
  return Buffer.concat([before, records, tarPadding(records.length), header])
}

export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

const hasNonAscii = (text: string): boolean => /[^\x20-\x7e]/.test(text)

/** `<length> <key>=<value>\n`, where the length counts itself. */
const paxRecord = (key: string, value: string): Buffer => {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

const ustarHeader = (
  entry: TarEntry,
  { name, typeFlag }: { readonly name: string; readonly typeFlag: string },
): Buffer => {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    block.write(`${(value % 8 ** (width - 1)).toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
  block.write(name, 0, 100, 'utf8')
  octal(entry.mode & 0o7777, 100, 8)
  octal(entry.uid ?? 0, 108, 8)
  octal(entry.gid ?? 0, 116, 8)
  octal(entry.kind === 'file' || typeFlag === 'x' ? entry.size : 0, 124, 12)
  octal(Math.max(0, Math.floor(entry.mtimeSeconds ?? 0)), 136, 12)
  block.write('        ', 148, 'latin1')
  block.write(typeFlag, 156, 'latin1')
  block.write(entry.linkTarget ?? '', 157, 100, 'utf8')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
