import { expect, test } from 'vitest'
import { disagreement, loadCase, matrixCases } from '../../support/compose-cases.ts'

const rows = matrixCases()

test(`${rows.length} small files are what is recorded of them`, { timeout: 60_000 }, () => {
  expect(rows.length).toBeGreaterThan(6000)
  const wrong = rows.flatMap((row) => {
    const why = disagreement(row, loadCase(row))
    return why === undefined ? [] : [`${row.name} ${row.files['compose.yaml']}  ${why}`]
  })
  expect(wrong).toEqual([])
})

test('a known difference has its reason, and what we do', () => {
  const incomplete = rows.filter(({ recorded: { differs, ours, problems } }) =>
    differs === undefined ? (ours ?? problems) !== undefined : differs === '?' || (ours ?? problems) === undefined,
  )
  expect(incomplete.map(({ name }) => name)).toEqual([])
})
