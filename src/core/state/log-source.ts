import { createLogChunk, type ChunkRoom, type LogChunk, type LogOrigin, type NewLine } from './log-chunk.ts'
import { logLevels, type LogLevel } from './log-level.ts'
import { noTrace, type TraceState } from './log-trace.ts'

/** One line of a container's output, or what happened to a service. */
export type LogEntry = LogOrigin & {
  /** Counts all lines of a buffer in the order they came, from 1. */
  readonly id: number
  /** The engine's time, milliseconds since the epoch. */
  readonly at: number
  /** What it is sorted by: `at`, but never less than that of the line before it from the same source. */
  readonly order: number
  readonly level: LogLevel
  /** It goes on with the line before it of its source, as the frame of a stack trace does. */
  readonly continues: boolean
  readonly text: string
}

/** A place in the merged log. */
export type LogPosition = Pick<LogEntry, 'order' | 'id'>

export const comparePositions = (a: LogPosition, b: LogPosition) => a.order - b.order || a.id - b.id

/** Chunks that are made, and taken back to be used again: memory that is not given away need not be asked for. */
export type ChunkStore = {
  readonly take: (isFirst: boolean, textLength: number) => LogChunk
  readonly give: (chunk: LogChunk) => void
}

/** Fits the lines of a source that writes little, and those of one that writes much. */
export const createChunkStore = (small: ChunkRoom, big: ChunkRoom): ChunkStore => {
  const free: LogChunk[] = []
  return {
    take(isFirst, textLength) {
      // A unit of UTF-16 takes at most three bytes.
      if (textLength * 3 > big.bytes) return createLogChunk({ bytes: textLength * 3, lines: 1 })
      return isFirst && textLength * 3 <= small.bytes ? createLogChunk(small) : (free.pop() ?? createLogChunk(big))
    },
    give(chunk) {
      if (chunk.room !== big || free.length > 8) return
      chunk.clear()
      free.push(chunk)
    },
  }
}

/**
 * What one stream of one container wrote: a queue that is sorted because the engine stamps each stream in order. Its lines
 * are numbered from 0, and keep their numbers when those before them go.
 */
export type LogSource = {
  /** It holds what was told of the service, not what its programs wrote. */
  readonly isEvents: boolean
  /** What its last line was. */
  trace: TraceState
  readonly chunks: readonly LogChunk[]
  /** The number of the oldest line that is kept, and the one behind the newest. */
  readonly first: () => number
  readonly end: () => number
  /** Adds a line; the chunk that had to be taken for it, if any. */
  readonly push: (line: NewLine) => LogChunk | undefined
  /** Drops the oldest lines: a chunk of them. */
  readonly shift: () => LogChunk | undefined
  readonly entry: (number: number) => LogEntry
  /** As it was added. */
  readonly line: (number: number) => NewLine
  readonly text: (number: number) => string
  readonly origin: (number: number) => LogOrigin
  readonly level: (number: number) => LogLevel
  readonly continues: (number: number) => boolean
  readonly id: (number: number) => number
  readonly order: (number: number) => number
  /** The number of the first line behind a position. */
  readonly endAt: (position: LogPosition) => number
  /** The number of the first line that came after the one with this id. */
  readonly endAtId: (id: number) => number
  /** The line that a line goes on with; itself when it does not, or when that one is gone. */
  readonly head: (number: number) => number
  /** A line that has a trace behind it tells of an error, whatever it says. */
  readonly markError: (number: number) => void
}

type Place = { readonly chunk: LogChunk; readonly index: number }

// oxlint-disable-next-line max-lines-per-function -- one queue with all that reads and changes it
export const createLogSource = ({
  store,
  origins,
  isEvents,
}: {
  readonly store: ChunkStore
  readonly origins: readonly LogOrigin[]
  readonly isEvents: boolean
}): LogSource => {
  const chunks: LogChunk[] = []
  let end = 0
  let latest = 0

  const first = () => chunks[0]?.first ?? end
  const place = (number: number): Place => {
    const near = chunks[latest]
    if (near === undefined || number < near.first || number >= near.first + near.count)
      latest = findChunk(chunks, number)
    const chunk = chunks[latest]!
    return { chunk, index: number - chunk.first }
  }
  const id = (number: number) => {
    const { chunk, index } = place(number)
    return chunk.ids[index]!
  }
  const order = (number: number) => {
    const { chunk, index } = place(number)
    return chunk.orders[index]!
  }
  const continues = (number: number) => {
    const { chunk, index } = place(number)
    return chunk.continues(index)
  }
  const lineAt = (number: number): NewLine => {
    const { chunk, index } = place(number)
    return {
      id: chunk.ids[index]!,
      at: chunk.ats[index]!,
      order: chunk.orders[index]!,
      origin: chunk.origins[index]!,
      level: chunk.level(index),
      continues: chunk.continues(index),
      text: chunk.text(index),
    }
  }
  const halve = (isBefore: (number: number) => boolean) => {
    let low = first()
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(middle)) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    isEvents,
    trace: noTrace,
    chunks,
    first,
    end: () => end,
    push(line) {
      const last = chunks.at(-1)
      if (last?.add(line) === true) {
        end += 1
        return undefined
      }
      const chunk = store.take(chunks.length === 0, line.text.length)
      chunk.first = end
      chunk.add(line)
      chunks.push(chunk)
      end += 1
      return chunk
    },
    shift() {
      const chunk = chunks.shift()
      latest = 0
      return chunk
    },
    entry(number) {
      const { origin, ...line } = lineAt(number)
      return { ...origins[origin]!, ...line }
    },
    line: lineAt,
    text(number) {
      const { chunk, index } = place(number)
      return chunk.text(index)
    },
    origin(number) {
      const { chunk, index } = place(number)
      return origins[chunk.origins[index]!]!
    },
    level(number) {
      const { chunk, index } = place(number)
      return chunk.level(index)
    },
    continues,
    id,
    order,
    endAt: (position) =>
      halve(
        (number) => order(number) < position.order || (order(number) === position.order && id(number) <= position.id),
      ),
    endAtId: (wanted) => halve((number) => id(number) <= wanted),
    head(number) {
      const lowest = first()
      let at = number
      while (at > lowest && continues(at)) at -= 1
      return continues(at) ? number : at
    },
    markError(number) {
      const { chunk, index } = place(number)
      if (chunk.level(index) === logLevels.none)
        chunk.setFlags(index, { level: logLevels.error, continues: chunk.continues(index) })
    },
  }
}

const findChunk = (chunks: readonly LogChunk[], number: number): number => {
  let low = 0
  let high = chunks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (chunks[middle]!.first <= number) low = middle
    else high = middle - 1
  }
  return low
}
