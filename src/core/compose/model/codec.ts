import type { MapNode, Node, Place } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { scalarText } from '../steps/merge.ts'
import { compareNaturally, sortKeysNaturally } from '../texts/natural-order.ts'
import { plainRecord, toPlain } from '../tree/to-plain.ts'

export type At = { readonly problems: ProblemList; readonly path: string }
export type Format = 'json' | 'yaml'

/**
 * How one attribute of the canonical model is read from its node and printed. `decode` gives undefined for what is not
 * there or is as good as not there (an empty text, false, no items), so that a project holds only what says something.
 */
export type Codec = {
  readonly decode: (node: Node, at: At) => unknown
  /** What the printed value is: absent where it is the value itself. */
  readonly print?: (value: unknown, format: Format) => unknown
}

export type Field = {
  readonly name: string
  readonly codec: Codec
  /** The name in JSON, where the reference prints another one than in YAML. */
  readonly jsonName?: string
  /** What the reference prints in JSON when there is nothing. */
  readonly jsonEmpty?: unknown
  /** Read, and never printed. */
  readonly hidden?: boolean
  /** Not printed in JSON. */
  readonly yamlOnly?: boolean
}

export const below = (at: At, key: string): At => ({
  problems: at.problems,
  path: at.path === '' ? key : `${at.path}.${key}`,
})
export const item = (at: At, index: number): At => ({ problems: at.problems, path: `${at.path}[${index}]` })

export const wrong = (place: Place, at: At, message: string, hint?: string): undefined => {
  at.problems.error(place, 'value/invalid', message, { path: at.path, hint })
  return undefined
}

type FieldMore = {
  readonly jsonName?: string
  readonly jsonEmpty?: unknown
  readonly hidden?: boolean
  readonly yamlOnly?: boolean
}
export const field = (name: string, codec: Codec, more: FieldMore = {}): Field => ({ name, codec, ...more })

/** A mapping with known keys, in the order in which they are printed. `x-` keys are kept as they are written. */
export const struct = (fields: readonly Field[], { keepEmpty = true }: { keepEmpty?: boolean } = {}): Codec => ({
  decode: (node, at) => {
    if (node.kind !== 'map') return undefined
    const record = decodeFields(node, fields, at)
    return keepEmpty || Object.keys(record).length > 0 ? record : undefined
  },
  print: (value, format) => printFields(value as Record<string, unknown>, fields, format),
})

const decodeFields = (node: MapNode, fields: readonly Field[], at: At): Record<string, unknown> => {
  const record: Record<string, unknown> = {}
  for (const { name, codec } of fields) {
    const entry = node.entries.get(name)
    if (entry === undefined) continue
    const value = codec.decode(entry.value, below(at, name))
    if (value !== undefined) record[name] = value
  }
  for (const [key, entry] of node.entries) if (key.startsWith('x-')) record[key] = toPlain(entry.value)
  return record
}

export const printFields = (
  record: Record<string, unknown>,
  fields: readonly Field[],
  format: Format,
): Record<string, unknown> => {
  const printed: Record<string, unknown> = {}
  for (const { name, codec, jsonName, jsonEmpty, hidden, yamlOnly } of fields) {
    if (hidden === true || (yamlOnly === true && format === 'json')) continue
    const value = record[name]
    const key = format === 'json' && jsonName !== undefined ? jsonName : name
    if (value !== undefined && !(value === null && format === 'yaml'))
      printed[key] = codec.print?.(value, format) ?? value
    else if (format === 'json' && jsonEmpty !== undefined) printed[key] = jsonEmpty
  }
  if (format === 'yaml')
    for (const key of Object.keys(record)
      .filter((name) => name.startsWith('x-'))
      .sort())
      printed[key] = sortKeysNaturally(record[key])
  return printed
}

/** Sorted as the reference sorts: JSON by bytes; YAML by words, and numbers inside of words by their size. */
export const sortedKeys = (keys: readonly string[], format: Format): readonly string[] =>
  format === 'json' ? [...keys].sort() : [...keys].sort(compareNaturally)

/** A mapping with the user's own names. `null` values stay where the codec gives null. */
export const mapOf = (codec: Codec, { keepEmpty = false }: { keepEmpty?: boolean } = {}): Codec => ({
  decode: (node, at) => {
    if (node.kind !== 'map' || (node.entries.size === 0 && !keepEmpty)) return undefined
    const keys = [...node.entries.keys()].sort()
    return plainRecord(keys.map((key) => [key, codec.decode(node.entries.get(key)!.value, below(at, key)) ?? null]))
  },
  print: (value, format) => {
    const record = value as Record<string, unknown>
    return plainRecord(
      sortedKeys(Object.keys(record), format).map((key) => {
        const one = record[key]
        return [key, one === null || one === undefined ? null : (codec.print?.(one, format) ?? one)]
      }),
    )
  },
})

