import type { LogLine } from '../events/event.ts'
import {
  comparePositions,
  createLogSource,
  entryBytes,
  mergeSources,
  type LogEntry,
  type LogPosition,
  type LogSource,
} from './log-source.ts'

export type LogLimits = {
  /** Bytes kept of each service, and of all together; the oldest lines go first. */
  readonly serviceBytes: number
  readonly totalBytes: number
  /** UTF-16 units kept of one line. */
  readonly lineLength: number
}

export const defaultLogLimits: LogLimits = {
  serviceBytes: 8 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  lineLength: 64 * 1024,
}

/** More sources of one service than this become one: each new container of a service brings two. */
const sourcesPerService = 16

export type LogBatch = {
  readonly service: string
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  readonly lines: readonly LogLine[]
}

export type LogQuery = {
  /** Only these services; absent: all. */
  readonly services?: readonly string[]
  readonly matches?: (entry: LogEntry) => boolean
}

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
 * view by time is made of their ends when somebody looks: writing is cheap, late lines need no moving, and a window of
 * fifty lines costs fifty comparisons per stream.
 */
export type LogBuffer = {
  readonly write: (batch: LogBatch) => void
  /** Lines that were lost before they came here. */
  readonly noteDropped: (service: string, lines: number) => void
  /** Another number whenever the log of these services (absent: of any) is another. */
  readonly version: (services?: readonly string[]) => number
  readonly size: (services?: readonly string[]) => LogSize
  /** The last `count` lines, oldest first; with `to`, at or before that place. */
  readonly tail: (count: number, query?: LogQuery & { readonly to?: LogPosition }) => readonly LogEntry[]
  /** The first `count` lines, oldest first; with `after`, behind that place. */
  readonly head: (count: number, query?: LogQuery & { readonly after?: LogPosition }) => readonly LogEntry[]
  /** Lines that came after the one with this id, in the order of the merged view. */
  readonly since: (id: number, query?: LogQuery) => readonly LogEntry[]
  /** How many lines are behind a place in the merged view. */
  readonly countAfter: (position: LogPosition, services?: readonly string[]) => number
  /** The id of the line that came last; 0 before the first. */
  readonly lastId: () => number
  readonly has: (entry: LogEntry) => boolean
}

type ServiceLog = { sources: LogSource[]; bytes: number; lines: number; gone: number; dropped: number; version: number }

// oxlint-disable-next-line max-lines-per-function -- one ring with all that reads and changes it
export const createLogBuffer = (limits: LogLimits = defaultLogLimits): LogBuffer => {
  const services = new Map<string, ServiceLog>()
  let total = 0
  let lastId = 0
  let version = 0

  const logOf = (service: string): ServiceLog => {
    const known = services.get(service)
    if (known !== undefined) return known
    const fresh: ServiceLog = { sources: [], bytes: 0, lines: 0, gone: 0, dropped: 0, version: 0 }
    services.set(service, fresh)
    return fresh
  }
  const logsOf = (names?: readonly string[]) =>
    names === undefined ? [...services.values()] : names.flatMap((name) => services.get(name) ?? [])
  const sourcesOf = (names?: readonly string[]) => logsOf(names).flatMap((log) => log.sources)

  const dropOldest = (log: ServiceLog) => {
    const source = log.sources.reduce((oldest, one) => (comparePositions(one.at(0)!, oldest.at(0)!) < 0 ? one : oldest))
    const bytes = entryBytes(source.shift()!)
    if (source.length() === 0) log.sources.splice(log.sources.indexOf(source), 1)
    log.bytes -= bytes
    log.lines -= 1
    log.gone += 1
    total -= bytes
  }
  const biggest = () => [...services.values()].reduce((most, log) => (log.bytes > most.bytes ? log : most))

  return {
    write(batch) {
      const log = logOf(batch.service)
      const source = openSource(log, `${batch.container}\n${batch.stream}`)
      for (const line of batch.lines) {
        lastId += 1
        const last = source.at(source.length() - 1)
        const order = Math.max(line.at, last?.order ?? line.at)
        const text = line.text.length > limits.lineLength ? `${line.text.slice(0, limits.lineLength - 1)}…` : line.text
        const entry: LogEntry = {
          id: lastId,
          at: line.at,
          order,
          service: batch.service,
          container: batch.container,
          stream: batch.stream,
          text,
        }
        const bytes = entryBytes(entry)
        source.push(entry)
        log.bytes += bytes
        log.lines += 1
        total += bytes
      }
      while (log.bytes > limits.serviceBytes && log.lines > 0) dropOldest(log)
      while (total > limits.totalBytes) dropOldest(biggest())
      if (source.length() === 0) log.sources = log.sources.filter((one) => one.length() > 0)
      version += 1
      log.version = version
    },
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
          lines: sum.lines + log.lines,
          bytes: sum.bytes + log.bytes,
          gone: sum.gone + log.gone,
          dropped: sum.dropped + log.dropped,
        }),
        { lines: 0, bytes: 0, gone: 0, dropped: 0 },
      ),
    tail(count, query = {}) {
      const { to } = query
      const cursors = sourcesOf(query.services).map((source) => ({
        source,
        index: (to === undefined ? source.length() : source.countTo(to)) - 1,
      }))
      return walk(cursors, { step: -1, count, matches: query.matches }).toReversed()
    },
    head(count, query = {}) {
      const { after } = query
      const cursors = sourcesOf(query.services).map((source) => ({
        source,
        index: after === undefined ? 0 : source.countTo(after),
      }))
      return walk(cursors, { step: 1, count, matches: query.matches })
    },
    since(id, query = {}) {
      const found: LogEntry[] = []
      for (const source of sourcesOf(query.services)) {
        for (let index = source.length() - 1; index >= 0; index -= 1) {
          const entry = source.at(index)!
          if (entry.id <= id) break
          if (query.matches?.(entry) ?? true) found.push(entry)
        }
      }
      return found.toSorted(comparePositions)
    },
    countAfter: (position, names) =>
      sourcesOf(names).reduce((sum, source) => sum + source.length() - source.countTo(position), 0),
    lastId: () => lastId,
    has: (entry) => sourcesOf([entry.service]).some((source) => source.at(source.countTo(entry) - 1) === entry),
  }
}

const openSource = (log: ServiceLog, key: string): LogSource => {
  const known = log.sources.find((source) => source.key === key)
  if (known !== undefined) return known
  if (log.sources.length >= sourcesPerService) {
    const [first, second, ...rest] = log.sources
    log.sources = [mergeSources('', first!, second!), ...rest]
  }
  const fresh = createLogSource(key)
  log.sources.push(fresh)
  return fresh
}

type Cursor = { readonly source: LogSource; index: number }

/** Goes through sorted sources in one order, nearest first. */
const walk = (
  cursors: readonly Cursor[],
  options: { step: 1 | -1; count: number; matches: LogQuery['matches'] | undefined },
): LogEntry[] => {
  const { step, count, matches } = options
  const found: LogEntry[] = []
  while (found.length < count) {
    let next: Cursor | undefined
    let nearest: LogEntry | undefined
    for (const cursor of cursors) {
      const entry = cursor.source.at(cursor.index)
      if (entry === undefined || cursor.index < 0) continue
      if (nearest === undefined || comparePositions(entry, nearest) * step < 0) {
        next = cursor
        nearest = entry
      }
    }
    if (next === undefined || nearest === undefined) break
    next.index += step
    if (matches === undefined || matches(nearest)) found.push(nearest)
  }
  return found
}
