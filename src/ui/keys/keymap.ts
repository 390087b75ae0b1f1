import type { Binding, KeyScope, Pane } from './binding.ts'
import { toKeyLabel } from './key-names.ts'
import { logKeys, type LogCommand } from './log-keys.ts'
import { moveKeys, type MoveCommand } from './move-keys.ts'
import { helpKeys, paletteKeys, screenKeys, type ScreenCommand } from './screen-keys.ts'
import { serviceKeys, type ServiceCommand } from './service-keys.ts'
import { answerKeys, quitKeys, sessionKeys, type SessionCommand } from './session-keys.ts'

/** What a key can mean. */
export type UiCommand = MoveCommand | ServiceCommand | LogCommand | ScreenCommand | SessionCommand

export type Keymap = readonly Binding<UiCommand>[]

/** Every key there is, before a person has changed any. The order is that of the bar. */
export const keymap: Keymap = [
  ...answerKeys,
  ...moveKeys,
  ...serviceKeys,
  ...logKeys,
  ...paletteKeys,
  ...sessionKeys,
  ...screenKeys,
  ...quitKeys,
  ...helpKeys,
]

/** Whether a binding means something there. */
export const isValid = (one: Binding, scope: KeyScope, pane: Pane): boolean =>
  one.when.includes(scope) && (one.pane === undefined || scope !== 'main' || one.pane === pane)

/** The first key of a command, for a sentence about it; undefined: it has none. */
export const keyOf = (keys: Keymap, command: UiCommand, unicode = true): string | undefined => {
  const key = keys.find((one) => one.command === command && one.keys.length > 0)?.keys[0]
  return key === undefined ? undefined : toKeyLabel(key, unicode)
}

export const findUiCommand = (
  keys: Keymap,
  { key, scope, pane }: { readonly key: string; readonly scope: KeyScope; readonly pane: Pane },
): UiCommand | undefined => keys.find((one) => isValid(one, scope, pane) && one.keys.includes(key))?.command
