import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'

/** One thing in a root file system; `path` is absolute there. Modes and owners are written as given, whatever the disk says. */
export type RootEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number; readonly owner?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly mode?: number }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly from: string
      readonly size: number
      readonly mode: number
    }

const BLOCK = 512

/** Entries → a tar stream (POSIX ustar), which needs neither root nor a copy on disk to set owners. */
export const toTar = (entries: readonly RootEntry[]): Readable =>
  Readable.from(generateTar(entries), { objectMode: false })

const generateTar = async function* (entries: readonly RootEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield toHeader(entry)
    if (entry.kind === 'text') yield Buffer.from(entry.text)
    else if (entry.kind === 'file') for await (const chunk of createReadStream(entry.from)) yield chunk as Buffer
    const size = sizeOf(entry)
    if (size % BLOCK !== 0) yield Buffer.alloc(BLOCK - (size % BLOCK))
  }
  yield Buffer.alloc(2 * BLOCK)
}

const sizeOf = (entry: RootEntry): number => {
  if (entry.kind === 'text') return Buffer.byteLength(entry.text)
  return entry.kind === 'file' ? entry.size : 0
}

const TYPE = { file: '0', text: '0', link: '2', directory: '5' } as const

const toHeader = (entry: RootEntry): Buffer => {
  const header = Buffer.alloc(BLOCK)
  const { prefix, name } = splitPath(entry.path.replace(/^\//, '') + (entry.kind === 'directory' ? '/' : ''))
  const owner = entry.kind === 'directory' ? (entry.owner ?? 0) : 0
  header.write(name, 0)
  header.write(octal(modeOf(entry), 8), 100)
  header.write(octal(owner, 8), 108)
  header.write(octal(owner, 8), 116)
  header.write(octal(sizeOf(entry), 12), 124)
  header.write(octal(0, 12), 136) // a fixed time: the same content gives the same image
  header.write(' '.repeat(8), 148)
  header.write(TYPE[entry.kind], 156)
  if (entry.kind === 'link') header.write(entry.target, 157)
  header.write('ustar\x0000', 257)
  header.write(prefix, 345)
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )}\0 `.slice(0, 8),
    148,
  )
  return header
}

const modeOf = (entry: RootEntry): number => {
  switch (entry.kind) {
    case 'link':
      return 0o777
    case 'directory':
      return entry.mode ?? 0o755
    case 'text':
      return entry.mode ?? 0o644
    case 'file':
      return entry.mode
  }
}

/** ustar keeps a long path as `prefix/name`, split at any slash. */
const splitPath = (path: string): { prefix: string; name: string } => {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path }
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)]
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155 && name !== '') return { prefix, name }
  }
  throw new Error(`the path is too long for a tar archive: ${path}`)
}

const octal = (value: number, width: number): string => value.toString(8).padStart(width - 1, '0')
