import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { walkContext, type ContextEntry, type ContextFilter } from './context-walk.ts'
import { createIncludeFilter, followPaths } from './follow-paths.ts'
import { grpcFailure, grpcStatus, type GrpcCall, type GrpcMethod } from './grpc-server.ts'
import { readListedFileInPieces } from '../../../wire/file-content.ts'
import { createIgnoreRules } from '../../../wire/ignore-patterns.ts'
import { readFields, writeMessage, writeNested } from './protobuf.ts'

/** A folder that BuildKit may read, by the name under which it asks: `context`, `dockerfile`, or a named context. */
export type SharedFolder = { readonly path: string } | { readonly files: Readonly<Record<string, Buffer>> }

/** Packet types of tonistiigi/fsutil (types/wire.proto). */
const STAT = 0
const REQUEST = 1
const DATA = 2
const FIN = 3
const FAILURE = 4
/** Bits of Go's FileMode. */
const GO_DIRECTORY = 2 ** 31
const GO_LINK = 2 ** 27
const GO_SETUID = 2 ** 23
const GO_SETGID = 2 ** 22
const GO_STICKY = 2 ** 20

const CHUNK = 32 * 1024
const STATS_PER_WRITE = 500
const BYTES_PER_WRITE = 256 * 1024
const SENDERS = 8

/**
 * `moby.filesync.v1.FileSync/DiffCopy`: we list what there is, BuildKit asks for the files that it does not have from an
 * earlier build, and only these are sent.
 */
export const createFileSync =
  (folders: Readonly<Record<string, SharedFolder>>): GrpcMethod =>
  async (call) => {
    const name = headerList(call, 'dir-name')[0] ?? ''
    const folder = folders[name]
    if (folder === undefined) throw grpcFailure(grpcStatus.notFound, `no access allowed to dir ${JSON.stringify(name)}`)
    const source = 'files' in folder ? createMemorySource(folder.files) : await createDiskSource(folder.path, call)
    await exchange(call, source)
  }

type Source = {
  readonly stats: AsyncIterable<Buffer>
  /** The content of the entry with a number. */
  read(id: number): AsyncIterable<Buffer>
}

const exchange = async ({ messages, send }: GrpcCall, source: Source): Promise<void> => {
  const requests = createRequests()
  const receive = async (): Promise<void> => {
    for await (const message of messages) {
      const packet = readPacket(message)
      if (packet.type === REQUEST) requests.add(packet.id)
      else if (packet.type === FAILURE) throw new Error(packet.data.toString('utf8'))
      else if (packet.type === FIN) return send(writeMessage([[1, FIN]]))
    }
  }
  const work = async (): Promise<void> => {
    for (let id = await requests.next(); id !== undefined; id = await requests.next())
      await sendFile(send, { source, id })
  }
  const senders = Array.from({ length: SENDERS }, work)
  await Promise.all([list(send, source), receive().finally(requests.end), ...senders])
}

/** Ids of files that are asked for, taken by whoever is free. */
const createRequests = () => {
  const ids: number[] = []
  const waiting: ((id: number | undefined) => void)[] = []
  let hasEnded = false
  return {
    add(id: number): void {
      const taker = waiting.shift()
      if (taker === undefined) ids.push(id)
      else taker(id)
    },
    end(): void {
      hasEnded = true
      for (const taker of waiting.splice(0)) taker(undefined)
    },
    next: (): Promise<number | undefined> => {
      const id = ids.shift()
      return id !== undefined || hasEnded ? Promise.resolve(id) : new Promise((resolve) => waiting.push(resolve))
    },
  }
}

/** Many entries go in one write: one each is five times slower. */
const list = async (send: GrpcCall['send'], { stats }: Source): Promise<void> => {
  let batch: Buffer[] = []
  for await (const stat of stats) {
    batch.push(writeNested(2, stat))
    if (batch.length >= STATS_PER_WRITE) {
      await send(...batch)
      batch = []
    }
  }
  await send(...batch, Buffer.alloc(0))
}

