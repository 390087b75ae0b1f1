import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadProject } from '../../../src/core/compose/load.ts'
import { casesFolder, configModel, differences, home } from '../../support/compose-cases.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

/** A small stack file, and what `docker compose config --format json` prints of it, or that it is refused. */
type Row = {
  readonly text: string
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly refused?: true
  readonly model?: unknown
}

const directory = '/samples/project'
const rows: readonly Row[] = readFileSync(join(casesFolder, '../compose-matrix.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) =>
    JSON.parse(line.replaceAll('{dir}', directory).replaceAll('{project}', 'project').replaceAll('{home}', home)),
  )

/** Where the reference is at fault, or prints what nobody can use, and we do otherwise. */
const faults: readonly { readonly text: RegExp; readonly why: string }[] = [
  { text: /\bpid: (null|~)$|additional_contexts: \{b: \}/m, why: 'it ends in a stack trace' },
  {
    text: /(labels|environment|annotations|sysctls|ulimits): \{x-a: 1\}/,
    why: 'it loses a value whose name starts with x-',
  },
  { text: /: \.(inf|nan)$/m, why: 'it takes an infinite number for -2^63' },
  { text: /_period: \.|\.inf\]/, why: 'it takes an infinite number for -2^63, and cannot print one' },
  { text: /ssh: (\{x: y\}|"default=x"|\[a\])/, why: 'it cannot print SSH keys with a path as JSON' },
  {
    text: /^include: \[(null|\{\}|\{x: y\}|2001-01-01|\{path: \[\]\})\]/m,
    why: 'it lets an include without a path pass',
  },
  { text: /options: \{a: \[\]\}/, why: 'it leaves an option without values out' },
  { text: /models: \{"a b": 5\}/, why: 'a model with a name that no service can use' },
  { text: /hostname: [-?!]/, why: 'readers of YAML differ about marks before a flow mapping ends' },
]

const disagreement = ({ text, files = {}, env = {}, refused, model }: Row): string | undefined => {
  const paths = Object.fromEntries(
    Object.entries({ 'compose.yaml': text, ...files }).map(([name, content]) => [`${directory}/${name}`, content]),
  )
  const result = loadProject(
    { files: ['compose.yaml'], workingDirectory: directory, environment: { HOME: home, ...env } },
    createMemorySources(paths, home),
  )
  if (refused === true) return result.ok ? 'accepted, and the reference refuses it' : undefined
  if (!result.ok) return `refused: ${result.problems.map(({ message }) => message).join(' / ')}`
  return differences(model, configModel(result))[0]
}

test(`${rows.length} small files mean what Docker Compose makes of them`, { timeout: 60_000 }, () => {
  expect(rows.length).toBeGreaterThan(6000)
  const wrong = rows.flatMap((row) => {
    const why = disagreement(row)
    return why === undefined || faults.some(({ text }) => text.test(row.text)) ? [] : [`${row.text}  ${why}`]
  })
  expect(wrong).toEqual([])
})
