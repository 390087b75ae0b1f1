import type { LogLine } from '../events/event.ts'
import type { LogOrigin } from './log-chunk.ts'
import type { LogFilter } from './log-filter.ts'
import {
  countTracks,
  createFilterIndex,
  createSearchIndex,
  toWholeTrack,
  walkTracks,
  type LogIndex,
  type LogTrack,
  type WalkRange,
} from './log-index.ts'
import { findLogLevel, logLevels, type LogLevel } from './log-level.ts'
import { createServiceLog, type ServiceLog } from './log-service.ts'
import { comparePositions, createChunkStore, type LogEntry, type LogPosition, type LogSource } from './log-source.ts'

export type LogLimits = {
  /** Bytes kept of each service, and of all together; the oldest lines go first. */
  readonly serviceBytes: number
  readonly totalBytes: number
  /** UTF-16 units kept of one line. */
  readonly lineLength: number
}

/** Some 55,000 lines of a service, 220,000 of all, of 100 characters each. */
export const defaultLogLimits: LogLimits = {
  serviceBytes: 8 * 1024 * 1024,
  totalBytes: 32 * 1024 * 1024,
  lineLength: 64 * 1024,
}

export type LogBatch = {
  readonly service: string
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  readonly lines: readonly LogLine[]
}

/** What happened to a service, as a line among those that it wrote. */
export type LogNote = {
  readonly service: string
  readonly at: number
  readonly text: string
  readonly level: LogLevel
}

/** What of the log is looked at. */
export type LogQuery = {
  /** Only these services; absent: all. */
  readonly services?: readonly string[]
  readonly filter?: LogFilter
  /** Only what is behind this place. */
  readonly from?: LogPosition
}

/** A line with those that go on with it: a stack trace is one item. */
export type LogItem = LogEntry & { readonly more: number }

export type LogSize = {
  readonly lines: number
  readonly bytes: number
  /** Lines that were written before these, and are not kept any more. */
  readonly gone: number
  /** Lines that never reached us. */
  readonly dropped: number
}

/**
 * The log of all services, bounded by bytes. Each stream of a container is kept in a queue of its own, and the merged
 * view by time is made of their ends when somebody looks: writing is cheap, late lines need no moving.
 */
export type LogBuffer = {
  readonly write: (batch: LogBatch) => void
  readonly note: (note: LogNote) => void
  /** Lines that were lost before they came here. */
  readonly noteDropped: (service: string, lines: number) => void
  /** Another number whenever the log of these services (absent: of any) is another. */
  readonly version: (services?: readonly string[]) => number
  /** Lines of programs; what is told between them does not count. */
  readonly size: (services?: readonly string[]) => LogSize
  /** The last `count` items, oldest first; with `to`, at or before that place. */
  readonly tail: (count: number, query?: LogQuery & { readonly to?: LogPosition }) => readonly LogItem[]
  /** The first `count` items, oldest first; with `after`, behind that place. */
  readonly head: (count: number, query?: LogQuery & { readonly after?: LogPosition }) => readonly LogItem[]
  /** The lines that go on with this one. */
  readonly rest: (item: LogPosition & { readonly service: string }) => readonly LogEntry[]
  /** The line that this one goes on with, or itself; undefined when it is gone. */
  readonly owner: (line: LogPosition & { readonly service: string }) => LogItem | undefined
  /** The nearest line that a search finds among what the query shows, before or behind a place. */
  readonly find: (search: LogFilter, options: LogQuery & SearchFrom) => LogEntry | undefined
  /** How many lines of programs the query shows, or a search finds among them; up to a place, or since the line with an id came. */
  readonly count: (
    query: LogQuery & { readonly search?: LogFilter; readonly to?: LogPosition; readonly sinceId?: number },
  ) => number
  /** The id of the line that came last; 0 before the first. */
  readonly lastId: () => number
}

export type SearchFrom = {
  readonly step: 1 | -1
  /** Absent: from the end that `step` leaves. */ readonly at?: LogPosition
}

