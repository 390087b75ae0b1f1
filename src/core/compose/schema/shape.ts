/**
 * The words in which the schema of a stack file is written. A shape is plain data, so that loading a file costs neither zod
 * nor a compile step: zod-schema.ts makes the zod schema of it, json-schema.ts the JSON Schema of that, and check.ts reads
 * it directly. A test holds the three against each other.
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
      readonly words?: readonly [string, ...string[]]
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'anything' }
  | { readonly kind: 'one-of'; readonly options: readonly [Shape, Shape, ...Shape[]] }

/** A mapping with known keys. */
export type Mapping = {
  readonly kind: 'mapping'
  /** What a message calls it: `a service`. */
  readonly title: string
  readonly keys: ReadonlyMap<string, Key>
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

/** One key of a mapping: what it takes, and the sentence that editors show. */
export type Key = {
  readonly shape: Shape
  readonly description: string
  readonly required?: boolean
  readonly deprecated?: boolean
}

export const text: Shape = { kind: 'text' }
export const boolean: Shape = { kind: 'boolean' }
export const nothing: Shape = { kind: 'nothing' }
export const anything: Shape = { kind: 'anything' }
export const number: Shape = { kind: 'number', whole: false }
export const whole: Shape = { kind: 'number', whole: true }

export const wholeBetween = (min: number, max?: number): Shape => ({
  kind: 'number',
  whole: true,
  min,
  ...(max === undefined ? {} : { max }),
})

export const word = (...words: readonly [string, ...string[]]): Shape => ({ kind: 'text', words })

/** Text that a pattern is found in; `expected` says it in words. */
export const textLike = (pattern: RegExp, expected: string): Shape => ({ kind: 'text', pattern, expected })

export const oneOf = (...options: readonly [Shape, Shape, ...Shape[]]): Shape => ({ kind: 'one-of', options })

export const list = (item: Shape): Shape => ({ kind: 'list', item, unique: false })
/** A list in which nothing stands twice. */
export const uniqueList = (item: Shape): Shape => ({ kind: 'list', item, unique: true })

export const key = (shape: Shape, description: string): Key => ({ shape, description })
export const requiredKey = (shape: Shape, description: string): Key => ({ shape, description, required: true })
export const deprecatedKey = (shape: Shape, description: string): Key => ({ shape, description, deprecated: true })

type MappingOptions = { readonly extensible?: boolean; readonly loose?: boolean }

/** A mapping with known keys: `x-` keys are allowed beside them unless told otherwise, any other one is an error. */
export const mapping = (title: string, keys: Readonly<Record<string, Key>>, options: MappingOptions = {}): Mapping => ({
  kind: 'mapping',
  title,
  keys: new Map(Object.entries(keys)),
  required: Object.keys(keys).filter((name) => keys[name]?.required === true),
  extensible: options.extensible ?? true,
  loose: options.loose ?? false,
})

type EntriesOptions = { readonly names?: RegExp; readonly loose?: boolean }

export const entries = (title: string, value: Shape, options: EntriesOptions = {}): Entries => ({
  kind: 'entries',
  title,
  names: options.names ?? /./s,
  loose: options.loose ?? false,
  value,
})

/** What a service, a network and the like may be called. */
export const objectName = /^[a-zA-Z0-9._-]+$/
