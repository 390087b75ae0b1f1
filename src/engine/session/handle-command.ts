import type { Command } from '../../core/events/event.ts'
import type { PlanFunction } from '../apply.ts'
import { attempt } from './enqueue-plan.ts'
import type { Attempted } from './jobs.ts'
import { reload } from './reload.ts'
import type { SessionState } from './state.ts'
import { clearUnbuilt } from './sync-host.ts'

/** What a person, or a signal, asks of a running session. */
export const handleCommand = (
  state: SessionState,
  command: Command,
  { onReloaded }: { readonly onReloaded: () => Promise<void> },
): void => {
  const grace = state.request.graceSeconds === undefined ? {} : { graceSeconds: state.request.graceSeconds }
  const act = (service: string, plan: PlanFunction): Promise<Attempted> =>
    attempt(state, `${command.type}.${service}`, { plan, trigger: 'command' })
  // Whatever else was asked for now would begin again what is being stopped.
  if (state.phase === 'stopping' && command.type !== 'quit' && command.type !== 'answer') return
  switch (command.type) {
    case 'answer':
      return state.questions.answer(command.id, command.yes)
    case 'detach':
      return state.ended.resolve({ kind: 'detach', exit: 0 })
    case 'quit':
      return quit(state, command.force)
    case 'reload':
      return void reload(state, onReloaded)
    case 'restart':
      return void act(command.service, state.plans.restart([command.service], grace))
    case 'stop':
      return void act(command.service, state.plans.stop([command.service], grace))
    case 'start':
      return void act(command.service, state.plans.start([command.service]))
    case 'kill':
      return void act(command.service, state.plans.kill([command.service]))
    case 'rebuild':
      return void act(command.service, state.plans.rebuild([command.service])).then((end) => {
        if (end === 'done') clearUnbuilt(state, command.service)
      })
    default:
      return command satisfies never
  }
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
