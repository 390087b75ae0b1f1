import { selectLastWords } from '../core/state/log-words.ts'
import { selectActivities, selectPlanProgress, selectService, selectServiceViews } from '../core/state/select.ts'
import type { State } from '../core/state/state.ts'
import { emptyLayout, layout, type Layout, toLogWidth } from './layout.ts'
import { toActivityRows } from './rows/activity-rows.ts'
import { toDetailsRows } from './rows/details-rows.ts'
import { toHeaderRow } from './rows/header-row.ts'
import { toHintRow } from './rows/hint-row.ts'
import { toLogPane } from './rows/log-pane.ts'
import { toProblemRow } from './rows/problem-row.ts'
import { toPromptRows } from './rows/prompt-rows.ts'
import { type Section, stackSections } from './rows/sections.ts'
import { selectShown, toServiceRows } from './rows/service-rows.ts'
import type { ScreenInput } from './screen-input.ts'
import { type ItemRows, selectItems, toChoice, toScreenRows, toSection } from './screens/screens.ts'
import { composeRow } from './text/compose-row.ts'
import { canGoBackInLog } from './view/log-commands.ts'
import { selectChosen, selectKeyScope, selectOpenScreen, selectTargets, type ViewState } from './view/view-state.ts'

/** What stands in each pane, cut to its size. */
export type Screen = {
  readonly layout: Layout
  readonly header: readonly string[]
  readonly table: readonly string[]
  readonly activities: readonly string[]
  readonly logs: readonly string[]
  readonly inspector: readonly string[]
  readonly aside: readonly string[]
  readonly overlay: readonly string[]
  readonly prompt: readonly string[]
  readonly problem: readonly string[]
  readonly hints: readonly string[]
  /** Rows that the overlay has in all. */
  readonly overlayLength: number
  /** Which rows of the overlay can be chosen. */
  readonly items: ItemRows
  readonly logHeight: number
  /** Services whose rows are shown. */
  readonly shown: readonly string[]
}

/** On fewer rows the header alone says that an edit of the stack file waits, and a word about the last key stands among the keys. */
const smallestForNotes = 14

/** Below that rows say nothing any more. From 60 by 15 on everything is there. */
const smallest = { columns: 20, rows: 6 } as const

const composeTooSmall = ({ columns: width, rows, unicode, theme }: ScreenInput): Screen => {
  const times = unicode ? '×' : 'x'
  const words = [` ${width}${times}${rows}: too small`, ` 60${times}15 shows all`]
  const header = words
    .slice(0, Math.max(1, rows - 1))
    .map((text) => composeRow([{ text }], { width, ellipsis: theme.symbols.ellipsis }))
  return {
    layout: { ...emptyLayout(width), header: header.length },
    header,
    table: [],
    activities: [],
    logs: [],
    inspector: [],
    aside: [],
    overlay: [],
    overlayLength: 0,
    items: [],
    prompt: [],
    problem: [],
    hints: [],
    logHeight: 1,
    shown: [],
  }
}

/** The whole screen from state and view: pure. */
// oxlint-disable-next-line max-lines-per-function -- a screen from top to bottom
export const composeScreen = (input: ScreenInput): Screen => {
  const { state, view, theme, columns: width, now, unicode } = input
  if (width < smallest.columns || input.rows < smallest.rows) return composeTooSmall(input)
  const scope = selectKeyScope(view, state)
  const open = selectOpenScreen(view)
  const services = selectServiceViews(state)
  // The table says already who only waits for others.
  const activities = selectActivities(state).filter((activity) => activity.verb !== 'waiting')
  const notice = toNotice(view, state)
  const isRoomy = input.rows >= smallestForNotes
  const prompt = [
    ...(isRoomy || scope !== 'main'
      ? toPromptRows(state, { scope, asking: view.asking, prompt: view.prompt, width, theme })
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
    overlay: open !== undefined,
    pane: view.pane,
  })
  const chosen = selectChosen(view, state)
  const overlay =
    open === undefined || sizes.overlay === 0
      ? { rows: [], length: 0, items: [] }
      : toScreenRows(input, { width, height: sizes.overlay, open })
  const logWidth = toLogWidth(sizes)
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
            marked: new Set(view.marked),
            focused: view.pane === 'services',
            lastWords: (service) => selectLastWords(input.logs, service),
          }),
    activities:
      sizes.activities === 0
        ? []
        : toActivityRows(activities, { ...row, height: sizes.activities, plan: selectPlanProgress(state) }),
    logs: sizes.logs === 0 ? [] : toLogPane(input, { width: logWidth, height: sizes.logs }),
    inspector: sizes.inspector === 0 ? [] : toInspector(input, sizes),
    aside: sizes.aside === 0 ? [] : toAside(input, sizes),
    overlay: overlay.rows,
    overlayLength: overlay.length,
    items: overlay.items,
    prompt: prompt.slice(0, sizes.prompt),
    problem: sizes.problem === 0 ? [] : [toProblemRow(state.problems, row)],
    hints:
      sizes.hints === 0
        ? []
        : [
            toHintRow({
              keys: input.keys,
              width,
              theme,
              unicode,
              scope,
              asking: view.asking,
              prompts: view.prompt !== undefined,
              open: open?.name,
              choice: open === undefined ? undefined : toChoice(open),
              hasItems: open !== undefined && selectItems(open, input).length > 0,
              pane: view.pane,
              running: selectTargets(view, state).some((name) => selectService(state, name)?.isUp === true),
              solo: view.solo,
              canGoBack: view.marked.length > 0 || view.solo || canGoBackInLog(view) || view.pane === 'logs',
              canApply: state.proposal !== undefined,
              notice: isRoomy ? undefined : notice,
            }),
          ],
    logHeight: Math.max(1, sizes.logs - 1),
    shown: selectShown(services, { height: sizes.table, heading: sizes.heading, selected: chosen }).shown.map(
      ({ name }) => name,
    ),
  }
}

const toNotice = (view: ViewState, state: State): string | undefined => {
  if (view.notice !== undefined) return view.notice
  return state.phase === 'stopping' ? 'Stopping all services. Ctrl-C again kills what is left.' : undefined
}

/** What is known of the chosen service, over what the last saves did. */
const toInspector = (input: ScreenInput, { inspector: width, logs: height }: Layout): readonly string[] => {
  const { state, view, theme, now, revealed } = input
  const chosen = selectChosen(view, state)
  const service = chosen === undefined ? undefined : selectService(state, chosen)
  const details: Section =
    service === undefined
      ? { name: 'details', rows: [] }
      : { name: service.name, rows: toDetailsRows(state, service, { width, theme, now, revealed, brief: true }) }
  return stackSections([details, toSection('reloads', input, width)], { width, height, theme })
}

/** How it came up, and who depends on whom: where a terminal is so wide that the log leaves room. */
const toAside = (input: ScreenInput, { aside: width, logs: height }: Layout): readonly string[] =>
  stackSections([toSection('timeline', input, width), toSection('graph', input, width)], {
    width,
    height,
    theme: input.theme,
  })
