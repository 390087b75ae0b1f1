import * as z from 'zod'
import type { Shape } from './shape.ts'
import { fileReferences, hook } from './forms.ts'
import { build } from './build.ts'
import { service } from './service.ts'
import { config, network, secret, stackFile, volume } from './stack-file.ts'
import { zodSchema } from './zod-schema.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** Shapes that are written once and referred to. */
const named: Readonly<Record<string, Shape>> = {
  service,
  build,
  network,
  volume,
  config,
  secret,
  hook,
  file_references: fileReferences,
}

/** The JSON Schema (draft 7) of a stack file, made from the zod schema: editors complete, check and explain with it. */
export const toJsonSchema = (): JsonSchema => {
  const shapes = new Map<z.core.$ZodType, Shape>()
  const ids = z.registry<{ id?: string }>()
  collect(stackFile, shapes)
  for (const [id, shape] of Object.entries(named)) ids.add(zodSchema(shape), { id })
  const schema = z.toJSONSchema(zodSchema(stackFile), {
    target: 'draft-7',
    io: 'input',
    metadata: ids,
    override: ({ zodSchema: made, jsonSchema }) => {
      const shape = shapes.get(made)
      if (shape !== undefined) refine(jsonSchema as Record<string, unknown>, shape)
    },
  })
  const { $schema, ...rest } = schema as Record<string, unknown>
  return {
    $schema,
    title: 'Stack file',
    description: 'A stack file: a Compose file, read as Docker Compose reads it, with the tiers of Stack.',
    ...rest,
  }
}

const collect = (shape: Shape, shapes: Map<z.core.$ZodType, Shape>): void => {
  const schema = zodSchema(shape)
  if (shapes.has(schema)) return
  shapes.set(schema, shape)
  if (shape.kind === 'mapping') for (const key of shape.keys.values()) collect(key.shape, shapes)
  if (shape.kind === 'entries') collect(shape.value, shapes)
  if (shape.kind === 'list') collect(shape.item, shapes)
  if (shape.kind === 'one-of') for (const option of shape.options) collect(option, shapes)
}

/** What zod checks with functions, which JSON Schema has words for. */
const refine = (json: Record<string, unknown>, shape: Shape): void => {
  if (shape.kind === 'mapping') {
    describeKeys(json, shape.keys)
    json['additionalProperties'] = shape.loose
    if (shape.extensible) json['patternProperties'] = { '^x-': {} }
  }
  if (shape.kind === 'entries') {
    const value = (json['additionalProperties'] as { anyOf?: readonly unknown[] }).anyOf?.[0] ?? {}
    json['patternProperties'] = { [shape.names.source]: value }
    json['additionalProperties'] = shape.loose
    delete json['propertyNames']
  }
  if (shape.kind === 'list' && shape.unique) json['uniqueItems'] = true
  if (shape.kind === 'number' && shape.whole) {
    json['type'] = 'integer'
    delete json['multipleOf']
  }
}

const describeKeys = (
  json: Record<string, unknown>,
  keys: ReadonlyMap<string, { description: string; deprecated?: boolean }>,
): void => {
  const properties = json['properties'] as Record<string, Record<string, unknown>>
  for (const [name, { description, deprecated }] of keys) {
    const property = properties[name]
    if (property !== undefined)
      properties[name] = { description, ...(deprecated === true ? { deprecated } : {}), ...property }
  }
}
