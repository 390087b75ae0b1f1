/** What ends an attempt and is dealt with by another one. */
type Interruption =
  /** The shell has ended. What it was asked for last may have been done in part. */
  | 'ShellEnded'
  /** The root leads elsewhere than a moment before. */
  | 'RootMoved'
  /** A file of this machine could not be read while it was sent: what was asked for has not come about. */
  | 'SourceFailed'

export const interrupt = (name: Interruption, why: unknown = name): Error =>
  Object.assign(new Error(why instanceof Error ? why.message : String(why), { cause: why }), { name })

export const isInterrupted = (error: unknown, name: Interruption): boolean =>
  error instanceof Error && error.name === name
