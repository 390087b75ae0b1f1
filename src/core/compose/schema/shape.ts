/**
 * The schema of a stack file as plain data: what the quick check walks, so that loading a file costs neither zod nor a
 * compile step. It is made of the zod schema (to-table.ts) when Stack is built; a test holds the two to each other.
 */
export type Shape =
  | Mapping
  | Entries
  | List
  | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
  | {
      readonly kind: 'text'
      readonly pattern?: RegExp
      readonly expected?: string
      readonly words?: readonly string[]
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'anything' }
  | { readonly kind: 'one-of'; readonly options: readonly Shape[] }

/** A mapping with known keys. */
export type Mapping = {
  readonly kind: 'mapping'
  /** What a message calls it: `a service`. */
  readonly title: string
  readonly keys: ReadonlyMap<string, Shape>
  /** What each key means, for hints: the text of its `describe`. */
  readonly about: Readonly<Record<string, string>>
  readonly required: readonly string[]
  /** `x-` keys are allowed. */
  readonly extensible: boolean
  /** Any other key is allowed. */
  readonly loose: boolean
}
/** A mapping whose keys are names that the user gives. */
export type Entries = {
  readonly kind: 'entries'
  readonly title: string
  /** A key that does not match is refused or, when `loose`, left alone with its value. */
  readonly names: RegExp
  readonly loose: boolean
  readonly value: Shape
}
export type List = { readonly kind: 'list'; readonly item: Shape; readonly unique: boolean }
