import { Buffer } from 'node:buffer'
import { StackError } from '../core/errors/stack-error.ts'

/** One entry of a tar stream. `data` must be read, or skipped, before the next entry. Names are bytes, as in the archive. */
export type TarItem = {
  readonly path: Buffer
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink' | 'other'
  readonly mode: number
  readonly mtimeSeconds: number
  readonly linkTarget: Buffer
  readonly uid: number
  readonly gid: number
  /** Bytes of `data`. */
  readonly size: number
  readonly data: AsyncIterable<Uint8Array>
}

const block = 512
/** No name and no set of attributes is so long. */
const maxRecordBytes = 1024 * 1024
const kinds: Readonly<Record<string, TarItem['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'link',
  '5': 'directory',
}

/** What stands before a header and overrides its fields: PAX records, GNU's long names. */
type Extra = { readonly [key in 'path' | 'linkpath' | 'size' | 'uid' | 'gid' | 'mtime']?: Buffer }

/**
 * Reads a tar stream as engines and tar programs write it: ustar with PAX records, and GNU's dialect. Whoever does not want all
 * of it lets go of it by leaving the loop: an engine holds a container for as long as an archive of it is not taken or given up.
 *
 * @param source names the archive in errors, such as `web-1:/app`
 * @throws `archive/damaged` when a header does not add up, or the stream ends before the archive does
 */
export const readTar = async function* (chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<TarItem> {
  const reader = createBlockReader(chunks, source)
  try {
    yield* readItems(reader, source)
    await reader.drain()
  } finally {
    await reader.letGo()
  }
}

const readItems = async function* (reader: BlockReader, source: string): AsyncGenerator<TarItem> {
  let extra: Extra = {}
  for (;;) {
    const header = await reader.take(block)
    if (header.every((byte) => byte === 0)) return
    if (!addsUp(header)) throw damaged(source, 'a header does not add up')
    const type = String.fromCharCode(header[156] ?? 0)
    const own = readNumber(header, 124, 12)
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      if (!(own <= maxRecordBytes)) throw damaged(source, 'a header names a size that cannot be')
      const body = await reader.take(own)
      await reader.take(paddingOf(own))
      if (type === 'x') extra = { ...extra, ...parsePax(body, source) }
      else if (type !== 'g') extra = { ...extra, [type === 'L' ? 'path' : 'linkpath']: readText(body, 0, own) }
      continue
    }
    const item = toItem(header, extra)
    // Some writers name the size of what a link leads to.
    const size = /[12345]/.test(type) ? 0 : toNumber(extra.size, own)
    if (![size, item.mode, item.uid, item.gid, item.mtimeSeconds].every(Number.isFinite) || size < 0)
      throw damaged(source, 'a header holds no number where one belongs')
    const data = reader.body(size)
    yield { ...item, kind: kinds[type] ?? 'other', size, data }
    for await (const _ of data) continue // what the caller left
    extra = {}
  }
}

const damaged = (source: string, why: string): StackError => new StackError('archive/damaged', { source, why })

const toItem = (header: Buffer, extra: Extra): Omit<TarItem, 'kind' | 'size' | 'data'> => {
  // GNU's dialect keeps other things there.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? readText(header, 345, 155) : Buffer.alloc(0)
  const name = readText(header, 0, 100)
  return {
    path: extra.path ?? (prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name])),
    // Engines before 23 write the kind of a file there as well; a number that is none stays what it is.
    mode: readNumber(header, 100, 8) % 0o10000,
    uid: toNumber(extra.uid, readNumber(header, 108, 8)),
    gid: toNumber(extra.gid, readNumber(header, 116, 8)),
    mtimeSeconds: toNumber(extra.mtime, readNumber(header, 136, 12)),
    linkTarget: extra.linkpath ?? readText(header, 157, 100),
  }
}

const toNumber = (record: Buffer | undefined, field: number): number =>
  record === undefined ? field : Number(record.toString('latin1'))

const readText = (bytes: Buffer, at: number, length: number): Buffer => {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end)
}

/** Octal, or with the first bit set a binary number (GNU). NaN when it is neither. */
const readNumber = (header: Buffer, at: number, length: number): number => {
  const first = header[at] ?? 0
  if ((first & 0x80) === 0) {
    const digits = readText(header, at, length).toString('latin1').trim()
    return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
  }
  // A time before 1970 is the two's complement.
  let value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x7f) - 0x80
  for (let index = at + 1; index < at + length; index += 1) value = value * 256 + (header[index] ?? 0)
  return value
}

/** The field of the sum itself counts as eight spaces. */
const addsUp = (header: Buffer): boolean => {
  let sum = 8 * 0x20
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte
  return sum === readNumber(header, 148, 8)
}

/** Records `<length> <key>=<value>\n`; the length counts bytes and itself. */
const parsePax = (bytes: Buffer, source: string): Extra => {
  const records: Record<string, Buffer> = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const next = at + Number(bytes.toString('latin1', at, space))
    const equals = bytes.indexOf(0x3d, space)
    if (space === -1 || equals === -1 || !(next > equals && next <= bytes.length) || bytes[next - 1] !== 0x0a)
      throw damaged(source, 'the attributes of an entry do not add up')
    records[bytes.toString('utf8', space + 1, equals)] = bytes.subarray(equals + 1, next - 1)
    at = next
  }
  return records
}

const paddingOf = (size: number): number => (block - (size % block)) % block

type BlockReader = {
  /** So many bytes, all of them. */
  take(bytes: number): Promise<Buffer>
  body(size: number): AsyncIterable<Uint8Array>
  /** Reads what comes behind the archive, so that the connection can be used again. */
  drain(): Promise<void>
  letGo(): Promise<void>
}

const createBlockReader = (chunks: AsyncIterable<Uint8Array>, source: string): BlockReader => {
  const iterator = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  const more = async (): Promise<void> => {
    const next = await iterator.next()
    if (next.done === true) throw damaged(source, 'it ends too early')
    const { buffer, byteOffset, byteLength } = next.value
    held = held.length === 0 ? Buffer.from(buffer, byteOffset, byteLength) : Buffer.concat([held, next.value])
  }
  const take = async (bytes: number): Promise<Buffer> => {
    while (held.length < bytes) await more()
    const taken = held.subarray(0, bytes)
    held = held.subarray(bytes)
    return taken
  }
  return {
    take,
    drain: async () => {
      while ((await iterator.next()).done !== true) continue
    },
    letGo: async () => void (await iterator.return?.()),
    body: (size) => {
      let left = size
      let isPadded = false
      // A second loop over it goes on where the first one stopped.
      return {
        [Symbol.asyncIterator]: async function* () {
          while (left > 0) {
            if (held.length === 0) await more()
            const piece = held.subarray(0, Math.min(left, held.length))
            held = held.subarray(piece.length)
            left -= piece.length
            yield piece
          }
          if (!isPadded) await take(paddingOf(size))
          isPadded = true
        },
      }
    },
  }
}
