import { selectServiceViews } from '../../core/state/select.ts'
import type { MoveCommand } from '../keys/move-keys.ts'
import type { ScreenItem } from '../screens/full-screen.ts'
import { selectCursor, selectItems } from '../screens/screens.ts'
import { type CommandContext, type Handler, only } from './handled.ts'
import { goBackInLog, moveCursor, recall, standAt } from './log-commands.ts'
import { scrollLog, scrollToTop } from './scroll-log.ts'
import {
  following,
  type OpenScreen,
  selectChosen,
  selectOpenScreen,
  toBeginning,
  type ViewState,
  withOpenScreen,
} from './view-state.ts'

type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'halfUp' | 'halfDown' | 'top' | 'bottom'

const moving =
  (move: Move): Handler =>
  (context) =>
    only(moved(move, context))

export const moveHandlers: Readonly<Record<MoveCommand, Handler>> = {
  up: moving('up'),
  down: moving('down'),
  pageUp: moving('pageUp'),
  pageDown: moving('pageDown'),
  halfUp: moving('halfUp'),
  halfDown: moving('halfDown'),
  top: moving('top'),
  bottom: moving('bottom'),
  nextPane: ({ view }) => only({ ...view, pane: view.pane === 'services' ? 'logs' : 'services' }),
  focus: ({ view }) => only(view.pane === 'services' ? { ...following(view), solo: !view.solo } : view),
  back: ({ view }) => only(goBack(view)),
  choose: (context) => {
    const open = selectOpenScreen(context.view)
    const items = open === undefined ? [] : selectItems(open, context)
    const item = open === undefined ? undefined : items[selectCursor(open, items)]
    return item === undefined ? only(context.view) : item.choose(context)
  },
}

/** What was opened last goes first: a screen, a filter, a service's own log, a place in the log. */
const goBack = (view: ViewState): ViewState => {
  const open = selectOpenScreen(view)
  if (open !== undefined && open.words !== '') return withOpenScreen(view, () => toBeginning({ ...open, words: '' }))
  if (open !== undefined) return { ...view, screens: view.screens.slice(0, -1) }
  const inLog = goBackInLog(view)
  if (inLog !== undefined) return inLog
  if (view.pane === 'services' && view.marked.length > 0) return { ...view, marked: [] }
  if (view.solo) return { ...following(view), solo: false }
  if (view.log.bottom !== undefined) return following(view)
  return { ...view, pane: 'services' }
}

const moved = (move: Move, context: CommandContext): ViewState => {
  const { view, state } = context
  const open = selectOpenScreen(view)
  if ((view.typing === 'filter' || view.typing === 'search') && (move === 'up' || move === 'down'))
    return recall(view, move === 'up' ? 1 : -1)
  if (open !== undefined) {
    const items = selectItems(open, context)
    const { height, length } = context.screen
    return withOpenScreen(view, () =>
      items.length === 0
        ? { ...open, scroll: shifted(move, open.scroll, { page: height, last: length - height }) }
        : toChosen(open, shifted(move, selectCursor(open, items), { page: height, last: items.length - 1 }), items),
    )
  }
  if (view.pane === 'services' && (move === 'up' || move === 'down')) {
    const names = selectServiceViews(state).map(({ name }) => name)
    const at = names.indexOf(selectChosen(view, state) ?? '')
    const selected = names[Math.max(0, Math.min(names.length - 1, at + (move === 'up' ? -1 : 1)))]
    if (selected === undefined) return view
    return { ...(view.solo ? following(view) : view), selected }
  }
  return movedInLog(move, context)
}

/** The screen with one of its items chosen: by its id, but for the first, which is whatever comes first. */
export const toChosen = ({ chosen, ...open }: OpenScreen, cursor: number, items: readonly ScreenItem[]): OpenScreen => {
  const id = cursor === 0 ? undefined : items[cursor]?.id
  return { ...open, cursor, ...(id === undefined ? {} : { chosen: id }) }
}

const movedInLog = (move: Move, context: CommandContext): ViewState => {
  const lines = toLines(move, context.logHeight)
  const withCursor = lines === undefined ? undefined : moveCursor(context, lines)
  if (withCursor !== undefined) return withCursor
  const options = { query: context.query, height: context.logHeight }
  const from = context.view.log.bottom
  const bottom =
    lines !== undefined
      ? scrollLog(context.logs, from, { ...options, lines })
      : move === 'top'
        ? scrollToTop(context.logs, options)
        : undefined
  const { cursor, ...log } = context.view.log
  const view = lines === undefined && log.anchor === undefined ? { ...context.view, log } : context.view
  return bottom === undefined ? following(view) : standAt({ ...context, view }, bottom)
}

/** How many lines a move goes on or back; undefined when it goes to one of the ends. */
const toLines = (move: Move, height: number): number | undefined => {
  const page = Math.max(1, height - 1)
  const half = Math.max(1, Math.floor(height / 2))
  switch (move) {
    case 'up':
      return -1
    case 'down':
      return 1
    case 'pageUp':
      return -page
    case 'pageDown':
      return page
    case 'halfUp':
      return -half
    case 'halfDown':
      return half
    case 'top':
    case 'bottom':
      return undefined
  }
}

const shifted = (
  move: Move,
  from: number,
  { page, last }: { readonly page: number; readonly last: number },
): number => {
  const step = Math.max(1, page - 1)
  const half = Math.max(1, Math.floor(page / 2))
  const by: Readonly<Record<Move, number>> = {
    up: -1,
    down: 1,
    pageUp: -step,
    pageDown: step,
    halfUp: -half,
    halfDown: half,
    top: -Infinity,
    bottom: Infinity,
  }
  return Math.max(0, Math.min(Math.max(0, last), from + by[move]))
}
