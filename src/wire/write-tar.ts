import { StackError } from '../core/errors/stack-error.ts'
import { joinBytes } from './join-bytes.ts'

/** One entry of an archive. A name is text, or bytes where it is not UTF-8: it arrives byte for byte. */
export type TarEntry = {
  /** With `/`; folders need no trailing one. What leads to the root is taken off. */
  readonly path: string | Uint8Array
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink'
  /** Of its bits, permissions, set-id and sticky are written. */
  readonly mode: number
  /** 0 unless said otherwise. */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly mtimeSeconds?: number
  readonly linkTarget?: string | Uint8Array
}

/** A file whose content is in memory; anything else has none. */
export type PackedEntry = TarEntry & { readonly content?: Uint8Array }

/** A file whose content is read when its turn comes. */
export type StreamedEntry = PackedEntry & {
  readonly stream?: { readonly size: number; readonly open: () => AsyncIterable<Uint8Array> }
}

const block = 512
const types = { file: '0', hardlink: '1', link: '2', directory: '5' } as const
const encoder = new TextEncoder()

/** An archive in memory. */
export const packTar = (entries: readonly PackedEntry[]): Uint8Array =>
  joinBytes([...entries.flatMap((entry) => toParts(entry, entry.content)), end])

/**
 * An archive piece by piece, as quick as the reader takes it. A file that grows meanwhile is cut to the size that its
 * header has named, one that shrinks is filled up with zeros.
 */
export const writeTar = async function* (
  entries: AsyncIterable<StreamedEntry> | Iterable<StreamedEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    if (entry.stream === undefined) yield joinBytes(toParts(entry, entry.content))
    else yield* writeStream(entry, entry.stream)
  }
  yield end
}

const end = new Uint8Array(2 * block)

const writeStream = async function* (
  entry: TarEntry,
  { size, open }: NonNullable<StreamedEntry['stream']>,
): AsyncGenerator<Uint8Array> {
  yield joinBytes(toHeader(entry, size))
  let left = size
  if (left > 0)
    for await (const chunk of open()) {
      yield chunk.length > left ? chunk.subarray(0, left) : chunk
      left -= Math.min(left, chunk.length)
      if (left === 0) break
    }
  for (; left > 0; left -= Math.min(left, 65_536)) yield new Uint8Array(Math.min(left, 65_536))
  yield toPadding(size)
}

const toParts = (entry: TarEntry, content: Uint8Array = new Uint8Array()): readonly Uint8Array[] =>
  entry.kind === 'file' ? [...toHeader(entry, content.length), content, toPadding(content.length)] : toHeader(entry, 0)

/**
 * GNU's dialect, the only one that GNU tar, busybox and the engine read alike (busybox knows no large ids of PAX, and GNU's
 * names are bytes). A name that does not fit into its field goes before as a file of its own, a number as binary.
 */
const toHeader = (entry: TarEntry, size: number): readonly Uint8Array[] => {
  const name = toName(entry)
  const target = toBytes(entry.linkTarget ?? '')
  const header = toBlock({ ...entry, name, target, size, type: types[entry.kind] })
  return [...toLongName('L', name), ...toLongName('K', target), header]
}

const toName = ({ path, kind }: TarEntry): Uint8Array => {
  const bytes = toBytes(path)
  let start = 0
  while (bytes[start] === slash) start += 1
  const name = bytes.subarray(start)
  return kind === 'directory' && name.at(-1) !== slash ? joinBytes([name, Uint8Array.of(slash)]) : name
}

const slash = 0x2f

/** @throws `archive/bad-name` for a text that has no UTF-8 or holds a null byte: it would become another name */
const toBytes = (text: string | Uint8Array): Uint8Array => {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  if (bytes.includes(0) || (typeof text === 'string' && !text.isWellFormed()))
    throw new StackError('archive/bad-name', { name: String(text) })
  return bytes
}

const toLongName = (type: 'L' | 'K', text: Uint8Array): readonly Uint8Array[] => {
  if (text.length <= 100) return []
  const size = text.length + 1
  const header = toBlock({ name: encoder.encode('././@LongLink'), target: new Uint8Array(), size, type, mode: 0o644 })
  return [header, text, new Uint8Array(1), toPadding(size)]
}

type Fields = Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtimeSeconds'> & {
  readonly name: Uint8Array
  readonly target: Uint8Array
  readonly size: number
  readonly type: string
}

const toBlock = ({ name, target, size, type, mode, uid = 0, gid = 0, mtimeSeconds = 0 }: Fields): Uint8Array => {
  const bytes = new Uint8Array(block)
  bytes.set(name.subarray(0, 100), 0)
  putNumber(bytes, [100, 8], mode & 0o7777)
  putNumber(bytes, [108, 8], uid)
  putNumber(bytes, [116, 8], gid)
  putNumber(bytes, [124, 12], size)
  putNumber(bytes, [136, 12], Math.max(0, Math.floor(mtimeSeconds)))
  putText(bytes, 156, type)
  bytes.set(target.subarray(0, 100), 157)
  putText(bytes, 257, 'ustar  ')
  // The field of the sum counts as eight spaces.
  putText(bytes, 148, `${(sumOf(bytes) + 8 * 0x20).toString(8).padStart(6, '0')}\0 `)
  return bytes
}

/** Octal digits, or, with the first bit set, a binary number. */
const putNumber = (bytes: Uint8Array, [at, width]: readonly [number, number], value: number): void => {
  const digits = value.toString(8)
  if (digits.length < width) return putText(bytes, at, digits.padStart(width - 1, '0'))
  let rest = value
  for (let index = at + width - 1; index > at; index -= 1, rest = Math.floor(rest / 256)) bytes[index] = rest % 256
  bytes[at] = 0x80
}

const putText = (bytes: Uint8Array, at: number, text: string): void => {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index)
}

const sumOf = (bytes: Uint8Array): number => {
  let sum = 0
  for (const byte of bytes) sum += byte
  return sum
}

const toPadding = (size: number): Uint8Array => new Uint8Array((block - (size % block)) % block)
