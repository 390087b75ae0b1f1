import type { Command } from '../../core/events/event.ts'
import type { LogBuffer, LogQuery } from '../../core/state/log-buffer.ts'
import type { State } from '../../core/state/state.ts'
import type { Keymap, UiCommand } from '../keys/keymap.ts'
import type { Effect } from './effect.ts'
import type { Program } from './program.ts'
import type { Confirmation, ViewState } from './view-state.ts'

export type CommandContext = {
  readonly view: ViewState
  readonly state: State
  readonly keys: Keymap
  readonly logs: LogBuffer
  /** What of the log is shown now. */
  readonly query: LogQuery
  /** Rows of log lines on the screen, and of a full screen with how many rows it has. */
  readonly logHeight: number
  readonly screen: { readonly height: number; readonly length: number }
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How a time of the log is written. */
  readonly formatTime: (at: number) => string
  /** Somebody is there who opens an address. */
  readonly canOpen: boolean
}

export type Handled = {
  readonly view: ViewState
  readonly effects: readonly Effect[]
  /** What is done next, in that view. */
  readonly next?: UiCommand
}

/** What a command does to this screen, and what it asks for. Pure, so that every key can be tested without a terminal. */
export type Handler = (context: CommandContext) => Handled

export const only = (view: ViewState): Handled => ({ view, effects: [] })
/** The dashboard steps aside for it. */
export const aside = (view: ViewState, program: Program): Handled => ({ view, effects: [{ kind: 'aside', program }] })
/** Does something that loses a thing, after a yes. */
export const ask = (view: ViewState, asking: Confirmation): Handled => only({ ...view, asking })
export const send = (view: ViewState, command: Command): Handled => ({ view, effects: [{ kind: 'send', command }] })
