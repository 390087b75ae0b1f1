import { expect, test } from 'vitest'
import { loadDocument } from '../../../src/core/compose/load.ts'
import { takenVariables } from '../../../src/core/compose/print/document-variables.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const taken = (text: string): readonly string[] => {
  const sources = createMemorySources({ '/app/compose.yaml': text })
  const loaded = loadDocument({ workingDirectory: '/app', environment: {} }, sources)
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))
  return takenVariables(loaded.model).map((each) => `${each.name}${each.default === '' ? '' : `=${each.default}`}`)
}

test.each([
  ['services: { web: { image: "a:${TAG:-1}", command: "$$HOME ${B}" } }', 'B TAG=1'],
  ['services: { web: { image: a, environment: [BARE, "SET=1", "C=${D}"] } }', 'BARE D'],
  ['services: { web: { image: a, environment: { BARE: , SET: 1 } } }', 'BARE'],
  ['services: { web: { build: { context: ., args: [BARE, "SET=1"] } } }', 'BARE'],
  ['services: { web: { build: { context: ., args: { BARE: } } } }', 'BARE'],
  ['services: { web: { image: a, secrets: [s] } }\nsecrets: { s: { environment: BARE } }', 'BARE'],
  ['services: { web: { image: a } }\nconfigs: { s: { content: "${X}" } }', 'X'],
  ['services: { web: { image: a, environment: { A: b }, labels: [c, d] } }', ''],
])('%s takes %s', (text, expected) => expect(taken(text).join(' ')).toBe(expected))
