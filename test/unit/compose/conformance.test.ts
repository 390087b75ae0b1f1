import { expect, test } from 'vitest'
import { composeCases, disagreement, loadCase } from '../../support/compose-cases.ts'

const cases = composeCases().map((one) => ({ ...one, result: loadCase(one) }))

test('there are the cases of every attribute and rule', () => {
  expect(cases.length).toBeGreaterThan(1300)
})

test.each(cases)('$name means what Docker Compose makes of it', ({ result, ...one }) => {
  expect(disagreement(one, result)).toBeUndefined()
})

test('a refusal points into a file, or names the file, or speaks of the command line', () => {
  const lost = cases.flatMap(({ name, folder, request, result }) => {
    if (result.ok || request.projectName !== undefined) return []
    return result.problems
      .filter(({ span, message }) => span === undefined && !message.includes(folder))
      .map(({ message }) => `${name}: ${message}`)
  })
  expect(lost).toEqual([])
})
