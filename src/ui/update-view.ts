import type { Command } from '../core/events/event.ts'
import type { LogBuffer, LogQuery } from '../core/state/log-buffer.ts'
import { selectService, selectServiceViews, type ServiceView } from '../core/state/select.ts'
import type { State } from '../core/state/state.ts'
import type { UiCommand } from './keymap.ts'
import { scrollLog, scrollToEnd, scrollToTop } from './scroll-log.ts'
import { selectChosen, type ViewState } from './view-state.ts'

/** What a key asks of the world outside the screen. */
export type Effect =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'open' | 'copy'; readonly text: string }
  | { readonly kind: 'suspend' }

export type CommandContext = {
  readonly view: ViewState
  readonly state: State
  readonly logs: LogBuffer
  /** What of the log is shown now. */
  readonly query: LogQuery
  /** Rows of log lines on the screen, and of an overlay with how many rows it has. */
  readonly logHeight: number
  readonly overlay: { readonly height: number; readonly length: number }
  /** Somebody is there who opens an address. */
  readonly canOpen: boolean
}

export type Handled = { readonly view: ViewState; readonly effects: readonly Effect[] }

/** What a command does to this screen, and what it asks for. Pure, so that every key can be tested without a terminal. */
export const updateView = (command: UiCommand, context: CommandContext): Handled => {
  const { notice, ...view } = context.view
  const fresh = { ...context, view }
  switch (command) {
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown':
    case 'top':
    case 'bottom':
      return { view: moved(command, fresh), effects: [] }
    case 'nextPane':
      return only({ ...view, pane: view.pane === 'services' ? 'logs' : 'services' })
    case 'focus':
      return only(view.pane === 'services' ? { ...following(view), solo: !view.solo } : view)
    case 'back':
      return only(backFrom(view))
    case 'restart':
    case 'rebuild':
    case 'toggle':
    case 'kill':
    case 'killNow':
    case 'open':
    case 'copy':
      return onService(command, fresh)
    case 'details':
    case 'help':
      return only(view.overlay === command ? backFrom(view) : { ...view, overlay: command, scroll: 0 })
    case 'follow':
      return only(view.bottom === undefined ? standing(fresh) : following(view))
    case 'filter':
      return only({ ...following(view), typing: true })
    case 'accept':
      return only({ ...view, typing: false })
    case 'clear':
      return only({ ...following(view), typing: false, filter: '' })
    case 'erase':
      return only({ ...following(view), filter: [...view.filter].slice(0, -1).join('') })
    case 'wrap':
      return only({ ...view, wrap: !view.wrap })
    case 'timestamps':
      return only({ ...view, timestamps: !view.timestamps })
    case 'suspend':
      return { view, effects: [{ kind: 'suspend' }] }
    case 'apply':
      return context.state.proposal === undefined
        ? only({ ...view, notice: 'The stack file has no edit to apply.' })
        : send(view, { type: 'apply' })
    default:
      return onSession(command, fresh)
  }
}

const only = (view: ViewState): Handled => ({ view, effects: [] })
const send = (view: ViewState, command: Command): Handled => ({ view, effects: [{ kind: 'send', command }] })

/** Keys that end something or answer. */
const onSession = (
  command: 'detach' | 'quit' | 'interrupt' | 'stopAll' | 'yes' | 'no' | 'fallback',
  { view, state }: CommandContext,
): Handled => {
  const { overlay, ...plain } = view
  const stopping = view.stopAsked || state.phase === 'stopping'
  switch (command) {
    case 'detach':
      return send(plain, { type: 'detach' })
    case 'quit':
      return only(stopping ? view : { ...view, overlay: 'quit' })
    case 'stopAll':
      return send({ ...plain, stopAsked: true }, { type: 'quit', force: false })
    case 'interrupt':
      return send({ ...plain, typing: false, stopAsked: true }, { type: 'quit', force: stopping })
    case 'yes':
    case 'no':
    case 'fallback': {
      const question = state.questions[0]
      if (question === undefined) return only(view)
      return send(view, {
        type: 'answer',
        id: question.id,
        yes: command === 'fallback' ? question.fallback : command === 'yes',
      })
    }
  }
}