const sendFile = async (
  send: GrpcCall['send'],
  { source, id }: { readonly source: Source; readonly id: number },
): Promise<void> => {
  const head = writeMessage([
    [1, DATA],
    [3, id],
  ])
  let held: Buffer[] = []
  let size = 0
  for await (const data of source.read(id)) {
    held.push(Buffer.concat([head, writeNested(4, data)]))
    size += data.length
    if (size < BYTES_PER_WRITE) continue
    await send(...held)
    held = []
    size = 0
  }
  await send(...held, head) // a packet without data: the end
}

const readPacket = (message: Buffer): { readonly type: number; readonly id: number; readonly data: Buffer } => {
  let type = STAT
  let id = 0
  let data = message.subarray(0, 0)
  for (const { number, value, bytes } of readFields(message)) {
    if (number === 1) type = value
    else if (number === 3) id = value
    else if (number === 4) data = bytes
  }
  return { type, id, data }
}

const createDiskSource = async (root: string, call: GrpcCall): Promise<Source> => {
  const files: string[] = []
  const filter = await readFilter(root, call)
  return {
    stats: (async function* () {
      for await (const entry of walkContext(root, filter)) {
        files.push(entry.path)
        yield toStat(entry)
      }
    })(),
    read: (id) => readListedFileInPieces(join(root, files[id] ?? ''), CHUNK),
  }
}

const readFilter = async (root: string, call: GrpcCall): Promise<ContextFilter> => {
  const includes = [
    ...headerList(call, 'include-patterns'),
    ...(await followPaths(root, headerList(call, 'followpaths'))),
  ]
  const include = createIncludeFilter(
    headerList(call, 'followpaths').length === 0 && headerList(call, 'include-patterns').length === 0 ? [] : includes,
  )
  const rules = createIgnoreRules(headerList(call, 'exclude-patterns'))
  return {
    accepts: (path) => include.accepts(path) && !rules.ignores(path),
    descends: (path) => include.descends(path) && (!rules.ignores(path) || rules.mayHoldException(path)),
  }
}

/** Repeated keys arrive joined with a comma; BuildKit encodes what is not plain text (`encoded-` says so). */
const headerList = ({ headers }: GrpcCall, key: string): readonly string[] => {
  const raw = headers[key]
  if (raw === undefined) return []
  const isEncoded = headers[`${key}-encoded`] !== undefined
  const values = (Array.isArray(raw) ? raw : [raw]).flatMap((value) => value.split(', '))
  return values.map((value) => (isEncoded ? decodeURIComponent(value.replaceAll('+', ' ')) : value))
}

const createMemorySource = (files: Readonly<Record<string, Buffer>>): Source => {
  const names = Object.keys(files).sort()
  return {
    stats: (async function* () {
      for (const name of names) {
        const content = files[name] ?? Buffer.alloc(0)
        yield writeMessage([
          [1, name],
          [2, 0o644],
          [5, content.length],
          [6, toChangeMark(content)],
        ])
      }
    })(),
    async *read(id) {
      const content = files[names[id] ?? '']
      if (content !== undefined && content.length > 0) yield content
    },
  }
}

/** BuildKit takes a file of the same size and time for the one that it has: the time of one in memory is its content. */
const toChangeMark = (content: Buffer): number => createHash('sha256').update(content).digest().readUIntBE(0, 6)

/** Owners are left out: what is copied belongs to root unless the Dockerfile says otherwise, on every machine. */
const toStat = ({ path, kind, stat, linkTarget }: ContextEntry): Buffer => {
  const special =
    (stat.mode & 0o4000 ? GO_SETUID : 0) + (stat.mode & 0o2000 ? GO_SETGID : 0) + (stat.mode & 0o1000 ? GO_STICKY : 0)
  const type = kind === 'directory' ? GO_DIRECTORY : kind === 'link' ? GO_LINK : 0
  return writeMessage([
    [1, path],
    [2, (stat.mode & 0o777) + special + type],
    [5, kind === 'file' ? stat.size : 0],
    [6, BigInt(Math.round(stat.mtimeMs * 1000)) * 1000n],
    [7, linkTarget],
  ])
}
