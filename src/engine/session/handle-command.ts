import { type LinedCommand, toArguments, toShellText } from '../../core/events/command-line.ts'
import type { Command } from '../../core/events/event.ts'
import { toSessionStarted } from './describe.ts'
import { attempt } from './enqueue-plan.ts'
import { begin, halt, toGrace, toProblemId } from './halt-and-begin.ts'
import type { Attempted } from './jobs.ts'
import { applyEdit, reload } from './reload.ts'
import type { SessionState } from './state.ts'

type Handling = { readonly onReloaded: () => Promise<void> }

/** What a person, or a signal, asks of a running session. */
export const handleCommand = (state: SessionState, command: Command, handling: Handling): void => {
  // Whatever else was asked for now would begin again what is being stopped.
  if (state.phase === 'stopping' && command.type !== 'quit' && command.type !== 'answer') return
  switch (command.type) {
    case 'answer':
      return state.questions.answer(command.id, command.yes)
    case 'detach':
      return state.ended.resolve({ kind: 'detach', exit: 0 })
    case 'quit':
      return quit(state, command.force)
    case 'inspect':
      return state.inspections.ask(command.service)
    case 'list':
      return state.listing.ask()
    case 'measure':
      return state.measuring.select(command.services)
    case 'reload':
      // Whoever saves a file asks for no command.
      return void (command.apply === true ? note(state, command, handling) : reload(state, handling))
    default:
      return void note(state, command, handling)
  }
}

/** Tells what is done, as the line that does the same in a shell, and what comes of it. */
const note = async (state: SessionState, command: LinedCommand, handling: Handling): Promise<void> => {
  const { emit, deps } = state
  state.noted += 1
  const id = `command.${state.noted}`
  const begun = deps.clock.now()
  emit({ type: 'command/begun', id, line: `stack ${toShellText(toArguments(command))}` })
  const outcome = await carryOut(state, command, handling)
  emit({ type: 'command/ended', id, outcome, ms: deps.clock.now() - begun })
}

const carryOut = (state: SessionState, command: LinedCommand, handling: Handling): Promise<Attempted> => {
  const { plans } = state
  switch (command.type) {
    case 'stop':
    case 'kill':
      return halt(state, { type: command.type, services: command.services })
    case 'restart':
    case 'start':
    case 'rebuild':
      return begin(state, { type: command.type, services: command.services })
    case 'recreate':
      return begin(state, command)
    case 'pause':
    case 'unpause':
      return attempt(state, toProblemId(command.type, command.services), {
        plan: plans.pause(command.services, command.type),
        trigger: 'command',
      })
    case 'scale':
      return scale(state, command)
    case 'prune':
      return attempt(state, 'prune', { plan: plans.prune(), trigger: 'command' })
    case 'down':
      return takeDown(state)
    case 'reload':
      return reload(state, { ...handling, apply: true })
    case 'apply':
      return applyEdit(state, handling)
  }
}

/** As many as were asked for they stay, whatever is planned next. */
const scale = async (
  state: SessionState,
  { services, replicas }: Extract<LinedCommand, { type: 'scale' }>,
): Promise<Attempted> => {
  for (const service of services) state.scale[service] = replicas
  state.plans = state.plans.withScale(state.scale)
  state.emit(toSessionStarted(state.project, { ...state.request, scale: state.scale }))
  return attempt(state, toProblemId('scale', services), { plan: state.plans.scale(services), trigger: 'command' })
}

/** The project is taken down, and stays so until its services are started one by one: no edit and no saved file does it. */
const takeDown = async (state: SessionState): Promise<Attempted> => {
  const services = Object.keys(state.project.services)
  for (const service of services) state.halts.halt(service)
  const end = await attempt(state, 'down', { plan: state.plans.down(toGrace(state)), trigger: 'command' })
  for (const service of services) {
    if (end === 'done') state.halts.halt(service)
    else state.halts.lift(service)
  }
  return end
}

/** The first time: stop. While it stops, or when told so: kill. */
const quit = (state: SessionState, force: boolean): void => {
  const isSecond = state.phase === 'stopping'
  if (force || isSecond) {
    state.isForced = true
    state.applying.abort(new Error('forced'))
  }
  state.ended.resolve({ kind: 'quit', exit: 0 })
}
