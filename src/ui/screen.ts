import type { LogBuffer } from '../core/state/log-buffer.ts'
import type { LogCounter } from '../core/state/log-count.ts'
import type { LogFilter } from '../core/state/log-filter.ts'
import { toPlainText } from '../core/state/log-filter.ts'
import type { LogWindow } from '../core/state/log-window.ts'
import { selectActivities, selectPlanProgress, selectService, selectServiceViews } from '../core/state/select.ts'
import type { State } from '../core/state/state.ts'
import { layout, type Layout } from './layout.ts'
import { toActivityRows } from './rows/activity-rows.ts'
import { toDetailsRows, toEditRows, toProblemRows } from './rows/details-rows.ts'
import { toHeaderRow } from './rows/header-row.ts'
import { toHelpRows } from './rows/help-rows.ts'
import { toHintRow } from './rows/hint-row.ts'
import { toLogRows } from './rows/log-rows.ts'
import { toProblemRow } from './rows/problem-row.ts'
import { toPromptRows } from './rows/prompt-rows.ts'
import { toServiceRows } from './rows/service-rows.ts'
import { toTitleRow } from './rows/title-row.ts'
import { composeRow, type Segment } from './text/compose-row.ts'
import { formatCount, plural } from './text/format.ts'
import type { Theme } from './theme.ts'
import { selectChosen, selectLogServices, selectKeyScope, type ViewState } from './view-state.ts'

export type ScreenInput = {
  readonly state: State
  readonly view: ViewState
  readonly logs: LogBuffer
  readonly window: LogWindow
  readonly counter: LogCounter
  readonly filter: LogFilter | undefined
  readonly columns: number
  readonly rows: number
  readonly now: number
  readonly theme: Theme
  readonly unicode: boolean
  readonly formatTime: (at: number) => string
}

/** What stands in each pane, cut to its size. */
export type Screen = {
  readonly layout: Layout
  readonly header: readonly string[]
  readonly table: readonly string[]
  readonly activities: readonly string[]
  readonly logs: readonly string[]
  readonly inspector: readonly string[]
  readonly overlay: readonly string[]
  readonly prompt: readonly string[]
  readonly problem: readonly string[]
  readonly hints: readonly string[]
  /** Rows that the overlay has in all. */
  readonly overlayLength: number
  readonly logHeight: number
}

/** On fewer rows the header alone says that an edit of the stack file waits, and a word about the last key stands among the keys. */
const smallestForNotes = 14

/** The whole screen from state and view: pure but for the memory of the log window. */
// oxlint-disable-next-line max-lines-per-function -- a screen from top to bottom
export const composeScreen = (input: ScreenInput): Screen => {
  const { state, view, theme, columns: width, now, unicode } = input
  const scope = selectKeyScope(view, state)
  const services = selectServiceViews(state)
  // The table says already who only waits for others.
  const activities = selectActivities(state).filter((activity) => activity.verb !== 'waiting')
  const notice = toNotice(view, state)
  const isRoomy = input.rows >= smallestForNotes
  const prompt = [
    ...(isRoomy || scope !== 'main'
      ? toPromptRows(state, { scope, chosen: selectChosen(view, state) ?? '', width, theme })
      : []),
    ...(isRoomy && notice !== undefined
      ? [composeRow([{ text: ` ${notice}`, paint: theme.accent }], { width, ellipsis: theme.symbols.ellipsis })]
      : []),
  ]
  const sizes = layout({
    columns: width,
    rows: input.rows,
    services: services.length,
    activities: activities.length,
    problem: state.problems.length > 0,
    prompt: prompt.length,
    overlay: view.overlay === 'help' || view.overlay === 'details',
    pane: view.pane,
  })
  const chosen = selectChosen(view, state)
  const overlay = sizes.overlay === 0 ? { rows: [], length: 0 } : toOverlay(input, sizes)
  const logWidth = width - (sizes.inspector === 0 ? 0 : sizes.inspector + 1)
  const row = { width, theme, now }
  return {
    layout: sizes,
    header: [toHeaderRow(state, row)],
    table:
      sizes.table === 0
        ? []
        : toServiceRows(services, {
            ...row,
            height: sizes.table,
            heading: sizes.heading,
            selected: chosen,
            focused: view.pane === 'services',
            lastWords: (service) => toLastWords(input.logs, service),
          }),
    activities:
      sizes.activities === 0
        ? []
        : toActivityRows(activities, { ...row, height: sizes.activities, plan: selectPlanProgress(state) }),
    logs: sizes.logs === 0 ? [] : toLogPane(input, { width: logWidth, height: sizes.logs }),
    inspector: sizes.inspector === 0 ? [] : toInspector(input, sizes.inspector),
    overlay: overlay.rows,
    overlayLength: overlay.length,
    prompt: prompt.slice(0, sizes.prompt),
    problem: sizes.problem === 0 ? [] : [toProblemRow(state.problems, row)],
    hints:
      sizes.hints === 0
        ? []
        : [
            toHintRow({
              width,
              theme,
              unicode,
              scope,
              pane: view.pane,
              running: chosen !== undefined && selectService(state, chosen)?.isUp === true,
              solo: view.solo,
              canGoBack: view.solo || view.filter !== '' || view.bottom !== undefined || view.pane === 'logs',
              canApply: state.proposal !== undefined,
              notice: isRoomy ? undefined : notice,
            }),
          ],
    logHeight: Math.max(1, sizes.logs - 1),
  }
}

