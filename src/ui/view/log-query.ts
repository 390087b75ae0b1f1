import type { LogQuery } from '../../core/state/log-buffer.ts'
import { parseLogFilter, type LogFilter } from '../../core/state/log-filter.ts'
import { logLevels, type LogLevel } from '../../core/state/log-level.ts'
import type { State } from '../../core/state/state.ts'
import { selectLogServices, type ViewState } from './view-state.ts'

const remembered = new Map<string, LogFilter | undefined>()
const mostRemembered = 8

/** The same filter for the same words: what it lets through is remembered by the filter. */
const toFilter = (words: string, level: LogLevel): LogFilter | undefined => {
  const key = `${level}\n${words}`
  if (remembered.has(key)) return remembered.get(key)
  const filter = parseLogFilter(words, level)
  if (remembered.size >= mostRemembered) remembered.delete([...remembered.keys()][0]!)
  remembered.set(key, filter)
  return filter
}

/** What of the log is shown. */
export const selectLogQuery = (view: ViewState, state: State): LogQuery => {
  const services = selectLogServices(view, state)
  const filter = toFilter(view.log.filter, view.log.leastLevel)
  return {
    ...(services === undefined ? {} : { services }),
    ...(filter === undefined ? {} : { filter }),
    ...(view.log.from === undefined ? {} : { from: view.log.from }),
  }
}

/** What is marked in it. */
export const selectLogSearch = (view: ViewState): LogFilter | undefined => toFilter(view.log.search, logLevels.none)
