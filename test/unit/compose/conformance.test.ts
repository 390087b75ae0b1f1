import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { composeCases, disagreement, loadCase } from '../../support/compose-cases.ts'

const cases = composeCases().map((one) => ({ ...one, result: loadCase(one) }))

test('there are the cases of every attribute and rule', () => {
  expect(cases.length).toBeGreaterThan(1300)
})

test.each(cases)(
  '$name is what is recorded: what Docker Compose makes of it, or a known difference',
  ({ result, ...one }) => {
    expect(disagreement(one, result)).toBeUndefined()
  },
)

test('every refusal of ours is recorded with its places, and every difference with its reason and what we do', () => {
  const incomplete = cases.filter(({ recorded, result }) => {
    const { model, refused, differs, ours, problems } = recorded
    if ((model === undefined) === (refused === undefined) || (ours !== undefined && problems !== undefined)) return true
    if (result.ok === (problems !== undefined)) return true
    const otherwise = ours !== undefined || (problems !== undefined && model !== undefined)
    return (
      otherwise !== (differs !== undefined) || differs === '?' || (ours !== undefined && isDeepStrictEqual(ours, model))
    )
  })
  expect(incomplete.map(({ name }) => name)).toEqual([])
})

test('no two cases have one name', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})

test('a refusal points into a file, or names the file, or speaks of the command line', () => {
  const lost = cases.flatMap(({ name, folder, args, result }) => {
    if (result.ok || args.includes('-p')) return []
    return result.problems
      .filter(({ span, message }) => span === undefined && !message.includes(folder))
      .map(({ message }) => `${name}: ${message}`)
  })
  expect(lost).toEqual([])
})
