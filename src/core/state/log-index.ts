import type { FilterLine, LogFilter } from './log-filter.ts'
import { comparePositions, type LogPosition, type LogSource } from './log-source.ts'

/** Some lines of a source, in their order, by their numbers in it. */
export type LogTrack = {
  readonly source: LogSource
  readonly length: () => number
  readonly at: (index: number) => number
  readonly has: (number: number) => boolean
  /** How many of them are at or before a position. */
  readonly endAt: (position: LogPosition) => number
  /** How many of them are no younger than the line with this id. */
  readonly endAtId: (id: number) => number
}

/** All lines of a source. */
export const toWholeTrack = (source: LogSource): LogTrack => ({
  source,
  length: () => source.end() - source.first(),
  at: (index) => source.first() + index,
  has: (number) => number >= source.first() && number < source.end(),
  endAt: (position) => source.endAt(position) - source.first(),
  endAtId: (id) => source.endAtId(id) - source.first(),
})

/** Which lines of each source a filter lets through: it looks at every line once, and at nothing but what is new after that. */
export type LogIndex = (source: LogSource) => LogTrack

type IndexedTrack = LogTrack & { readonly update: () => void }
type Test = (number: number, list: { readonly has: (number: number) => boolean }) => boolean

const createIndex = (toTest: (source: LogSource) => Test): LogIndex => {
  const tracks = new WeakMap<LogSource, IndexedTrack>()
  return (source) => {
    const track = tracks.get(source) ?? createTrack(source, toTest(source))
    tracks.set(source, track)
    track.update()
    return track
  }
}

const createTrack = (source: LogSource, test: Test): IndexedTrack => {
  let numbers: number[] = []
  let gone = 0
  let next = 0
  const countBelow = (number: number) => {
    let low = gone
    let high = numbers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (numbers[middle]! < number) low = middle + 1
      else high = middle
    }
    return low - gone
  }
  const track: IndexedTrack = {
    source,
    length: () => numbers.length - gone,
    at: (index) => numbers[gone + index]!,
    has: (number) => numbers[gone + countBelow(number)] === number,
    endAt: (position) => countBelow(source.endAt(position)),
    endAtId: (id) => countBelow(source.endAtId(id)),
    update() {
      const first = source.first()
      while (gone < numbers.length && numbers[gone]! < first) gone += 1
      if (gone > 1024 && gone * 2 > numbers.length) {
        numbers = numbers.slice(gone)
        gone = 0
      }
      for (next = Math.max(next, first); next < source.end(); next += 1) if (test(next, track)) numbers.push(next)
    },
  }
  return track
}

/** The line with some number as a filter sees it: it is as grave as the line that it goes on with. */
const createView = (source: LogSource) => {
  let at = 0
  const line: FilterLine = {
    get service() {
      return source.origin(at).service
    },
    get level() {
      return source.level(source.head(at))
    },
    get text() {
      return source.text(at)
    },
  }
  return (number: number): FilterLine => {
    at = number
    return line
  }
}

/** What a filter shows: a stack trace goes with its first line, and a frame that matches alone is shown alone. */
export const createFilterIndex = (filter: LogFilter): LogIndex =>
  createIndex((source) => {
    const view = createView(source)
    return (number, list) => {
      if (!source.continues(number)) return filter.matches(view(number))
      const head = source.head(number)
      if (head === number) return filter.matches(view(number))
      if (list.has(head)) return true
      return filter.hasWords && filter.matches(view(number)) && !filter.excludes(view(head))
    }
  })

/** What a search finds among the lines that are shown: each line for itself, frames too. */
export const createSearchIndex = (search: LogFilter, shown: LogIndex | undefined): LogIndex =>
  createIndex((source) => {
    const view = createView(source)
    return (number) =>
      (search.hasWords || !source.continues(number)) &&
      search.matches(view(number)) &&
      (shown === undefined || shown(source).has(number))
  })

type Cursor = { readonly track: LogTrack; index: number; readonly low: number; readonly high: number }

export type WalkRange = {
  /** Only what is behind this place. */
  readonly from?: LogPosition
  /** Only what is at this place or before it. */
  readonly to?: LogPosition
}

/**
 * Goes through sorted tracks in one order, oldest first or newest first, until `visit` has had enough. A window of fifty lines costs
 * fifty comparisons a source, however many lines there are.
 */
export const walkTracks = (
  tracks: readonly LogTrack[],
  { step, from, to }: WalkRange & { readonly step: 1 | -1 },
  visit: (track: LogTrack, number: number) => boolean,
): void => {
  const cursors = tracks.map((track): Cursor => {
    const low = from === undefined ? 0 : track.endAt(from)
    const high = to === undefined ? track.length() : track.endAt(to)
    return { track, index: step === 1 ? low : high - 1, low, high }
  })
  const positionOf = ({ track, index }: Cursor): LogPosition => {
    const number = track.at(index)
    return { order: track.source.order(number), id: track.source.id(number) }
  }
  for (;;) {
    let next: Cursor | undefined
    let nearest: LogPosition | undefined
    for (const cursor of cursors) {
      if (cursor.index < cursor.low || cursor.index >= cursor.high) continue
      const position = positionOf(cursor)
      if (nearest !== undefined && comparePositions(position, nearest) * step >= 0) continue
      next = cursor
      nearest = position
    }
    if (next === undefined) return
    const number = next.track.at(next.index)
    next.index += step
    if (!visit(next.track, number)) return
  }
}

/** How many lines of tracks lie in a range. */
export const countTracks = (tracks: readonly LogTrack[], { from, to }: WalkRange): number =>
  tracks.reduce((sum, track) => {
    const low = from === undefined ? 0 : track.endAt(from)
    const high = to === undefined ? track.length() : track.endAt(to)
    return sum + Math.max(0, high - low)
  }, 0)
