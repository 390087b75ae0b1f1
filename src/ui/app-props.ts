import type { Command } from '../core/events/event.ts'
import type { Store } from '../core/state/store.ts'
import type { Keymap } from './keys/keymap.ts'
import type { TerminalInput } from './terminal/terminal-input.ts'
import type { Aside, Suspend } from './perform.ts'
import type { Theme } from './theme.ts'
import type { ReadVariables } from './use-asked.ts'
import type { ViewState } from './view/view-state.ts'

export type AppProps = {
  readonly store: Store
  readonly send: (command: Command) => void
  readonly keys: Keymap
  /** What the screen begins with. */
  readonly initial: ViewState
  readonly onView: ((view: ViewState) => void) | undefined
  /** By whether the terminal is known to have a light ground, which it may tell later. */
  readonly toTheme: (isLight: boolean) => Theme
  readonly input: TerminalInput
  readonly unicode: boolean
  readonly now: () => number
  readonly formatTime: (at: number) => string
  readonly openUrl: ((url: string) => void) | undefined
  readonly copyText: (text: string) => void
  /** Writes lines into a file, and tells where it is. Absent: there is nowhere to write. */
  readonly saveLines: ((name: string, lines: readonly string[]) => Promise<string>) | undefined
  /** Absent: what is hidden stays so. */
  readonly readVariables: ReadVariables | undefined
  readonly suspension: Suspension
  /** Absent: there is no terminal that could be given away. */
  readonly aside: Aside | undefined
  readonly showProjects: (() => void) | undefined
}

/** Steps aside for a while: the terminal is as it was before, and the dashboard's again when the promise resolves. */
export type Suspension = {
  /** Stops the process, and resolves when it goes on. Absent: nobody can stop it. */
  readonly stop: (() => Promise<void>) | undefined
  /** Told how the terminal is given away until something has happened. */
  readonly register: (suspend: Suspend) => void
}
