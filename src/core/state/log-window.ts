import type { LogBuffer } from './log-buffer.ts'
import type { LogFilter } from './log-filter.ts'
import { comparePositions, type LogEntry, type LogPosition } from './log-source.ts'

export type WindowQuery = {
  readonly services?: readonly string[]
  readonly filter?: LogFilter
  /** The last line that is shown; absent: the newest. */
  readonly to?: LogPosition
  readonly count: number
}

/**
 * What of the log is on the screen. It remembers what it found, so that following a filter that matches one line in a
 * million looks only at the lines that are new, and a screen that stands still looks at none.
 */
export type LogWindow = {
  readonly read: (query: WindowQuery) => readonly LogEntry[]
}

export const createLogWindow = (buffer: LogBuffer): LogWindow => {
  let last:
    | {
        readonly query: WindowQuery
        readonly version: number
        readonly lastId: number
        readonly entries: readonly LogEntry[]
      }
    | undefined

  const isSame = (query: WindowQuery) =>
    last !== undefined &&
    last.query.filter === query.filter &&
    last.query.count === query.count &&
    last.query.to?.id === query.to?.id &&
    sameNames(last.query.services, query.services)

  return {
    read(query) {
      const version = buffer.version(query.services)
      if (last !== undefined && isSame(query)) {
        if (last.version === version) return last.entries
        if (query.to === undefined && query.filter !== undefined) {
          const kept = last.entries.filter((entry) => buffer.has(entry))
          const fresh = buffer.since(last.lastId, toLogQuery(query))
          const entries =
            fresh.length === 0 && kept.length === last.entries.length
              ? last.entries
              : [...kept, ...fresh].toSorted(comparePositions).slice(-query.count)
          last = { query, version, lastId: buffer.lastId(), entries }
          return entries
        }
      }
      const entries = fill(buffer, query)
      last = { query, version, lastId: buffer.lastId(), entries }
      return entries
    },
  }
}

/** When too little is left before the place, because old lines are gone, the window is filled with what comes behind. */
const fill = (buffer: LogBuffer, query: WindowQuery): readonly LogEntry[] => {
  const before = buffer.tail(query.count, { ...toLogQuery(query), ...(query.to === undefined ? {} : { to: query.to }) })
  if (query.to === undefined || before.length >= query.count) return before
  return [...before, ...buffer.head(query.count - before.length, { ...toLogQuery(query), after: query.to })]
}

const toLogQuery = (query: WindowQuery) => ({
  ...(query.services === undefined ? {} : { services: query.services }),
  ...(query.filter === undefined ? {} : { matches: query.filter.matches }),
})

const sameNames = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  a === b ||
  (a !== undefined && b !== undefined && a.length === b.length && a.every((name, index) => name === b[index]))