export const listOf = (codec: Codec, { keepEmpty = false }: { keepEmpty?: boolean } = {}): Codec => ({
  decode: (node, at) => {
    if (node.kind !== 'seq' || (node.items.length === 0 && !keepEmpty)) return undefined
    return node.items.map((one, index) => codec.decode(one, item(at, node.positions?.[index] ?? index)) ?? null)
  },
  ...(codec.print === undefined
    ? {}
    : {
        print: (value: unknown, format: Format) =>
          (value as readonly unknown[]).map((one) => (one === null ? null : codec.print!(one, format))),
      }),
})

const scalar = (decode: (node: Node & { kind: 'scalar' }, at: At) => unknown): Codec => ({
  decode: (node, at) => (node.kind === 'scalar' && node.value !== null ? decode(node, at) : undefined),
})

export const scalarCodec = scalar
/** A whole number or a boolean may stand where a text is wanted; a number with a point may not. */
export const readText = (node: Node, at: At): string | undefined =>
  node.kind === 'scalar' && node.type === 'float'
    ? wrong(
        node,
        at,
        `A text is wanted here, and ${node.source.text.slice(node.start, node.end).trim()} is a number with a point.`,
        'Put it in quotes.',
      )
    : scalarText(node)
/** Text; an empty one is as good as none. */
export const text: Codec = scalar((node, at) => readText(node, at) || undefined)
/** Text in a list, where an empty one counts. */
export const itemText: Codec = { decode: readText }
/** True, or nothing. */
export const flag: Codec = scalar((node, at) => readBoolean(node, at) || undefined)
/** True, false or nothing. */
export const choice: Codec = scalar((node, at) => readBoolean(node, at))
/** A whole number but 0, which is as good as nothing. */
export const whole: Codec = scalar((node, at) => readWhole(node, at) || undefined)
/** A whole number; 0 counts. */
export const wholeOrZero: Codec = scalar((node, at) => readWhole(node, at))

const readBoolean = (node: Node & { kind: 'scalar' }, at: At): boolean | undefined => {
  if (typeof node.value === 'boolean') return node.value
  const word = scalarText(node).toLowerCase()
  if (['true', 'y', 'yes', 'on'].includes(word)) return true
  if (['false', 'n', 'no', 'off'].includes(word)) return false
  return wrong(node, at, `"${scalarText(node)}" is neither true nor false.`)
}

export const readWhole = (node: Node & { kind: 'scalar' }, at: At): number | undefined => {
  const value =
    typeof node.value === 'string'
      ? /^[-+]?\d+$/.test(node.value)
        ? Number(node.value)
        : Number.NaN
      : Number(node.value)
  return Number.isFinite(value) ? Math.trunc(value) : wrong(node, at, `"${scalarText(node)}" is no whole number.`)
}

/** A number that is not negative and, unlike others, is not read from text; `undefined` for 0 unless `zero`. */
export const unsigned = (bits: 16 | 32 | 64, { zero = false }: { zero?: boolean } = {}): Codec =>
  scalar((node, at) => {
    if (node.type !== 'int' && node.type !== 'float')
      return wrong(node, at, `"${scalarText(node)}" is no whole number.`)
    const value = Math.trunc(Number(node.value))
    if (value < 0) return wrong(node, at, `${scalarText(node)} is negative.`)
    const kept = bits === 64 ? value : value % 2 ** bits
    return kept === 0 && !zero ? undefined : kept
  })

/** A number of single precision, as the reference holds and prints it; 0 is as good as nothing. */
export const single: Codec = scalar((node, at) => {
  const value = node.value === '' ? Number.NaN : Number(node.value)
  if (!Number.isFinite(value)) return wrong(node, at, `"${scalarText(node)}" is no number.`)
  return shortestSingle(value) || undefined
})

/** The shortest decimal number that is the same number of single precision. */
export const shortestSingle = (value: number): number => {
  const wanted = Math.fround(value)
  for (let precision = 1; precision <= 9; precision += 1) {
    const candidate = Number(wanted.toPrecision(precision))
    if (Math.fround(candidate) === wanted) return candidate
  }
  return wanted
}