const toNotice = (view: ViewState, state: State): string | undefined => {
  if (view.notice !== undefined) return view.notice
  return state.phase === 'stopping' ? 'Stopping all services. Ctrl-C again kills what is left.' : undefined
}

const toLogPane = (
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
    ...(view.bottom === undefined ? {} : { to: view.bottom }),
  })
  const rows = toLogRows(entries, {
    width: size.width,
    height,
    theme,
    wrap: view.wrap,
    services: state.services.map((service) => service.name),
    solo: view.solo,
    filter,
    ...(view.timestamps ? { formatTime: input.formatTime } : {}),
  })
  const filtered: Segment[] =
    view.filter === '' && !view.typing
      ? []
      : [
          { text: ' / ', paint: theme.accent },
          { text: view.filter, paint: theme.bold },
          { text: view.typing ? '_' : '', paint: theme.accent },
        ]
  const name = view.solo ? (services?.[0] ?? '') : 'all services'
  return [
    toTitleRow(
      {
        name: 'log',
        focused: view.pane === 'logs' || view.typing,
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
  if (view.bottom === undefined)
    return [...lost, lines, { text: 'following', paint: (word) => theme.tone('good', word) }]
  return [...lost, lines, { text: `paused${below === 0 ? '' : `, ${formatCount(below)} below`}`, paint: theme.warn }]
}

const toLogCount = (
  { logs, view, filter, counter }: ScreenInput,
  services: readonly string[] | undefined,
): { readonly text: string; readonly below: number } => {
  const { bottom } = view
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

const toInspector = (input: ScreenInput, width: number): readonly string[] => {
  const { state, view, theme, now } = input
  const chosen = selectChosen(view, state)
  const service = chosen === undefined ? undefined : selectService(state, chosen)
  if (service === undefined) return [toTitleRow({ name: 'details', focused: false }, { width, theme })]
  return [
    toTitleRow({ name: service.name, focused: false }, { width, theme }),
    ...toDetailsRows(state, service, { width, theme, now }),
  ]
}

const toOverlay = (
  input: ScreenInput,
  sizes: Layout,
): { readonly rows: readonly string[]; readonly length: number } => {
  const { view, theme, columns: width, unicode } = input
  const all = view.overlay === 'help' ? toHelpRows({ width, theme, unicode }) : toAllDetails(input)
  const height = sizes.overlay - 1
  const scroll = Math.max(0, Math.min(view.scroll, all.length - height))
  const below = all.length - scroll - height
  const name = view.overlay === 'help' ? 'keys' : (selectChosen(view, input.state) ?? 'details')
  const title = toTitleRow(
    { name, focused: true, right: below > 0 ? [{ text: `${below} more below`, paint: theme.dim }] : [] },
    { width, theme },
  )
  return { rows: [title, ...all.slice(scroll, scroll + height)], length: all.length + 1 }
}

/** The chosen service, and behind it the problems that belong to no service or another one. */
const toAllDetails = (input: ScreenInput): readonly string[] => {
  const { state, view, theme, now, columns: width } = input
  const chosen = selectChosen(view, state)
  const service = chosen === undefined ? undefined : selectService(state, chosen)
  const options = { width, theme, now }
  const others = state.problems.filter((one) => one.service === undefined || one.service !== chosen)
  const blank = composeRow([], { width, ellipsis: '' })
  const problems = others.flatMap((one) => [
    blank,
    ...(one.service === undefined
      ? []
      : [composeRow([{ text: ` ${one.service}`, paint: theme.bold }], { width, ellipsis: '' })]),
    ...toProblemRows(one, options),
  ])
  const edited = toEditRows(state, options)
  return [
    ...(service === undefined ? [] : toDetailsRows(state, service, options)),
    ...(edited.length === 0 ? [] : [blank, ...edited]),
    ...problems,
  ]
}

const toLastWords = (logs: LogBuffer, service: string): string | undefined => {
  const last = logs.tail(1, { services: [service], matches: (entry) => entry.text.trim() !== '' })[0]
  return last === undefined ? undefined : toPlainText(last.text).trim()
}
