import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toJsonSchema } from '../../../../src/core/compose/schema/json-schema.ts'

type Json = { readonly [key: string]: unknown }

test('the published JSON Schema is up to date', () => {
  const published = readFileSync(new URL('../../../../templates/stack.schema.json', import.meta.url), 'utf8')
  expect(published).toBe(`${JSON.stringify(toJsonSchema(), null, 2)}\n`)
})

test('every key of every mapping has a description of its own', () => {
  const bare: string[] = []
  const visit = (json: unknown, path: string): void => {
    if (typeof json !== 'object' || json === null) return
    const { properties } = json as Json
    if (typeof properties === 'object' && properties !== null) {
      for (const [name, property] of Object.entries(properties)) {
        const { description } = property as Json
        if (typeof description !== 'string' || !/[.…]$/.test(description)) bare.push(`${path}.${name}`)
      }
    }
    for (const [name, value] of Object.entries(json)) visit(value, `${path}.${name}`)
  }
  visit(toJsonSchema(), '')
  expect(bare).toEqual([])
})

test('keys of one’s own are allowed where the specification allows them, and no others', () => {
  const schema = toJsonSchema()
  expect(schema['additionalProperties']).toBe(false)
  expect(schema['patternProperties']).toEqual({ '^x-': {} })
  const service = (schema['definitions'] as Json)['service'] as Json
  expect(service['additionalProperties']).toBe(false)
  expect(Object.keys(service['properties'] as Json)).toHaveLength(95)
})
