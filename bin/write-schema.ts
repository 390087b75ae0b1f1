// What is made of the schema of a stack file (src/core/compose/schema, in zod) when Stack is built: the table that the
// quick check walks, and the JSON Schema for editors.
import { readFileSync, writeFileSync } from 'node:fs'
import { toJsonSchema } from '../src/core/compose/schema/json-schema.ts'
import { stackFile } from '../src/core/compose/schema/stack-file.ts'
import { toTable } from '../src/core/compose/schema/to-table.ts'

const header = 'Made of the zod schema by `node bin/build.js` (bin/write-schema.ts). Change that, not this.'

/** The table, one row a line, so that a change of the schema is read as a change of lines. */
export const printTable = (): string => {
  const rows = toTable(stackFile).map(({ row }) => JSON.stringify(row))
  return `{"$comment":${JSON.stringify(header)},"rows":[\n${rows.join(',\n')}\n]}\n`
}

/** Writes both anew where they have changed. */
export const writeSchema = (): void => {
  write('../src/core/compose/schema/shape-table.json', printTable())
  write('../templates/stack.schema.json', `${JSON.stringify(toJsonSchema(), null, 2)}\n`)
}

const write = (path: string, text: string): void => {
  const file = new URL(path, import.meta.url)
  if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}
