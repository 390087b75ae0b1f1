import type { Command } from '../../core/events/event.ts'
import { begin, halt } from './halt-and-begin.ts'
import { applyEdit, reload } from './reload.ts'
import type { SessionState } from './state.ts'

/** What a person, or a signal, asks of a running session. */
export const handleCommand = (
  state: SessionState,
  command: Command,
  { onReloaded }: { readonly onReloaded: () => Promise<void> },
): void => {
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
    case 'reload':
      return void reload(state, onReloaded)
    case 'measure':
      return state.measuring.select(command.services)
    case 'apply':
      return void applyEdit(state, onReloaded)
    case 'stop':
    case 'kill':
      return void halt(state, { type: command.type, service: command.service })
    case 'restart':
    case 'start':
    case 'rebuild':
      return void begin(state, { type: command.type, service: command.service })
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
