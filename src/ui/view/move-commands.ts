import { selectServiceViews } from '../../core/state/select.ts'
import type { MoveCommand } from '../keys/move-keys.ts'
import { selectItems } from '../screens/screens.ts'
import { type CommandContext, type Handler, only } from './handled.ts'
import { scrollLog, scrollToTop } from './scroll-log.ts'
import { following, selectChosen, selectOpenScreen, type ViewState, withOpenScreen } from './view-state.ts'

type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom'

const moving =
  (move: Move): Handler =>
  (context) =>
    only(moved(move, context))

export const moveHandlers: Readonly<Record<MoveCommand, Handler>> = {
  up: moving('up'),
  down: moving('down'),
  pageUp: moving('pageUp'),
  pageDown: moving('pageDown'),
  top: moving('top'),
  bottom: moving('bottom'),
  nextPane: ({ view }) => only({ ...view, pane: view.pane === 'services' ? 'logs' : 'services' }),
  focus: ({ view }) => only(view.pane === 'services' ? { ...following(view), solo: !view.solo } : view),
  back: ({ view }) => only(goBack(view)),
  choose: (context) => {
    const open = selectOpenScreen(context.view)
    const item = open === undefined ? undefined : selectItems(open, context)[open.cursor]
    return item === undefined ? only(context.view) : item.choose(context)
  },
}

/** What was opened last goes first: a screen, a filter, a service's own log, a place in the log. */
const goBack = (view: ViewState): ViewState => {
  const open = selectOpenScreen(view)
  if (open !== undefined && open.words !== '')
    return withOpenScreen(view, () => ({ ...open, words: '', scroll: 0, cursor: 0 }))
  if (open !== undefined) return { ...view, screens: view.screens.slice(0, -1) }
  if (view.log.filter !== '') return following({ ...view, log: { ...view.log, filter: '' } })
  if (view.solo) return { ...following(view), solo: false }
  if (view.log.bottom !== undefined) return following(view)
  return { ...view, pane: 'services' }
}

const moved = (move: Move, context: CommandContext): ViewState => {
  const { view, state } = context
  const open = selectOpenScreen(view)
  if (open !== undefined) {
    const items = selectItems(open, context).length
    return withOpenScreen(view, () =>
      items === 0
        ? {
            ...open,
            scroll: shifted(move, open.scroll, {
              page: context.screen.height,
              last: context.screen.length - context.screen.height,
            }),
          }
        : { ...open, cursor: shifted(move, open.cursor, { page: context.screen.height, last: items - 1 }) },
    )
  }
  if (view.pane === 'services' && (move === 'up' || move === 'down')) {
    const names = selectServiceViews(state).map(({ name }) => name)
    const at = names.indexOf(selectChosen(view, state) ?? '')
    const selected = names[Math.max(0, Math.min(names.length - 1, at + (move === 'up' ? -1 : 1)))]
    if (selected === undefined) return view
    return { ...(view.solo ? following(view) : view), selected }
  }
  const options = { query: context.query, height: context.logHeight }
  const bottom = toPlace(move, context, options)
  return bottom === undefined ? following(view) : { ...view, log: { ...view.log, bottom } }
}

const toPlace = (
  move: Move,
  { view, logs }: CommandContext,
  options: { readonly query: CommandContext['query']; readonly height: number },
) => {
  const page = Math.max(1, options.height - 1)
  const { bottom } = view.log
  switch (move) {
    case 'up':
      return scrollLog(logs, bottom, { ...options, lines: -1 })
    case 'down':
      return scrollLog(logs, bottom, { ...options, lines: 1 })
    case 'pageUp':
      return scrollLog(logs, bottom, { ...options, lines: -page })
    case 'pageDown':
      return scrollLog(logs, bottom, { ...options, lines: page })
    case 'top':
      return scrollToTop(logs, options)
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
  const by: Readonly<Record<Move, number>> = {
    up: -1,
    down: 1,
    pageUp: -step,
    pageDown: step,
    top: -Infinity,
    bottom: Infinity,
  }
  return Math.max(0, Math.min(Math.max(0, last), from + by[move]))
}
