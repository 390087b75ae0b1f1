import { selectServiceViews } from '../../core/state/select.ts'
import type { SessionCommand } from '../keys/session-keys.ts'
import { type CommandContext, type Handled, type Handler, only, send } from './handled.ts'
import { acceptTyped } from './log-commands.ts'
import { moveHandlers } from './move-commands.ts'
import { withTyped } from './typing.ts'
import { following, selectOpenScreen, type ViewState } from './view-state.ts'

const answering =
  (toYes: (fallback: boolean) => boolean): Handler =>
  ({ view, state }) => {
    const question = state.questions[0]
    return question === undefined
      ? only(view)
      : send(view, { type: 'answer', id: question.id, yes: toYes(question.fallback) })
  }

export const sessionHandlers: Readonly<Record<SessionCommand, Handler>> = {
  yes: answering(() => true),
  no: answering(() => false),
  fallback: answering((fallback) => fallback),
  detach: ({ view }) => send(unasked(view), { type: 'detach' }),
  quit: ({ view, state }) =>
    isStopping(view, state)
      ? only(view)
      : hasNothingToStop(state)
        ? send(unasked(view), { type: 'detach' })
        : only({ ...view, asking: 'quit' }),
  stopAll: ({ view }) => send({ ...unasked(view), stopAsked: true }, { type: 'quit', force: false }),
  interrupt: ({ view, state }) =>
    state.opened === true && !isStopping(view, state)
      ? send(untyped(unasked(view)), { type: 'detach' })
      : send({ ...untyped(unasked(view)), stopAsked: true }, { type: 'quit', force: isStopping(view, state) }),
  projects: ({ view, state }) =>
    isStopping(view, state)
      ? only({ ...view, notice: `${state.project} is being stopped.` })
      : { view, effects: [{ kind: 'projects' }] },
  confirm: ({ view }) =>
    view.asking === undefined || view.asking === 'quit' ? only(view) : send(unasked(view), view.asking.command),
  cancel: ({ view }) => only(unasked(view)),
  accept: (context) => accept(context),
  clear: ({ view }) => only(clear(view)),
  erase: ({ view }) => only(withTyped(view, (text) => [...text].slice(0, -1).join(''))),
  apply: ({ view, state }) =>
    state.proposal === undefined
      ? only({ ...view, notice: 'The stack file has no edit to apply.' })
      : send(view, { type: 'apply' }),
  suspend: ({ view }) => ({ view, effects: [{ kind: 'suspend' }] }),
}

const isStopping = (view: ViewState, state: CommandContext['state']): boolean =>
  view.stopAsked || state.phase === 'stopping'

/** It was opened on what somebody else has started, and that is gone: there is nothing to choose between. */
const hasNothingToStop = (state: CommandContext['state']): boolean =>
  state.opened === true && selectServiceViews(state).every(({ isUp, status }) => !isUp && status.tone !== 'busy')

const unasked = ({ asking, ...view }: ViewState): ViewState => view
const untyped = ({ typing, ...view }: ViewState): ViewState => view

/** The palette is left with the command that was chosen; elsewhere what was typed stays. */
const accept = (context: CommandContext): Handled => {
  const { view } = context
  const open = selectOpenScreen(view)
  if (view.typing === 'screen' && open?.name === 'palette') return moveHandlers.choose(context)
  return only(view.typing === 'screen' ? untyped(view) : acceptTyped(context))
}

const clear = (view: ViewState): ViewState => {
  const open = selectOpenScreen(view)
  if (view.typing === 'screen' && open?.name === 'palette')
    return untyped({ ...view, screens: view.screens.slice(0, -1) })
  return untyped(following(withTyped(view, () => '')))
}
