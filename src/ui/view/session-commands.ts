import { selectServiceViews } from '../../core/state/select.ts'
import type { SessionCommand } from '../keys/session-keys.ts'
import { plural } from '../text/format.ts'
import { ask, type CommandContext, type Handled, type Handler, only, send } from './handled.ts'
import { acceptTyped } from './log-commands.ts'
import { moveHandlers } from './move-commands.ts'
import { answerPrompt, withoutPrompt } from './prompt-commands.ts'
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
    view.asking === undefined || view.asking === 'quit'
      ? only(view)
      : { view: { ...unasked(view), marked: [] }, effects: [view.asking.effect] },
  cancel: ({ view }) => only(unasked(view)),
  accept: (context) => accept(context),
  clear: ({ view }) => only(clear(view)),
  erase: ({ view }) => only(withTyped(view, (text) => [...text].slice(0, -1).join(''))),
  apply: ({ view, state }) =>
    state.proposal === undefined
      ? only({ ...view, notice: 'The stack file has no edit to apply.' })
      : send(view, { type: 'apply' }),
  readAgain: ({ view }) =>
    send({ ...view, notice: 'Reading stack file and environment again.' }, { type: 'reload', apply: true }),
  prune: ({ view, state }) => prune(view, state),
  takeDown: ({ view, state }) => takeDown(view, state),
  suspend: ({ view }) => ({ view, effects: [{ kind: 'suspend' }] }),
}

const isStopping = (view: ViewState, state: CommandContext['state']): boolean =>
  view.stopAsked || state.phase === 'stopping'

/** It was opened on what somebody else has started, and that is gone: there is nothing to choose between. */
const hasNothingToStop = (state: CommandContext['state']): boolean =>
  state.opened === true && selectServiceViews(state).every(({ isUp, status }) => !isUp && status.tone !== 'busy')

/** What has ended: nothing runs in it, and what was written inside is all that it has. */
const endedStates: ReadonlySet<string> = new Set(['created', 'exited', 'dead'])

const prune = (view: ViewState, { services }: CommandContext['state']): Handled => {
  const names = services.flatMap(({ containers }) =>
    containers.filter((one) => endedStates.has(one.state)).map(({ name }) => name),
  )
  if (names.length === 0) return only({ ...view, notice: 'No container has ended.' })
  return ask(view, {
    title: 'remove what has ended',
    text: [
      `Lost: ${names.join(', ')}, with what was written inside and what the engine keeps of ${names.length === 1 ? 'its' : 'their'} log.`,
      'Kept: what runs, volumes, images, and the lines that are shown here.',
    ],
    yes: 'remove',
    effect: { kind: 'send', command: { type: 'prune' } },
  })
}

const takeDown = (view: ViewState, { project, services }: CommandContext['state']): Handled => {
  const count = services.reduce((sum, { containers }) => sum + containers.length, 0)
  return ask(view, {
    title: `take ${project} down`,
    text: [
      `Lost: ${count === 0 ? 'its networks' : `${plural(count, 'container')} with what was written inside, and its networks`}.`,
      'Kept: volumes with all data, images, the stack file, and this dashboard. Each service can be started again.',
    ],
    yes: 'take it down',
    effect: { kind: 'send', command: { type: 'down' } },
  })
}

const unasked = ({ asking, ...view }: ViewState): ViewState => view
const untyped = ({ typing, prompt, ...view }: ViewState): ViewState => view

/** The palette is left with the command that was chosen; elsewhere what was typed stays. */
const accept = (context: CommandContext): Handled => {
  const { view } = context
  const open = selectOpenScreen(view)
  if (view.typing === 'screen' && open?.name === 'palette') return moveHandlers.choose(context)
  if (view.typing === 'prompt') return answerPrompt(view)
  return only(view.typing === 'screen' ? untyped(view) : acceptTyped(context))
}

const clear = (view: ViewState): ViewState => {
  const open = selectOpenScreen(view)
  if (view.typing === 'screen' && open?.name === 'palette')
    return untyped({ ...view, screens: view.screens.slice(0, -1) })
  if (view.typing === 'prompt') return withoutPrompt(view)
  return untyped(following(withTyped(view, () => '')))
}
