import { chunkBytes, type LogChunk, type LogOrigin } from './log-chunk.ts'
import type { LogLevel } from './log-level.ts'
import { toWholeTrack, walkTracks } from './log-index.ts'
import { createLogSource, type ChunkStore, type LogSource } from './log-source.ts'
import { noTrace, traceLine } from './log-trace.ts'

/** More sources of one service than this become one: each new container of a service brings two. */
const sourcesPerService = 16

export type WrittenLine = { readonly id: number; readonly at: number; readonly text: string; readonly level: LogLevel }

/** Adds lines of one stream; tells the chunk that was taken for one. */
export type LogWriter = { readonly write: (line: WrittenLine) => LogChunk | undefined }

/** The log of one service: a source for each stream of each container, and one for what happened to it. */
export type ServiceLog = {
  readonly sources: () => readonly LogSource[]
  readonly bytes: () => number
  readonly lines: () => number
  readonly gone: () => number
  dropped: number
  version: number
  readonly open: (origin: LogOrigin) => LogWriter
  /** Drops the chunk whose newest line is the oldest; how many bytes that frees. */
  readonly dropOldest: () => number
}

type Deps = { readonly store: ChunkStore; readonly origins: LogOrigin[] }

// oxlint-disable-next-line max-lines-per-function -- one queue of queues with all that changes it
export const createServiceLog = ({ store, origins }: Deps): ServiceLog => {
  let sources: LogSource[] = []
  const writers = new Map<string, { readonly source: LogSource; readonly writer: LogWriter }>()
  let bytes = 0
  let lines = 0
  let gone = 0

  const toWriter = (source: LogSource, origin: number): LogWriter => ({
    write({ id, at, text, level }) {
      const { continues, state } = source.isEvents
        ? { continues: false, state: noTrace }
        : traceLine(source.trace, { text, level })
      const end = source.end()
      const order = end === source.first() ? at : Math.max(at, source.order(end - 1))
      // The first frame shows that the line before it, which names no level, tells of an error.
      if (continues && state.lines === 1 && end > source.first()) source.markError(end - 1)
      source.trace = state
      const chunk = source.push({ id, at, order, origin, level, continues, text })
      if (!source.isEvents) lines += 1
      if (chunk !== undefined) bytes += chunkBytes(chunk.room)
      return chunk
    },
  })
  /** The two sources that were made first as one. */
  const mergeFirst = () => {
    const [first, second] = sources.filter((source) => !source.isEvents)
    const merged = createLogSource({ store, origins, isEvents: false })
    let before: number | undefined
    walkTracks([first!, second!].map(toWholeTrack), { step: 1 }, ({ source }, number) => {
      const line = source.line(number)
      // A frame that another stream's line stands before goes on with nothing.
      const chunk = merged.push({ ...line, continues: line.continues && line.origin === before })
      if (chunk !== undefined) bytes += chunkBytes(chunk.room)
      before = line.origin
      return true
    })
    for (const source of [first!, second!]) {
      for (let chunk = source.shift(); chunk !== undefined; chunk = source.shift()) {
        bytes -= chunkBytes(chunk.room)
        store.give(chunk)
      }
    }
    for (const [key, one] of writers) if (one.source === first || one.source === second) writers.delete(key)
    sources = [merged, ...sources.filter((source) => source !== first && source !== second)]
  }
  return {
    sources: () => sources,
    bytes: () => bytes,
    lines: () => lines,
    gone: () => gone,
    dropped: 0,
    version: 0,
    open(origin) {
      const isEvents = origin.stream === 'event'
      const key = isEvents ? origin.stream : `${origin.container}\n${origin.stream}`
      const open = writers.get(key)
      if (open !== undefined) return open.writer
      sources = sources.filter((source) => source.end() > source.first())
      for (const [known, one] of writers) if (!sources.includes(one.source)) writers.delete(known)
      if (!isEvents && sources.length >= sourcesPerService) mergeFirst()
      origins.push(origin)
      const source = createLogSource({ store, origins, isEvents })
      const writer = toWriter(source, origins.length - 1)
      sources = [...sources, source]
      writers.set(key, { source, writer })
      return writer
    },
    dropOldest() {
      const oldest = sources
        .filter((source) => source.chunks.length > 0)
        .reduce<LogSource | undefined>(
          (found, one) => (found === undefined || endOf(one) < endOf(found) ? one : found),
          undefined,
        )
      const chunk = oldest?.shift()
      if (oldest === undefined || chunk === undefined) return 0
      const freed = chunkBytes(chunk.room)
      bytes -= freed
      if (!oldest.isEvents) {
        lines -= chunk.count
        gone += chunk.count
      }
      store.give(chunk)
      return freed
    },
  }
}

/** When the newest line of its oldest chunk was written: a stream that writes rarely keeps its lines beside one that floods. */
const endOf = ({ chunks }: LogSource): number => {
  const chunk = chunks[0]!
  return chunk.orders[chunk.count - 1]!
}
