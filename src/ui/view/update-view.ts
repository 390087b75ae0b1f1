import type { UiCommand } from '../keys/keymap.ts'
import type { CommandContext, Handled, Handler } from './handled.ts'
import { logHandlers } from './log-commands.ts'
import { moveHandlers } from './move-commands.ts'
import { screenHandlers } from './screen-commands.ts'
import { serviceHandlers } from './service-commands.ts'
import { sessionHandlers } from './session-commands.ts'

const handlers: Readonly<Record<UiCommand, Handler>> = {
  ...moveHandlers,
  ...serviceHandlers,
  ...logHandlers,
  ...screenHandlers,
  ...sessionHandlers,
}

/** What a command does to this screen, and what it asks for. What was said about the last key is over. */
export const updateView = (command: UiCommand, context: CommandContext): Handled => {
  const { notice, ...view } = context.view
  const handled = handlers[command]({ ...context, view })
  return handled.next === undefined ? handled : updateView(handled.next, { ...context, view: handled.view })
}