const onService = (
  command: 'restart' | 'rebuild' | 'toggle' | 'kill' | 'killNow' | 'open' | 'copy',
  { view, state, canOpen }: CommandContext,
): Handled => {
  const name = selectChosen(view, state)
  const service = name === undefined ? undefined : selectService(state, name)
  if (service === undefined) return only({ ...view, notice: 'There is no service yet.' })
  switch (command) {
    case 'restart':
    case 'rebuild':
      return send(view, { type: command, service: service.name })
    case 'kill':
      return service.isUp
        ? only({ ...view, overlay: 'kill' })
        : only({ ...view, notice: `${service.name} does not run.` })
    case 'killNow':
      return send(backFrom(view), { type: 'kill', service: service.name })
    case 'toggle':
      return send(view, { type: service.isUp ? 'stop' : 'start', service: service.name })
    case 'open':
    case 'copy':
      return onAddress(command, { view, canOpen }, service)
  }
}

const onAddress = (
  command: 'open' | 'copy',
  { view, canOpen }: Pick<CommandContext, 'view' | 'canOpen'>,
  service: ServiceView,
): Handled => {
  const published = service.published.find((one) => one.url !== undefined) ?? service.published[0]
  if (published === undefined) return only({ ...view, notice: `${service.name} publishes no port.` })
  const text = published.url ?? published.host
  if (command === 'open' && !canOpen) return only({ ...view, notice: `Open ${text}` })
  if (command === 'open' && published.url === undefined)
    return only({ ...view, notice: `${text} does not look like a web page. Copy it with c.` })
  return {
    view: { ...view, notice: command === 'open' ? `Opening ${text}` : `Copied ${text}` },
    effects: [{ kind: command, text }],
  }
}

const backFrom = (view: ViewState): ViewState => {
  const { overlay, ...rest } = view
  if (overlay !== undefined) return { ...rest, scroll: 0 }
  if (view.filter !== '') return { ...following(view), filter: '' }
  if (view.solo) return { ...following(view), solo: false }
  if (view.bottom !== undefined) return following(view)
  return { ...view, pane: 'services' }
}

const following = ({ bottom, ...view }: ViewState): ViewState => view

const standing = ({ view, logs, query }: CommandContext): ViewState => {
  const bottom = scrollToEnd(logs, query)
  return bottom === undefined ? view : { ...view, bottom }
}

type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom'

const moved = (move: Move, context: CommandContext): ViewState => {
  const { view, state } = context
  if (view.overlay !== undefined) return { ...view, scroll: scrolled(move, view.scroll, context.overlay) }
  if (view.pane === 'services' && (move === 'up' || move === 'down')) {
    const names = selectServiceViews(state).map(({ name }) => name)
    const at = names.indexOf(selectChosen(view, state) ?? '')
    const selected = names[Math.max(0, Math.min(names.length - 1, at + (move === 'up' ? -1 : 1)))]
    if (selected === undefined) return view
    return { ...(view.solo ? following(view) : view), selected }
  }
  const options = { query: context.query, height: context.logHeight }
  const to = toPlace(move, context, options)
  return to === undefined ? following(view) : { ...view, bottom: to }
}

const toPlace = (
  move: Move,
  { view, logs }: CommandContext,
  options: { readonly query: LogQuery; readonly height: number },
) => {
  const page = Math.max(1, options.height - 1)
  switch (move) {
    case 'up':
      return scrollLog(logs, view.bottom, { ...options, lines: -1 })
    case 'down':
      return scrollLog(logs, view.bottom, { ...options, lines: 1 })
    case 'pageUp':
      return scrollLog(logs, view.bottom, { ...options, lines: -page })
    case 'pageDown':
      return scrollLog(logs, view.bottom, { ...options, lines: page })
    case 'top':
      return scrollToTop(logs, options)
    case 'bottom':
      return undefined
  }
}

const scrolled = (
  move: Move,
  scroll: number,
  { height, length }: { readonly height: number; readonly length: number },
): number => {
  const last = Math.max(0, length - height)
  const page = Math.max(1, height - 1)
  const by: Readonly<Record<Move, number>> = {
    up: -1,
    down: 1,
    pageUp: -page,
    pageDown: page,
    top: -Infinity,
    bottom: Infinity,
  }
  return Math.max(0, Math.min(last, scroll + by[move]))
}
