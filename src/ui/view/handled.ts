import type { Command } from '../../core/events/event.ts'
import type { LogBuffer, LogQuery } from '../../core/state/log-buffer.ts'
import type { State } from '../../core/state/state.ts'
import type { Keymap, UiCommand } from '../keys/keymap.ts'
import type { ViewState } from './view-state.ts'

/** What a key asks of the world outside the screen. */
export type Effect =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'open' | 'copy'; readonly text: string }
  /** Into a file, of which the person is told the place. */
  | { readonly kind: 'save'; readonly name: string; readonly lines: () => readonly string[] }
  | { readonly kind: 'suspend' }
  /** Leave this project for the list of all. */
  | { readonly kind: 'projects' }

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
export const send = (view: ViewState, command: Command): Handled => ({ view, effects: [{ kind: 'send', command }] })
