/** What a command line can hold, as data: one table feeds parsing, help and completion. */

type FlagBase = {
  readonly short?: string
  readonly help: string
  /** Understood and completed by nobody: kept for scripts. */
  readonly hidden?: boolean
}

/** Where the words of a value come from when a shell completes it. */
export type ValueSource = 'services' | 'projects' | 'files' | 'folders'

export type Flag = FlagBase &
  (
    | { readonly kind: 'boolean'; readonly default?: boolean }
    | { readonly kind: 'number'; readonly value: string }
    | {
        readonly kind: 'string'
        readonly value: string
        readonly choices?: readonly string[]
        readonly complete?: ValueSource
      }
    /** May be given several times. With `commas`, one value may hold several. */
    | {
        readonly kind: 'strings'
        readonly value: string
        readonly choices?: readonly string[]
        readonly complete?: ValueSource
        readonly commas?: boolean
      }
  )

export type FlagSet = Readonly<Record<string, Flag>>

type FlagValue<F extends Flag> = F['kind'] extends 'boolean'
  ? boolean
  : F['kind'] extends 'number'
    ? number | undefined
    : F['kind'] extends 'string'
      ? string | undefined
      : readonly string[]

/** The values of a set of flags, by their long names. */
export type FlagValues<S extends FlagSet> = { readonly [K in keyof S]: FlagValue<S[K]> }

export type ParsedArguments<S extends FlagSet = FlagSet> = {
  readonly flags: FlagValues<S>
  /** Long names of the flags that were written. */
  readonly given: ReadonlySet<string>
  readonly words: readonly string[]
}
