/** One entry of a tar stream. `data` must be read, or skipped, before the next entry. */
export type TarItem = {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink' | 'other'
  readonly mode: number
  readonly mtimeSeconds: number
  readonly linkTarget: string
  readonly uid: number
  readonly gid: number
  readonly data: AsyncIterable<Uint8Array>
}

const block = 512
const kinds: Readonly<Record<string, TarItem['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'link',
  '5': 'directory',
}

/** Reads a tar stream as engines write it: ustar with PAX records, and GNU's long names. */
export const readTar = async function* (chunks: AsyncIterable<Uint8Array>): AsyncIterable<TarItem> {
  const reader = createBlockReader(chunks)
  let extra: Readonly<Record<string, string>> = {}
  for (;;) {
    const header = await reader.take(block)
    if (header === undefined || header.every((byte) => byte === 0)) return
    const type = String.fromCharCode(header[156] ?? 0)
    const size = Number(extra['size'] ?? readNumber(header, 124, 12))
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      const body = await reader.text(size)
      extra =
        type === 'x'
          ? { ...extra, ...parsePax(body) }
          : type === 'L'
            ? { ...extra, path: trimEnd(body) }
            : type === 'K'
              ? { ...extra, linkpath: trimEnd(body) }
              : extra
      continue
    }
    const data = reader.body(size)
    yield { ...toItem(header, extra), kind: kinds[type] ?? 'other', data }
    for await (const _ of data) continue // what the caller left
    extra = {}
  }
}

const toItem = (header: Buffer, extra: Readonly<Record<string, string>>): Omit<TarItem, 'kind' | 'data'> => {
  const prefix = readText(header, 345, 155)
  const name = readText(header, 0, 100)
  return {
    path: extra['path'] ?? (prefix === '' ? name : `${prefix}/${name}`),
    mode: readNumber(header, 100, 8),
    uid: Number(extra['uid'] ?? readNumber(header, 108, 8)),
    gid: Number(extra['gid'] ?? readNumber(header, 116, 8)),
    mtimeSeconds: Number(extra['mtime'] ?? readNumber(header, 136, 12)),
    linkTarget: extra['linkpath'] ?? readText(header, 157, 100),
  }
}

const trimEnd = (text: string): string => text.replace(/\0+$/, '')

const readText = (header: Buffer, at: number, length: number): string => {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

/** Octal, or with the first bit set a binary number (GNU). */
const readNumber = (header: Buffer, at: number, length: number): number => {
  if (((header[at] ?? 0) & 0x80) === 0) return Number.parseInt(readText(header, at, length).trim() || '0', 8)
  let value = (header[at] ?? 0) & 0x7f
  for (let index = at + 1; index < at + length; index += 1) value = value * 256 + (header[index] ?? 0)
  return value
}

/** Records `<length> <key>=<value>\n`; the length counts bytes, so the text is cut as bytes. */
const parsePax = (text: string): Readonly<Record<string, string>> => {
  const bytes = Buffer.from(text)
  const records: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.subarray(at, space).toString('latin1'))
    if (space === -1 || !(length > 0)) break
    const record = bytes.subarray(space + 1, at + length - 1).toString('utf8')
    const equals = record.indexOf('=')
    records[record.slice(0, equals)] = record.slice(equals + 1)
    at += length
  }
  return records
}

type BlockReader = {
  take(bytes: number): Promise<Buffer | undefined>
  text(size: number): Promise<string>
  body(size: number): AsyncIterable<Uint8Array>
}

const createBlockReader = (chunks: AsyncIterable<Uint8Array>): BlockReader => {
  const source = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done === true) return false
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value])
    return true
  }
  const take = async (bytes: number): Promise<Buffer | undefined> => {
    while (held.length < bytes) if (!(await more())) return undefined
    const taken = held.subarray(0, bytes)
    held = held.subarray(bytes)
    return taken
  }
  const padding = (size: number): number => (block - (size % block)) % block
  return {
    take,
    text: async (size) => {
      const body = await take(size)
      await take(padding(size))
      return (body ?? Buffer.alloc(0)).toString('utf8')
    },
    body: (size) => {
      let left = size
      let isPadded = false
      // A second loop over it goes on where the first one stopped.
      return {
        [Symbol.asyncIterator]: async function* () {
          while (left > 0) {
            if (held.length === 0 && !(await more())) throw new Error('the archive ends in the middle of a file')
            const piece = held.subarray(0, Math.min(left, held.length))
            held = held.subarray(piece.length)
            left -= piece.length
            yield piece
          }
          if (!isPadded) await take(padding(size))
          isPadded = true
        },
      }
    },
  }
}
