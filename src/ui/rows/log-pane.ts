import type { LogItem, LogQuery } from '../../core/state/log-buffer.ts'
import type { LogPosition } from '../../core/state/log-source.ts'
import { logLevels } from '../../core/state/log-level.ts'
import type { ScreenInput } from '../screen-input.ts'
import type { Segment } from '../text/compose-row.ts'
import { formatAge, formatCount, plural } from '../text/format.ts'
import { toLevelWord } from '../text/json-line.ts'
import { selectLogQuery, selectLogSearch } from '../view/log-query.ts'
import { toLogRows, type LogRowsOptions } from './log-rows.ts'
import { toTitleRow } from './title-row.ts'

type Size = { readonly width: number; readonly height: number }

/** The log under its title, which says what of it is shown, how much there is, and whether it is followed. */
export const toLogPane = (input: ScreenInput, size: Size): readonly string[] => {
  const { view, theme } = input
  const query = selectLogQuery(view, input.state)
  const isTyping = view.typing === 'filter' || view.typing === 'search'
  return [
    toTitleRow(
      {
        name: 'log',
        focused: view.pane === 'logs' || isTyping,
        detail: toDetail(input, query),
        right: toLogStatus(input, query),
      },
      { width: size.width, theme },
    ),
    ...toRows(input, query, { width: size.width, height: size.height - 1 }),
  ]
}

const toRows = (input: ScreenInput, query: LogQuery, { width, height }: Size): readonly string[] => {
  const { state, view, theme, logs } = input
  const { log } = view
  const formatTime = toTimeFormat(input)
  const options: LogRowsOptions = {
    width,
    height,
    theme,
    log,
    services: state.services.map((service) => service.name),
    solo: view.solo,
    filter: query.filter,
    search: selectLogSearch(view),
    rest: (item: LogItem) => logs.rest(item),
    ...(formatTime === undefined ? {} : { formatTime }),
  }
  const draw = (items: readonly LogItem[], more: Pick<LogRowsOptions, 'first'> = {}) => {
    const end = log.markers.length === 0 ? undefined : items.at(-1)
    const next = end === undefined ? undefined : logs.head(1, { ...query, after: end })[0]
    return toLogRows(items, { ...options, ...more, ...(next === undefined ? {} : { next }) })
  }
  const upTo = (to: LogPosition | undefined) => {
    const { before, behind } = fill(input, query, { count: height, ...(to === undefined ? {} : { to }) })
    const last = draw(before)
    const isFull = last.rows.length >= height && before.length !== height
    return behind.length === 0 || isFull ? last : draw([...before, ...behind], { first: true })
  }
  const { rows, hasCursor } = upTo(log.bottom)
  if (hasCursor || log.cursor === undefined) return rows
  // Items of many rows have pushed it out.
  const last = draw(logs.tail(height, { ...query, to: log.cursor })).rows
  return last.length < height ? upTo(log.cursor).rows : last
}

/**
 * When too little is left before the place, the pane is filled with what comes behind: with what was there when it was
 * paused, and with all once old lines are gone. From the oldest line on, the first rows are what is wanted, and otherwise
 * the last.
 */
const fill = (
  { logs, view }: ScreenInput,
  query: LogQuery,
  { count, to }: { readonly count: number; readonly to?: LogPosition },
): { readonly before: readonly LogItem[]; readonly behind: readonly LogItem[] } => {
  const before = logs.tail(count + 1, { ...query, ...(to === undefined ? {} : { to }) })
  if (to === undefined || before.length > count) return { before: before.slice(-count), behind: [] }
  const behind = logs.head(Math.max(1, count - before.length), { ...query, after: to })
  const { paused } = view.log
  if (paused === undefined || logs.size(query.services).gone > paused.gone) return { before, behind }
  return { before, behind: behind.filter(({ id }) => id <= paused.id) }
}

const toTimeFormat = ({ view, now, formatTime }: ScreenInput): ((at: number) => string) | undefined => {
  switch (view.log.times) {
    case 'absolute':
      return formatTime
    case 'relative':
      return (at) => formatAge(now - at).padStart(4)
    case 'off':
      return undefined
  }
}

