import type { LogLevel } from './log-level.ts'

/** Where lines come from: kept once, and named by a number in each line. */
export type LogOrigin = {
  readonly service: string
  readonly container: string
  /** `event`: no program wrote it, it says what happened to the service. */
  readonly stream: 'stdout' | 'stderr' | 'event'
}

export type NewLine = {
  readonly id: number
  readonly at: number
  readonly order: number
  readonly origin: number
  readonly level: LogLevel
  readonly continues: boolean
  readonly text: string
}

export type ChunkRoom = { readonly bytes: number; readonly lines: number }

/** Bytes that a chunk takes beside its text, for each line that it has room for. */
const lineBytes = 4 + 8 + 8 + 8 + 4 + 1
export const chunkBytes = (room: ChunkRoom) => room.bytes + room.lines * lineBytes

const levelBits = 7
const continuesBit = 8

/**
 * Some lines that came one after the other, as bytes. A million lines as objects are a million things for the collector to
 * look after, which it does late: the memory that it leaves for that is several times what the lines take.
 */
export type LogChunk = {
  /** The number of its first line in its source. */
  first: number
  count: number
  readonly room: ChunkRoom
  readonly ids: Float64Array
  readonly ats: Float64Array
  readonly orders: Float64Array
  readonly origins: Uint32Array
  /** False when there is no room for it. */
  readonly add: (line: NewLine) => boolean
  readonly level: (index: number) => LogLevel
  readonly continues: (index: number) => boolean
  readonly setFlags: (index: number, flags: { readonly level: LogLevel; readonly continues: boolean }) => void
  readonly text: (index: number) => string
  readonly clear: () => void
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const createLogChunk = (room: ChunkRoom): LogChunk => {
  const bytes = new Uint8Array(room.bytes)
  const ends = new Uint32Array(room.lines)
  const flags = new Uint8Array(room.lines)
  let used = 0
  const chunk: LogChunk = {
    first: 0,
    count: 0,
    room,
    ids: new Float64Array(room.lines),
    ats: new Float64Array(room.lines),
    orders: new Float64Array(room.lines),
    origins: new Uint32Array(room.lines),
    add(line) {
      const index = chunk.count
      if (index === room.lines) return false
      const { read, written } = encoder.encodeInto(line.text, bytes.subarray(used))
      if (read < line.text.length) return false
      used += written
      ends[index] = used
      chunk.ids[index] = line.id
      chunk.ats[index] = line.at
      chunk.orders[index] = line.order
      chunk.origins[index] = line.origin
      flags[index] = line.level | (line.continues ? continuesBit : 0)
      chunk.count += 1
      return true
    },
    level: (index) => ((flags[index] ?? 0) & levelBits) as LogLevel,
    continues: (index) => ((flags[index] ?? 0) & continuesBit) !== 0,
    setFlags: (index, { level, continues }) => void (flags[index] = level | (continues ? continuesBit : 0)),
    text: (index) => decoder.decode(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index])),
    clear() {
      chunk.count = 0
      used = 0
    },
  }
  return chunk
}
