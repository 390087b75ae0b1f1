import * as z from 'zod'
import type { Entries, Mapping, Shape } from './shape.ts'

const made = new Map<Shape, z.ZodType>()

/** The zod schema of a shape; the same one every time. */
export const zodSchema = (shape: Shape): z.ZodType => {
  const known = made.get(shape)
  if (known !== undefined) return known
  const schema = build(shape)
  made.set(shape, schema)
  return schema
}

const build = (shape: Shape): z.ZodType => {
  switch (shape.kind) {
    case 'text':
      if (shape.words !== undefined) return z.enum(shape.words)
      return shape.pattern === undefined ? z.string() : z.string().regex(shape.pattern)
    case 'number':
      return buildNumber(shape)
    case 'boolean':
      return z.boolean()
    case 'nothing':
      return z.null()
    case 'anything':
      return z.unknown()
    case 'one-of':
      return z.union(shape.options.map(zodSchema))
    case 'list': {
      const items = z.array(zodSchema(shape.item))
      return shape.unique ? items.refine(isUnique, 'Nothing may stand in it twice.') : items
    }
    case 'mapping':
      return buildMapping(shape)
    case 'entries':
      return buildEntries(shape)
  }
}

const isUnique = (items: readonly unknown[]): boolean =>
  new Set(items.map((item) => JSON.stringify(item))).size === items.length

const buildNumber = ({ whole, min, max }: Extract<Shape, { kind: 'number' }>): z.ZodType => {
  let schema = z.number()
  if (whole) schema = schema.multipleOf(1)
  if (min !== undefined) schema = schema.min(min)
  return max === undefined ? schema : schema.max(max)
}

const buildMapping = (shape: Mapping): z.ZodType => {
  const properties: Record<string, z.ZodType> = {}
  for (const [name, { shape: value, required }] of shape.keys) {
    properties[name] = required === true ? zodSchema(value) : zodSchema(value).optional()
  }
  const object = z.looseObject(properties)
  if (shape.loose) return object
  const isAllowed = (name: string): boolean => shape.keys.has(name) || (shape.extensible && name.startsWith('x-'))
  return object.refine((value) => Object.keys(value).every(isAllowed), 'It has a key that does not exist.')
}

const buildEntries = ({ names, loose, value }: Entries): z.ZodType => {
  const item = zodSchema(value)
  const isFine = (record: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(record).every(([name, found]) => (names.test(name) ? item.safeParse(found).success : loose))
  return z.record(z.string(), item.or(z.unknown())).refine(isFine, 'An entry is wrong.')
}