/** What part of the log is shown: whose, from which level on, and with which words. */
const toDetail = ({ view, theme }: ScreenInput, { services }: LogQuery): readonly Segment[] => {
  const { dot, least, find } = theme.symbols
  const { log, typing } = view
  const name = view.solo ? (services?.[0] ?? '') : 'all services'
  const typed = (sign: string, words: string, isOpen: boolean): readonly Segment[] =>
    words === '' && !isOpen
      ? []
      : [
          { text: ` ${sign} `, paint: theme.accent },
          { text: words, paint: theme.bold },
          { text: isOpen ? '_' : '', paint: theme.accent },
        ]
  return [
    { text: `${dot} ${name}`, paint: theme.dim },
    ...(log.leastLevel === logLevels.none
      ? []
      : [{ text: ` ${least} ${toLevelWord(log.leastLevel).toLowerCase()}`, paint: theme.warn }]),
    ...(log.from === undefined ? [] : [{ text: ` ${dot} cleared`, paint: theme.dim }]),
    ...typed('/', log.filter, typing === 'filter'),
    ...typed(find, log.search, typing === 'search'),
  ]
}

/** Whether it follows, how much there is, and what was lost. */
const toLogStatus = (input: ScreenInput, query: LogQuery): readonly Segment[] => {
  const { logs, view, theme } = input
  const { dot } = theme.symbols
  const { dropped } = logs.size(query.services)
  const between = (text: string, paint: Segment['paint']): readonly Segment[] => [
    { text: `${text} ${dot} `, ...(paint === undefined ? {} : { paint }) },
  ]
  return [
    ...(dropped === 0 ? [] : between(`${formatCount(dropped)} dropped`, theme.warn)),
    ...between(toCount(input, query), theme.dim),
    ...toMatches(input, query).flatMap((text) => between(text, theme.accent)),
    view.log.bottom === undefined
      ? { text: 'following', paint: (word) => theme.tone('good', word) }
      : { text: toPause(input, query), paint: theme.warn },
  ]
}

const toCount = ({ logs, view }: ScreenInput, query: LogQuery): string => {
  const { lines, gone } = logs.size(query.services)
  const { filter, from } = query
  const shown = filter === undefined && from === undefined ? lines : logs.count(query)
  if (filter !== undefined) return `${formatCount(shown)} of ${plural(lines, 'line')}`
  if (view.log.from !== undefined) return plural(shown, 'line')
  // What left the buffer is no loss: it is where the whole log begins.
  return gone === 0 ? plural(lines, 'line') : `last ${formatCount(lines)} of ${plural(lines + gone, 'line')}`
}

/** Which of the lines that a search finds the cursor is on. */
const toMatches = ({ logs, view }: ScreenInput, query: LogQuery): readonly string[] => {
  const search = selectLogSearch(view)
  if (search === undefined) return []
  if (search.fault !== undefined) return [search.fault]
  const all = logs.count({ ...query, search })
  if (all === 0) return ['no match']
  const { cursor } = view.log
  if (cursor === undefined) return [all === 1 ? '1 match' : `${formatCount(all)} matches`]
  return [`match ${formatCount(logs.count({ ...query, search, to: cursor }))}/${formatCount(all)}`]
}

const toPause = ({ logs, view }: ScreenInput, query: LogQuery): string => {
  const { bottom, paused } = view.log
  const { lines, gone } = logs.size(query.services)
  // What has come and gone since is counted, too; under a filter only what is still there can be looked at.
  const fresh =
    paused === undefined
      ? 0
      : query.filter === undefined
        ? lines + gone - paused.lines
        : logs.count({ ...query, sinceId: paused.id })
  if (fresh > 0) return `PAUSED +${formatCount(fresh)} new`
  const below = bottom === undefined ? 0 : logs.count({ ...query, from: bottom })
  return below === 0 ? 'PAUSED' : `PAUSED, ${formatCount(below)} below`
}
