import type { LogBuffer } from '../core/state/log-buffer.ts'
import type { State } from '../core/state/state.ts'
import type { Keymap } from './keys/keymap.ts'
import type { Theme } from './theme.ts'
import type { ViewState } from './view/view-state.ts'

/** All that a frame is made of. */
export type ScreenInput = {
  readonly state: State
  readonly view: ViewState
  readonly keys: Keymap
  readonly logs: LogBuffer
  readonly columns: number
  readonly rows: number
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly theme: Theme
  readonly unicode: boolean
  /** The variables of the chosen service as they are; absent: nobody has asked for what is hidden of them. */
  readonly revealed?: Readonly<Record<string, string>> | undefined
  readonly formatTime: (at: number) => string
}
