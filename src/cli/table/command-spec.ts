import type { FlagSet, ParsedArguments } from '../arguments/flag.ts'
import type { CliContext } from '../context.ts'

export type CommandGroup = 'Everyday' | 'Look' | 'Containers' | 'Images' | 'Stack itself'

/** What stands after the flags, and how a shell completes it. */
export type WordsSpec = {
  readonly min?: number
  /** Absent: any number. */
  readonly max?: number
  readonly complete?: 'services' | 'projects' | 'shells' | 'copy' | 'scale'
}

/** One command: everything that parsing, `--help` and completion need to know, as data. */
export type CommandSpec<S extends FlagSet = FlagSet> = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly group: CommandGroup
  readonly summary: string
  /** After `stack <name> [OPTIONS]`. */
  readonly usage: string
  readonly detail?: string
  readonly words?: WordsSpec
  /** Flags end at the first word: the rest belongs to the command that is run. */
  readonly passThrough?: boolean
  readonly flags: S
  readonly examples?: readonly (readonly [command: string, meaning: string])[]
  /** Beside the exit codes that every command has. */
  readonly exits?: readonly (readonly [code: string, meaning: string])[]
}

/** One run of a command. Resolves with the exit code. */
export type Run<S extends FlagSet = FlagSet> = (call: Call<S>) => Promise<number>

export type Call<S extends FlagSet = FlagSet> = ParsedArguments<S> & { readonly context: CliContext }

/** The call that a command of the table gets: `CallOf<typeof upCommand>`. */
export type CallOf<C> = C extends { readonly flags: infer S extends FlagSet } ? Call<S> : never
