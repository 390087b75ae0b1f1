import { errorSearch, type LogItem } from '../../core/state/log-buffer.ts'
import { logLevels, type LogLevel } from '../../core/state/log-level.ts'
import { comparePositions, type LogEntry, type LogPosition } from '../../core/state/log-source.ts'
import type { LogCommand } from '../keys/log-keys.ts'
import { toLevelWord } from '../text/json-line.ts'
import { copyLines, saveLines } from './log-copy.ts'
import { type CommandContext, type Handler, only } from './handled.ts'
import { selectLogSearch } from './log-query.ts'
import type { LogCursor, LogView } from './log-view.ts'
import { scrollToEnd } from './scroll-log.ts'
import { following, type ViewState } from './view-state.ts'

const withLog = (view: ViewState, change: Partial<LogView>): ViewState => ({ ...view, log: { ...view.log, ...change } })

const next = <T>(all: readonly T[], now: T): T => all[(all.indexOf(now) + 1) % all.length]!

const leastLevels: readonly LogLevel[] = [logLevels.none, logLevels.info, logLevels.warn, logLevels.error]
const allTimes = ['absolute', 'relative', 'off'] as const
const allJson = ['fields', 'pretty', 'raw'] as const
const jsonWords = {
  fields: 'JSON as level, message and fields',
  pretty: 'JSON with a row for each field',
  raw: 'JSON as it was written',
} as const

export const logHandlers: Readonly<Record<LogCommand, Handler>> = {
  follow: (context) =>
    only(context.view.log.bottom === undefined ? standing(context) : withoutCursor(following(context.view))),
  filter: ({ view }) => only({ ...following(view), typing: 'filter' }),
  search: ({ view }) => only({ ...view, typing: 'search' }),
  turnTyping: ({ view }) => only(turned(view)),
  nextMatch: (context) => only(jump(context, 1)),
  previousMatch: (context) => only(jump(context, -1)),
  nextError: (context) => only(jump(context, 1, 'errors')),
  previousError: (context) => only(jump(context, -1, 'errors')),
  level: ({ view }) => {
    const leastLevel = next(leastLevels, view.log.leastLevel)
    const word = leastLevel === logLevels.none ? 'all levels' : `${toLevelWord(leastLevel).toLowerCase()} and graver`
    return only({ ...following(withLog(view, { leastLevel })), notice: `The log shows ${word}.` })
  },
  wrap: ({ view }) => only(withLog(view, { wrap: !view.log.wrap })),
  timestamps: ({ view }) => only(withLog(view, { times: next(allTimes, view.log.times) })),
  json: ({ view }) => {
    const json = next(allJson, view.log.json)
    return only({ ...withLog(view, { json }), notice: `${jsonWords[json]}.` })
  },
  unfold: ({ view }) => only(unfolded(view)),
  mark: (context) => only(marked(context)),
  clearLog: (context) => only(cleared(context)),
  showAll: ({ view }) => {
    const { from, ...log } = view.log
    return only(following({ ...view, log }))
  },
  select: (context) => only(selecting(context)),
  copyLog: copyLines,
  saveLog: saveLines,
}

const withoutCursor = (view: ViewState): ViewState => {
  const { cursor, anchor, ...log } = view.log
  return { ...view, log }
}

/** It stands still there; what comes from now on is counted as new. */
export const standAt = ({ view, logs, query }: CommandContext, bottom: LogPosition): ViewState => {
  const { lines, gone } = logs.size(query.services)
  const paused = view.log.paused ?? { id: logs.lastId(), lines: lines + gone, gone }
  return withLog(view, { bottom: { order: bottom.order, id: bottom.id }, paused })
}

const standing = (context: CommandContext): ViewState => {
  const bottom = scrollToEnd(context.logs, context.query)
  return bottom === undefined ? context.view : standAt(context, bottom)
}

