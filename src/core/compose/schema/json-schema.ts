import * as z from 'zod'
import { stackFile } from './stack-file.ts'
import { facts } from './zod-words.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** The JSON Schema (draft 7) of a stack file, made from the zod schema: editors complete, check and explain with it. */
export const toJsonSchema = (): JsonSchema => {
  const { $schema, ...rest } = z.toJSONSchema(stackFile, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => refine(jsonSchema as Record<string, unknown>, zodSchema),
  }) as Record<string, unknown>
  return {
    $schema,
    title: 'Stack file',
    description: 'A stack file: a Compose file, read as Docker Compose reads it, with the tiers of Stack.',
    ...rest,
  }
}

/** What zod checks with functions, which JSON Schema has words for. */
const refine = (json: Record<string, unknown>, schema: z.core.$ZodTypes): void => {
  const fact = facts.get(schema as never)
  if (fact?.form === 'mapping') {
    json['additionalProperties'] = fact.loose
    if (fact.extensible) json['patternProperties'] = { '^x-': {} }
  }
  if (fact?.form === 'entries') {
    const value = (json['additionalProperties'] as { anyOf?: readonly unknown[] }).anyOf?.[0] ?? {}
    json['patternProperties'] = { [fact.names.source]: value }
    json['additionalProperties'] = fact.loose
    delete json['propertyNames']
  }
  if (fact?.form === 'unique') json['uniqueItems'] = true
  if (schema._zod.def.type === 'number' && json['multipleOf'] === 1) {
    json['type'] = 'integer'
    delete json['multipleOf']
  }
}
