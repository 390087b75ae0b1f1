export type TarEntry = {
  /** Without a leading slash. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
  readonly content?: Uint8Array
  readonly linkTarget?: string
}

const block = 512
const encoder = new TextEncoder()

/** A tar archive in memory, in the dialect that GNU tar, busybox and the engine all read. */
export const packTar = (entries: readonly TarEntry[]): Uint8Array => {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    const name = encoder.encode(entry.kind === 'directory' ? `${entry.path}/` : entry.path)
    const target = encoder.encode(entry.linkTarget ?? '')
    // A name that does not fit into its field goes before, as a file of its own (GNU's `././@LongLink`).
    if (name.length > 100) parts.push(...longName('L', name))
    if (target.length > 100) parts.push(...longName('K', target))
    const content = entry.kind === 'file' ? (entry.content ?? new Uint8Array()) : new Uint8Array()
    parts.push(
      header({ ...entry, name, target, size: content.length, type: types[entry.kind] }),
      content,
      padding(content.length),
    )
  }
  parts.push(new Uint8Array(2 * block))
  return concat(parts)
}

const types = { file: '0', directory: '5', link: '2' } as const

const longName = (type: 'L' | 'K', text: Uint8Array): readonly Uint8Array[] => {
  const content = concat([text, new Uint8Array(1)])
  return [
    header({
      name: encoder.encode('././@LongLink'),
      target: new Uint8Array(),
      size: content.length,
      type,
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtimeMs: 0,
    }),
    content,
    padding(content.length),
  ]
}

type Header = {
  readonly name: Uint8Array
  readonly target: Uint8Array
  readonly size: number
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
}

const header = ({ name, target, size, type, mode, uid, gid, mtimeMs }: Header): Uint8Array => {
  const bytes = new Uint8Array(block)
  const put = (offset: number, text: string): void => bytes.set(encoder.encode(text), offset)
  bytes.set(name.subarray(0, 100), 0)
  put(100, octal(mode & 0o7777, 7))
  put(108, octal(uid, 7))
  put(116, octal(gid, 7))
  put(124, octal(size, 11))
  put(136, octal(Math.max(0, Math.floor(mtimeMs / 1000)), 11))
  put(148, '        ')
  put(156, type)
  bytes.set(target.subarray(0, 100), 157)
  put(257, 'ustar  ')
  put(
    148,
    `${octal(
      bytes.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  )
  return bytes
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')

const padding = (size: number): Uint8Array => new Uint8Array((block - (size % block)) % block)

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
