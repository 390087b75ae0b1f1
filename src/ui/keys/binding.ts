/** Who has the keyboard: the main screen, a full screen over it, somebody who types, or something that waits for an answer. */
export const keyScopes = ['main', 'screen', 'typing', 'quit', 'confirm', 'question'] as const
export type KeyScope = (typeof keyScopes)[number]

export type Pane = 'services' | 'logs'

/** What a command is for, and where it stands in the help. */
export type KeyGroup = 'Move' | 'Service' | 'Log' | 'Screen' | 'Session'

/** One command, and the keys that mean it. Bar, help and palette are made of these. */
export type Binding<Command extends string = string> = {
  readonly command: Command
  /** Names as `toKeyName` gives them; none: the command is reached from the palette alone. */
  readonly keys: readonly string[]
  readonly when: readonly KeyScope[]
  /** Only while this pane of the main screen has the keyboard; absent: in both. */
  readonly pane?: Pane
  /** One or two words for the bar at the bottom; absent: only in the help. */
  readonly hint?: string
  /** Only in the bar while this pane has the keyboard; it works in both. */
  readonly hintIn?: Pane
  readonly help: string
  readonly group: KeyGroup
  /** What is typed into a shell for the same, with `SERVICE` for the chosen one and `SERVICES` for all that are marked. */
  readonly commandLine?: string
  /** The same for a service that does not run; absent: `commandLine`. */
  readonly commandLineWhenDown?: string
}
