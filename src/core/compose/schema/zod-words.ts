import * as z from 'zod'

/** What a schema says beside what zod has words for: read for the table of shapes and for the JSON Schema. */
export type Facts =
  /** A mapping with known keys. `title` is what a message calls it: `a service`. */
  | { readonly form: 'mapping'; readonly title: string; readonly extensible: boolean; readonly loose: boolean }
  | { readonly form: 'entries'; readonly title: string; readonly names: RegExp; readonly loose: boolean }
  /** A list in which nothing stands twice. */
  | { readonly form: 'unique' }
  /** Text that a pattern is found in, in words. */
  | { readonly form: 'text'; readonly expected: string }

export const facts = z.registry<Facts>()

/** A number without a fraction; in YAML it may be larger than what JavaScript holds exactly. */
export const whole = z.number().multipleOf(1)

/** Text that a pattern is found in; `expected` says it in words. */
export const textLike = (pattern: RegExp, expected: string): z.ZodType =>
  z.string().regex(pattern).register(facts, { form: 'text', expected })

/** A list in which nothing stands twice. */
export const unique = (item: z.ZodType): z.ZodType =>
  z.array(item).refine(isUnique, 'Nothing may stand in it twice.').register(facts, { form: 'unique' })

const isUnique = (items: readonly unknown[]): boolean =>
  new Set(items.map((item) => JSON.stringify(item, withSortedKeys))).size === items.length

/** Mappings are the same whatever the order of their keys. */
const withSortedKeys = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** A mapping with known keys: `x-` keys are allowed beside them unless told otherwise, any other one is an error. */
export const mapping = (
  title: string,
  keys: Readonly<Record<string, z.ZodType>>,
  { extensible = true, loose = false }: { readonly extensible?: boolean; readonly loose?: boolean } = {},
): z.ZodType => {
  const isAllowed = (name: string): boolean =>
    loose || Object.hasOwn(keys, name) || (extensible && name.startsWith('x-'))
  return z
    .looseObject(keys)
    .refine((value) => Object.keys(value).every(isAllowed), 'It has a key that does not exist.')
    .register(facts, { form: 'mapping', title, extensible, loose })
}

/** A mapping whose keys are names that the user gives. One that does not fit is refused or, when `loose`, left alone. */
export const entries = (
  title: string,
  value: z.ZodType,
  { names = /./s, loose = false }: { readonly names?: RegExp; readonly loose?: boolean } = {},
): z.ZodType => {
  const isFine = (record: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(record).every(([name, found]) => (names.test(name) ? value.safeParse(found).success : loose))
  return z
    .record(z.string(), value.or(z.unknown()))
    .refine(isFine, 'An entry is wrong.')
    .register(facts, { form: 'entries', title, names, loose })
}

/** What a service, a network and the like may be called. */
export const objectName = /^[a-zA-Z0-9._-]+$/
