import * as z from 'zod'
import type { Row } from './shape-table.ts'
import { facts } from './zod-words.ts'

type Node = z.core.$ZodTypes

/** A row of the table, and the zod schema that it was made of. */
export type TableEntry = { readonly row: Row; readonly schema: z.ZodType }

/** The table of shapes of a zod schema that is written with `zod-words`: each shape once, after those that it names. */
export const toTable = (whole: z.ZodType): readonly TableEntry[] => {
  const table: TableEntry[] = []
  const numbers = new Map<unknown, number>()
  const numberOf = (described: unknown): number => {
    const schema = withoutDescription(described as Node)
    const known = numbers.get(schema)
    if (known !== undefined) return known
    const row = toRow(schema, numberOf)
    const text = JSON.stringify(row)
    const number = numbers.get(text) ?? table.push({ row, schema: schema as never }) - 1
    numbers.set(schema, number).set(text, number)
    return number
  }
  numberOf(whole)
  return table
}

/** `describe` makes a copy of a schema, `optional` a shell around it. */
const withoutDescription = (node: Node): Node => {
  const { parent, def } = node._zod
  if (parent !== undefined && z.globalRegistry.has(node)) return withoutDescription(parent as Node)
  return def.type === 'optional' ? withoutDescription(def.innerType as Node) : node
}

const isOptional = (node: Node): boolean => node._zod.optin === 'optional'

const toRow = (node: Node, numberOf: (node: unknown) => number): Row => {
  const { def } = node._zod
  const fact = facts.get(node as never)
  switch (def.type) {
    case 'string':
      return { kind: 'text', ...toTextRow(node, fact?.form === 'text' ? fact.expected : undefined) }
    case 'enum':
      return { kind: 'text', words: Object.values(def.entries) }
    case 'number':
      return toNumberRow(checksOf(node))
    case 'boolean':
      return { kind: 'boolean' }
    case 'null':
      return { kind: 'nothing' }
    case 'unknown':
      return { kind: 'anything' }
    case 'union':
      return { kind: 'one-of', options: def.options.map(numberOf) }
    case 'array':
      return { kind: 'list', item: numberOf(def.element), unique: fact?.form === 'unique' }
    case 'object': {
      if (fact?.form !== 'mapping') break
      const { title, extensible, loose } = fact
      const keys = Object.entries(def.shape) as [string, Node][]
      const required = keys.filter(([, value]) => !isOptional(value)).map(([name]) => name)
      const numbers = Object.fromEntries(keys.map(([name, value]) => [name, numberOf(value)]))
      const about = keys.flatMap(([name, value]) => {
        const text = z.globalRegistry.get(value)?.description
        return text === undefined ? [] : [[name, text] as const]
      })
      return { kind: 'mapping', title, keys: numbers, about: Object.fromEntries(about), required, extensible, loose }
    }
    case 'record': {
      if (fact?.form !== 'entries') break
      const { title, names, loose } = fact
      // A value whose name does not fit is left alone: the schema of the values is the first of two.
      const { def: values } = (def.valueType as Node)._zod
      if (values.type !== 'union') break
      return { kind: 'entries', title, names: [names.source, names.flags], loose, value: numberOf(values.options[0]) }
    }
    default:
  }
  throw new Error(`The table of shapes has no row for a zod schema of type ${def.type} without facts.`)
}

/** `min(0)` is `{ check: 'greater_than', value: 0 }`, `regex(x)` `{ check: 'string_format', pattern: x }`. */
const checksOf = ({ _zod: { def } }: Node): ReadonlyMap<string, z.core.$ZodCheckDef & Record<string, unknown>> =>
  new Map((def.checks ?? []).map(({ _zod: check }) => [check.def.check, check.def as never]))

const toTextRow = (node: Node, expected: string | undefined): Record<string, unknown> => {
  const pattern = checksOf(node).get('string_format')?.['pattern'] as RegExp | undefined
  return {
    ...(pattern === undefined ? {} : { pattern: [pattern.source, pattern.flags] }),
    ...(expected === undefined ? {} : { expected }),
  }
}

const toNumberRow = (checks: ReturnType<typeof checksOf>): Row => {
  const [min, max] = ['greater_than', 'less_than'].map((check) => checks.get(check)?.['value'])
  return {
    kind: 'number',
    whole: checks.get('multiple_of')?.['value'] === 1,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }
}
