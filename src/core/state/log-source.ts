/** One line of a container's output. */
export type LogEntry = {
  /** Counts all lines of a buffer in the order they came, from 1. */
  readonly id: number
  /** The engine's time, milliseconds since the epoch. */
  readonly at: number
  /** What it is sorted by: `at`, but never less than that of the line before it from the same source. */
  readonly order: number
  readonly service: string
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** A place in the merged log. */
export type LogPosition = Pick<LogEntry, 'order' | 'id'>

export const comparePositions = (a: LogPosition, b: LogPosition) => a.order - b.order || a.id - b.id

/** Each line costs its text and this much more for its record: measured on Node 24 with lines of 80 characters. */
const recordBytes = 150
export const entryBytes = (entry: LogEntry) => entry.text.length + recordBytes

/**
 * What one stream of one container wrote: a queue that is sorted because the engine stamps each stream in order. Adding
 * at the end and dropping at the front cost next to nothing, and a place is found by halving.
 */
export type LogSource = {
  readonly key: string
  readonly length: () => number
  readonly at: (index: number) => LogEntry | undefined
  readonly push: (entry: LogEntry) => void
  readonly shift: () => LogEntry | undefined
  /** How many entries are at or before a position. */
  readonly countTo: (position: LogPosition) => number
}

export const createLogSource = (key: string, first: readonly LogEntry[] = []): LogSource => {
  let entries: (LogEntry | undefined)[] = [...first]
  let head = 0

  const at = (index: number) => entries[head + index]
  const length = () => entries.length - head
  return {
    key,
    length,
    at,
    push: (entry) => void entries.push(entry),
    shift() {
      const entry = entries[head]
      if (entry === undefined) return undefined
      entries[head] = undefined
      head += 1
      // Moves what is left only when half is empty, so that each entry is moved once on average.
      if (head > 256 && head * 2 > entries.length) {
        entries = entries.slice(head)
        head = 0
      }
      return entry
    },
    countTo(position) {
      let low = 0
      let high = length()
      while (low < high) {
        const middle = (low + high) >>> 1
        const entry = at(middle)
        if (entry !== undefined && comparePositions(entry, position) <= 0) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}

/** Two sources as one, still sorted. */
export const mergeSources = (key: string, a: LogSource, b: LogSource): LogSource => {
  const all: LogEntry[] = []
  for (const source of [a, b]) {
    for (let index = 0; index < source.length(); index += 1) {
      const entry = source.at(index)
      if (entry !== undefined) all.push(entry)
    }
  }
  return createLogSource(key, all.toSorted(comparePositions))
}