/** Typing goes on, into the filter in place of the search or the other way round. */
const turned = (view: ViewState): ViewState => {
  const { filter, search } = view.log
  if (view.typing === 'filter') return { ...withLog(view, { filter: '', search: filter }), typing: 'search' }
  if (view.typing === 'search') return { ...following(withLog(view, { filter: search, search: '' })), typing: 'filter' }
  return view
}

const toCursor = (context: CommandContext, line: LogEntry): LogCursor => ({
  order: line.order,
  id: line.id,
  service: line.service,
  item: context.logs.owner(line)?.id ?? line.id,
})

/** The view with the cursor on a line, which is brought into the midst of the pane when it is out of it. */
const at = (context: CommandContext, line: LogEntry): ViewState => {
  const { logs, query, logHeight, view } = context
  const cursor = toCursor(context, line)
  const owner = logs.owner(line) ?? line
  const { bottom } = view.log
  const shown = logs.tail(logHeight, { ...query, ...(bottom === undefined ? {} : { to: bottom }) })
  const isShown = shown.some(({ id }) => id === owner.id)
  const below = logs.head(Math.floor(logHeight / 2), { ...query, after: owner }).at(-1) ?? owner
  const place = isShown ? (bottom ?? shown.at(-1)!) : below
  return withLog(standAt(context, place), { cursor })
}

/** To the next line that is searched, that the filter looks for, or that tells of an error. */
const jump = (context: CommandContext, step: 1 | -1, what?: 'errors'): ViewState => {
  const { view, logs, query } = context
  const asked = what === 'errors' ? undefined : (selectLogSearch(view) ?? query.filter)
  const search = asked ?? errorSearch
  if (search.fault !== undefined) return { ...view, notice: `No regular expression: ${search.fault}` }
  const from = view.log.cursor ?? view.log.bottom
  const options = { ...query, step, ...(from === undefined ? {} : { at: from }) }
  const end = { ...query, step }
  // Past the last one it begins again at the other end, and says so.
  const found = logs.find(search, options)
  const line = found ?? logs.find(search, end)
  const noun = asked === undefined ? 'error' : 'match'
  if (line === undefined) return { ...view, notice: `The log has no ${noun}.` }
  const moved = at({ ...context, view: { ...view, pane: 'logs' } }, line)
  const isInside = line.continues && moved.log.cursor?.item !== line.id
  const opened = isInside ? opening(moved, moved.log.cursor!.item) : moved
  return found !== undefined || from === undefined
    ? opened
    : { ...opened, notice: step === 1 ? `First ${noun} again.` : `Last ${noun} again.` }
}

/** What a person looks for in a stack trace is not folded away. */
const opening = (view: ViewState, item: number): ViewState =>
  view.log.turned.includes(item) !== view.log.unfolded ? view : unfoldedAt(view, item)

const unfoldedAt = (view: ViewState, item: number): ViewState => {
  const { turned: known } = view.log
  const isKnown = known.includes(item)
  return withLog(view, { turned: isKnown ? known.filter((one) => one !== item) : [...known, item].slice(-200) })
}

/** The stack trace under the cursor; without one, all. */
const unfolded = (view: ViewState): ViewState =>
  view.log.cursor === undefined
    ? withLog(view, { unfolded: !view.log.unfolded, turned: [] })
    : unfoldedAt(view, view.log.cursor.item)

const marked = (context: CommandContext): ViewState => {
  const { view, logs, query, now } = context
  const end = view.log.cursor ?? view.log.bottom ?? scrollToEnd(logs, query)
  if (end === undefined) return { ...view, notice: 'There is no line to mark yet.' }
  const { order, id } = end
  const number = (view.log.markers.at(-1)?.number ?? 0) + 1
  return withLog(view, { markers: [...view.log.markers, { order, id, number, at: now }].slice(-100) })
}

