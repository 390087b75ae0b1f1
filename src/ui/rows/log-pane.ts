import type { ScreenInput } from '../screen-input.ts'
import type { Segment } from '../text/compose-row.ts'
import { formatCount, plural } from '../text/format.ts'
import { selectLogServices } from '../view/view-state.ts'
import { toLogRows } from './log-rows.ts'
import { toTitleRow } from './title-row.ts'

/** The log under its title, which says what of it is shown, how much there is, and whether it is followed. */
export const toLogPane = (
  input: ScreenInput,
  size: { readonly width: number; readonly height: number },
): readonly string[] => {
  const { state, view, theme, window, filter } = input
  const services = selectLogServices(view, state)
  const height = size.height - 1
  const entries = window.read({
    count: height,
    ...(services === undefined ? {} : { services }),
    ...(filter === undefined ? {} : { filter }),
    ...(view.log.bottom === undefined ? {} : { to: view.log.bottom }),
  })
  const rows = toLogRows(entries, {
    width: size.width,
    height,
    theme,
    wrap: view.log.wrap,
    services: state.services.map((service) => service.name),
    solo: view.solo,
    filter,
    ...(view.log.timestamps ? { formatTime: input.formatTime } : {}),
  })
  const filtered: Segment[] =
    view.log.filter === '' && view.typing !== 'filter'
      ? []
      : [
          { text: ' / ', paint: theme.accent },
          { text: view.log.filter, paint: theme.bold },
          { text: view.typing === 'filter' ? '_' : '', paint: theme.accent },
        ]
  const name = view.solo ? (services?.[0] ?? '') : 'all services'
  return [
    toTitleRow(
      {
        name: 'log',
        focused: view.pane === 'logs' || view.typing === 'filter',
        detail: [{ text: `${theme.symbols.dot} ${name}`, paint: theme.dim }, ...filtered],
        right: toLogStatus(input, services),
      },
      { width: size.width, theme },
    ),
    ...rows,
  ]
}

/** Whether it follows, how much there is, and what was lost. */
const toLogStatus = (input: ScreenInput, services: readonly string[] | undefined): readonly Segment[] => {
  const { logs, view, theme } = input
  const size = logs.size(services)
  const lost: Segment[] =
    size.dropped === 0
      ? []
      : [{ text: `${formatCount(size.dropped)} dropped ${theme.symbols.dot} `, paint: theme.warn }]
  const { text, below } = toLogCount(input, services)
  const lines: Segment = { text: `${text} ${theme.symbols.dot} `, paint: theme.dim }
  if (view.log.bottom === undefined)
    return [...lost, lines, { text: 'following', paint: (word) => theme.tone('good', word) }]
  return [...lost, lines, { text: `paused${below === 0 ? '' : `, ${formatCount(below)} below`}`, paint: theme.warn }]
}

const toLogCount = (
  { logs, view, filter, counter }: ScreenInput,
  services: readonly string[] | undefined,
): { readonly text: string; readonly below: number } => {
  const { bottom } = view.log
  if (filter !== undefined) {
    const scope = { ...(services === undefined ? {} : { services }), ...(bottom === undefined ? {} : { to: bottom }) }
    const { looked, matches, below } = counter.read({ ...scope, filter })
    return { text: `${formatCount(matches)} of ${plural(looked, 'line')}`, below }
  }
  const { lines, gone } = logs.size(services)
  return {
    // What left the buffer is no loss: it is where the whole log begins.
    text: gone === 0 ? plural(lines, 'line') : `last ${formatCount(lines)} of ${plural(lines + gone, 'line')}`,
    below: bottom === undefined ? 0 : logs.countAfter(bottom, services),
  }
}