// oxlint-disable-next-line max-lines-per-function -- one ring with all that reads and changes it
export const createLogBuffer = (limits: LogLimits = defaultLogLimits): LogBuffer => {
  const services = new Map<string, ServiceLog>()
  const origins: LogOrigin[] = []
  const store = createChunkStore(...toRooms(limits))
  let lastId = 0
  let version = 0

  const logOf = (service: string): ServiceLog => {
    const known = services.get(service)
    if (known !== undefined) return known
    const fresh = createServiceLog({ store, origins })
    services.set(service, fresh)
    return fresh
  }
  const logsOf = (names?: readonly string[]) =>
    names === undefined ? [...services.values()] : names.flatMap((name) => services.get(name) ?? [])
  const tracksOf = ({ services: names, filter }: LogQuery, search?: LogFilter): readonly LogTrack[] => {
    const shown = filter === undefined ? undefined : filterIndex(filter)
    const index = search === undefined ? shown : searchIndex(search, filter)
    return logsOf(names).flatMap((log) => log.sources().map((source) => index?.(source) ?? toWholeTrack(source)))
  }
  const total = () => logsOf().reduce((sum, log) => sum + log.bytes(), 0)
  const biggest = () => [...services.values()].reduce((most, log) => (log.bytes() > most.bytes() ? log : most))
  const add = (
    origin: LogOrigin,
    lines: readonly { readonly at: number; readonly text: string; readonly level?: LogLevel }[],
  ) => {
    const log = logOf(origin.service)
    const writer = log.open(origin)
    for (const { at, text: whole, level } of lines) {
      lastId += 1
      const text = whole.length > limits.lineLength ? `${whole.slice(0, limits.lineLength - 1)}…` : whole
      const chunk = writer.write({ id: lastId, at, text, level: level ?? findLogLevel(text) })
      if (chunk === undefined) continue
      while (log.bytes() > limits.serviceBytes && log.dropOldest() > 0);
      while (total() > limits.totalBytes && biggest().dropOldest() > 0);
    }
    version += 1
    log.version = version
  }
  const collect = (
    tracks: readonly LogTrack[],
    options: WalkRange & { readonly step: 1 | -1; readonly count: number },
  ) => {
    const found: LogItem[] = []
    if (options.count <= 0) return found
    walkTracks(tracks, options, (track, number) => {
      if (isItem(track, number)) found.push(toItem(track.source, number))
      return found.length < options.count
    })
    return found
  }
  const locate = ({ service, ...position }: LogPosition & { readonly service: string }) => {
    for (const source of services.get(service)?.sources() ?? []) {
      const number = source.endAt(position) - 1
      if (number >= source.first() && source.id(number) === position.id) return { source, number }
    }
    return undefined
  }

  return {
    write: ({ service, container, stream, lines }) => add({ service, container, stream }, lines),
    note: ({ service, ...line }) => add({ service, container: '', stream: 'event' }, [line]),
    noteDropped(service, lines) {
      const log = logOf(service)
      version += 1
      log.dropped += lines
      log.version = version
    },
    version: (names) =>
      names === undefined ? version : logsOf(names).reduce((most, log) => Math.max(most, log.version), 0),
    size: (names) =>
      logsOf(names).reduce(
        (sum, log) => ({
          lines: sum.lines + log.lines(),
          bytes: sum.bytes + log.bytes(),
          gone: sum.gone + log.gone(),
          dropped: sum.dropped + log.dropped,
        }),
        { lines: 0, bytes: 0, gone: 0, dropped: 0 },
      ),
    tail: (count, query = {}) => collect(tracksOf(query), { ...toRange(query), step: -1, count }).toReversed(),
    head: (count, query = {}) =>
      collect(tracksOf(query), { ...toRange({ from: later(query.from, query.after) }), step: 1, count }),
    rest(item) {
      const place = locate(item)
      if (place === undefined) return []
      const { source, number } = place
      return Array.from({ length: countRest(source, number) }, (_, index) => source.entry(number + 1 + index))
    },
    owner(line) {
      const place = locate(line)
      return place === undefined ? undefined : toItem(place.source, place.source.head(place.number))
    },
    find(search, { step, at, ...query }) {
      let found: LogEntry | undefined
      const tracks = tracksOf(query, search)
      const range = step === 1 ? { from: later(query.from, at) } : { from: query.from, to: at }
      walkTracks(tracks, { ...toRange(range), step }, ({ source }, number) => {
        if (source.id(number) === at?.id) return true
        found = source.entry(number)
        return false
      })
      return found
    },
    count({ search, sinceId, ...query }) {
      const tracks = tracksOf(query, search).filter(({ source }) => !source.isEvents || search !== undefined)
      if (sinceId === undefined) return countTracks(tracks, toRange(query))
      return tracks.reduce((sum, track) => sum + track.length() - track.endAtId(sinceId), 0)
    },
    lastId: () => lastId,
  }
}

/** Chunks are small against what a service may keep, so that little goes at a time. */
const toRooms = ({ serviceBytes }: LogLimits) => {
  const bytes = Math.min(32 * 1024, Math.max(64, Math.floor(serviceBytes / 32)))
  const big = { bytes, lines: Math.max(1, Math.floor(bytes / 64)) }
  const small = { bytes: Math.min(bytes, 2048), lines: Math.min(big.lines, 24) }
  return [small, big] as const
}

const toRange = ({
  from,
  to,
}: {
  readonly from?: LogPosition | undefined
  readonly to?: LogPosition | undefined
}): WalkRange => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
})

const later = (a: LogPosition | undefined, b: LogPosition | undefined): LogPosition | undefined =>
  a === undefined || (b !== undefined && comparePositions(b, a) > 0) ? b : a

/** A line that goes on with one that is shown is a part of that. */
const isItem = (track: LogTrack, number: number): boolean => {
  if (!track.source.continues(number)) return true
  const head = track.source.head(number)
  return head === number || !track.has(head)
}

const countRest = (source: LogSource, number: number): number => {
  if (source.continues(number)) return 0
  let end = number + 1
  while (end < source.end() && source.continues(end)) end += 1
  return end - number - 1
}

const toItem = (source: LogSource, number: number): LogItem => ({
  ...source.entry(number),
  more: countRest(source, number),
})

const filterIndexes = new WeakMap<LogFilter, LogIndex>()
const filterIndex = (filter: LogFilter): LogIndex => {
  const known = filterIndexes.get(filter) ?? createFilterIndex(filter)
  filterIndexes.set(filter, known)
  return known
}

const everything = {}
const searchIndexes = new WeakMap<LogFilter, WeakMap<object, LogIndex>>()
/** Of a search there is one for each filter below it. */
const searchIndex = (search: LogFilter, filter: LogFilter | undefined): LogIndex => {
  const ofSearch = searchIndexes.get(search) ?? new WeakMap<object, LogIndex>()
  searchIndexes.set(search, ofSearch)
  const key = filter ?? everything
  const known = ofSearch.get(key) ?? createSearchIndex(search, filter === undefined ? undefined : filterIndex(filter))
  ofSearch.set(key, known)
  return known
}

/** A search for what went wrong: lines of errors, and what was told of a service that failed. */
export const errorSearch: LogFilter = {
  matches: ({ level }) => level >= logLevels.error,
  excludes: () => false,
  hasWords: false,
  find: () => [],
}