const cleared = ({ view, logs }: CommandContext): ViewState => {
  const end = logs.tail(1)[0]
  if (end === undefined) return view
  const from = { order: end.order, id: logs.lastId() }
  return { ...withoutCursor(following(withLog(view, { from }))), notice: 'Cleared: esc brings the lines back.' }
}

/** Begins to select at the cursor, or at the last line shown; ends when it had begun. */
const selecting = (context: CommandContext): ViewState => {
  const { view } = context
  const { anchor, ...log } = view.log
  if (anchor !== undefined) return { ...view, log }
  const line = lastShown(context)
  if (line === undefined) return { ...view, notice: 'There is no line to select yet.' }
  const moved = log.cursor === undefined ? at(context, line) : view
  return withLog(moved, { anchor: moved.log.cursor! })
}

export const lastShown = ({ view, logs, query }: CommandContext): LogItem | undefined => {
  const { bottom } = view.log
  return logs.tail(1, { ...query, ...(bottom === undefined ? {} : { to: bottom }) })[0]
}

/** The cursor so many items on or back; undefined when there is none, and the log itself is moved. */
export const moveCursor = (context: CommandContext, lines: number): ViewState | undefined => {
  const { view, logs, query, logHeight } = context
  const { cursor, bottom } = view.log
  if (cursor === undefined) return undefined
  const here = logs.owner(cursor)
  const found =
    lines > 0
      ? logs.head(lines, { ...query, after: here ?? cursor }).at(-1)
      : logs.tail(1 - lines, { ...query, to: here ?? cursor })[0]
  if (found === undefined) return view
  const moved = toCursor(context, found)
  const shown = logs.tail(logHeight, { ...query, ...(bottom === undefined ? {} : { to: bottom }) })
  const [first, last] = [shown[0], shown.at(-1)]
  const place =
    last !== undefined && comparePositions(found, last) > 0
      ? found
      : first !== undefined && comparePositions(found, first) < 0
        ? (logs.head(logHeight - 1, { ...query, after: found }).at(-1) ?? found)
        : (bottom ?? last ?? found)
  return withLog(standAt(context, place), { cursor: moved })
}

/** What was opened last in the log goes first; undefined when there is nothing to go back from. */
export const goBackInLog = (view: ViewState): ViewState | undefined => {
  const { log } = view
  const { anchor, ...unselected } = log
  if (anchor !== undefined) return { ...view, log: unselected }
  if (log.cursor !== undefined) return following(withoutCursor(view))
  if (log.search !== '') return withLog(view, { search: '' })
  if (log.filter !== '') return following(withLog(view, { filter: '' }))
  if (log.leastLevel !== logLevels.none) return following(withLog(view, { leastLevel: logLevels.none }))
  const { from, ...whole } = log
  return from === undefined ? undefined : following({ ...view, log: whole })
}

export const canGoBackInLog = (view: ViewState): boolean =>
  view.log.bottom !== undefined || goBackInLog(view) !== undefined

const mostRecent = 50

/** What was typed is kept, to be brought back; a search goes to what it finds. */
export const acceptTyped = (context: CommandContext): ViewState => {
  const { typing, ...view } = context.view
  const words = (typing === 'search' ? view.log.search : view.log.filter).trim()
  const { recalled, ...log } = view.log
  const recent = words === '' ? log.recent : [words, ...log.recent.filter((one) => one !== words)].slice(0, mostRecent)
  const kept = { ...view, log: { ...log, recent } }
  return typing === 'search' && words !== '' ? jump({ ...context, view: withoutCursor(kept) }, -1) : kept
}

/** What was typed before, in place of what is being typed; past the newest there is nothing. */
export const recall = (view: ViewState, step: 1 | -1): ViewState => {
  const { recent, recalled = -1 } = view.log
  const index = Math.max(-1, Math.min(recent.length - 1, recalled + step))
  const words = recent[index] ?? ''
  if (view.typing === 'search') return withLog(view, { search: words, recalled: index })
  return following(withLog(view, { filter: words, recalled: index }))
}
