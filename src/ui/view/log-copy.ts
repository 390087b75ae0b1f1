import type { LogItem } from '../../core/state/log-buffer.ts'
import { comparePositions } from '../../core/state/log-source.ts'
import { plural } from '../text/format.ts'
import { toItemText } from '../rows/log-item.ts'
import type { CommandContext, Handler } from './handled.ts'
import { isSelected } from './log-view.ts'
import type { ViewState } from './view-state.ts'

/** More than this no clipboard takes from a terminal. */
const longestCopy = 100_000
const mostItems = 5000

/** The line under the cursor, or the last one shown, with its whole trace; or all that is selected. */
export const copyLines: Handler = (context) => {
  const { view } = context
  const items = selectItems(context)
  const [first] = items
  if (first === undefined) return { view: { ...view, notice: 'There is no line to copy yet.' }, effects: [] }
  const text = items.length === 1 ? toText(context, first) : items.map((item) => toShown(context, item)).join('\n')
  if (text.length > longestCopy)
    return {
      view: { ...view, notice: `That is too much for a clipboard (${plural(text.length, 'character')}). S saves it.` },
      effects: [],
    }
  const lines = text.split('\n').length
  return { view: withoutSelection(view, `Copied ${plural(lines, 'line')}.`), effects: [{ kind: 'copy', text }] }
}

const withoutSelection = (view: ViewState, notice: string): ViewState => {
  const { anchor, ...log } = view.log
  return { ...view, log, notice }
}

const selectItems = ({ view, logs, query }: CommandContext): readonly LogItem[] => {
  const { cursor, anchor, bottom } = view.log
  if (cursor === undefined) return logs.tail(1, { ...query, ...(bottom === undefined ? {} : { to: bottom }) })
  const owner = logs.owner(cursor)
  if (anchor === undefined) return owner === undefined ? [] : [owner]
  const last = comparePositions(cursor, anchor) > 0 ? cursor : anchor
  const found: LogItem[] = []
  for (const item of logs.tail(mostItems, { ...query, to: last }).toReversed()) {
    if (!isSelected(item, view.log)) break
    found.unshift(item)
  }
  return found
}

const toText = ({ logs }: CommandContext, item: LogItem): string => toItemText(item, logs.rest(item))

/** With the time and the name that stand on the screen before it: lines of several services are told apart by them. */
const toShown = (context: CommandContext, item: LogItem): string => {
  const { view, formatTime } = context
  const time = view.log.times === 'off' ? '' : `${formatTime(item.at)} `
  const name = view.solo ? '' : toName(item)
  return `${time}${name}${toText(context, item)}`
}

/** What happened to a service names it by itself. */
const toName = ({ stream, service }: LogItem): string => (stream === 'event' ? '' : `${service} `)

/** All that filter and services let through, however much of it is on the screen. */
export const saveLines: Handler = (context) => {
  const { view, state, logs, query, now } = context
  const at = new Date(now).toISOString().replaceAll(':', '').slice(0, 17)
  const of = query.services?.join('-')
  const lines = () =>
    logs
      .tail(Infinity, query)
      .map((item) => `${new Date(item.at).toISOString()} ${toName(item)}${toText(context, item)}`)
  return {
    view,
    effects: [{ kind: 'save', name: `${state.project}${of === undefined ? '' : `-${of}`}-${at}.log`, lines }],
  }
}
