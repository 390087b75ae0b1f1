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
export const packTar = (entries: readonly PackedEntry[]): Uint8Array => pack(entries.map(toPiece), 2 * block)

/** An archive whose size is known before it is made: piece by piece, as quick as the reader takes it. */
export const packTarInPieces = (
  entries: readonly StreamedEntry[],
): { readonly size: number; readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array> } => {
  const pieces = entries.map(toPiece)
  const streamed = entries.reduce((sum, { stream }) => sum + roundUp(stream?.size ?? 0), 0)
  return {
    size: sizeOf(pieces) + streamed + 2 * block,
    chunks: entries.some(({ stream }) => stream !== undefined) ? writeTar(entries) : packInPieces(pieces),
  }
}

const pieceBytes = 128 * 1024

const packInPieces = function* (pieces: readonly Piece[]): Generator<Uint8Array> {
  let first = 0
  let size = 0
  for (const [index, { content }] of pieces.entries()) {
    size += block + content.length
    if (size < pieceBytes) continue
    yield pack(pieces.slice(first, index + 1), 0)
    first = index + 1
    size = 0
  }
  yield pack(pieces.slice(first), 2 * block)
}

/**
 * An archive piece by piece, as quick as the reader takes it. A file that grows meanwhile is cut to the size that its
 * header has named, one that shrinks is filled up with zeros.
 */
export const writeTar = async function* (
  entries: AsyncIterable<StreamedEntry> | Iterable<StreamedEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    if (entry.stream === undefined) yield pack([toPiece(entry)], 0)
    else yield* writeStream(entry, entry.stream)
  }
  yield new Uint8Array(2 * block)
}

const writeStream = async function* (
  entry: TarEntry,
  { size, open }: NonNullable<StreamedEntry['stream']>,
): AsyncGenerator<Uint8Array> {
  yield pack([{ ...toPiece(entry), size }], 0)
  let left = size
  if (left > 0)
    for await (const chunk of open()) {
      yield chunk.length > left ? chunk.subarray(0, left) : chunk
      left -= Math.min(left, chunk.length)
      if (left === 0) break
    }
  for (; left > 0; left -= Math.min(left, 65_536)) yield new Uint8Array(Math.min(left, 65_536))
  yield new Uint8Array(roundUp(size) - size)
}

/** An entry as it is written: its names as bytes, and the size of what follows its header. */
type Piece = {
  readonly entry: TarEntry
  readonly name: Uint8Array
  readonly target: Uint8Array
  readonly content: Uint8Array
  readonly size: number
}

const nothing = new Uint8Array()

const toPiece = (entry: PackedEntry): Piece => {
  const content = entry.kind === 'file' ? (entry.content ?? nothing) : nothing
  return { entry, name: toName(entry), target: toBytes(entry.linkTarget ?? ''), content, size: content.length }
}

const roundUp = (size: number): number => Math.ceil(size / block) * block

const sizeOf = (pieces: readonly Piece[]): number => {
  let size = 0
  for (const { name, target, content } of pieces)
    size += longNameSize(name) + longNameSize(target) + block + roundUp(content.length)
  return size
}

/** All of them in one piece of memory, which holds zeros where nothing is written. */
const pack = (pieces: readonly Piece[], tail: number): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(pieces) + tail)
  let at = 0
  for (const { entry, name, target, content, size } of pieces) {
    at = putLongName(bytes, at, 'L', name)
    at = putLongName(bytes, at, 'K', target)
    putHeader(bytes, at, { ...entry, name, target, size, type: types[entry.kind] })
    bytes.set(content, at + block)
    at += block + roundUp(content.length)
  }
  return bytes
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

const longName = encoder.encode('././@LongLink')
const longest = 100

const longNameSize = ({ length }: Uint8Array): number => (length <= longest ? 0 : block + roundUp(length + 1))

const putLongName = (bytes: Uint8Array, at: number, type: 'L' | 'K', text: Uint8Array): number => {
  if (text.length <= longest) return at
  putHeader(bytes, at, { name: longName, target: nothing, size: text.length + 1, type, mode: 0o644 })
  bytes.set(text, at + block)
  return at + longNameSize(text)
}

type Fields = Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtimeSeconds'> & {
  readonly name: Uint8Array
  readonly target: Uint8Array
  readonly size: number
  readonly type: string
}

/**
 * GNU's dialect, the only one that GNU tar, busybox and the engine read alike (busybox knows no large ids of PAX, and GNU's
 * names are bytes). A name that does not fit into its field goes before as a file of its own, a number as binary.
 */
const putHeader = (
  bytes: Uint8Array,
  at: number,
  { name, target, size, type, mode, uid = 0, gid = 0, mtimeSeconds = 0 }: Fields,
): void => {
  bytes.set(name.length > longest ? name.subarray(0, longest) : name, at)
  putNumber(bytes, [at + 100, 8], mode & 0o7777)
  putNumber(bytes, [at + 108, 8], uid)
  putNumber(bytes, [at + 116, 8], gid)
  putNumber(bytes, [at + 124, 12], size)
  putNumber(bytes, [at + 136, 12], Math.max(0, Math.floor(mtimeSeconds)))
  putText(bytes, at + 156, type)
  bytes.set(target.length > longest ? target.subarray(0, longest) : target, at + 157)
  putText(bytes, at + 257, 'ustar  ')
  // The field of the sum counts as eight spaces.
  let sum = 8 * 0x20
  for (let index = at; index < at + headerEnd; index += 1) sum += bytes[index] ?? 0
  putOctal(bytes, at + 148, 6, sum)
  putText(bytes, at + 154, '\0 ')
}

/** What follows in a header is zero. */
const headerEnd = 264

/** Octal digits, or, with the first bit set, a binary number. */
const putNumber = (bytes: Uint8Array, [at, width]: readonly [number, number], value: number): void => {
  if (value < 8 ** (width - 1)) return putOctal(bytes, at, width - 1, value)
  let rest = value
  for (let index = at + width - 1; index > at; index -= 1, rest = Math.floor(rest / 256)) bytes[index] = rest % 256
  bytes[at] = 0x80
}

const putOctal = (bytes: Uint8Array, at: number, digits: number, value: number): void => {
  let rest = value
  for (let index = at + digits - 1; index >= at; index -= 1, rest = Math.floor(rest / 8))
    bytes[index] = 0x30 + (rest % 8)
}

const putText = (bytes: Uint8Array, at: number, text: string): void => {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index)
}
