import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadProject } from '../../../src/core/compose/load.ts'
import { createSources } from '../../../src/system/files.ts'
import { composeCases, disagreement, home, toRequest } from '../../support/compose-cases.ts'
import { unpackCase } from '../../support/reference.ts'

const parent = mkdtempSync(join(tmpdir(), 'cases-'))
afterAll(() => rmSync(parent, { recursive: true }))

test('every case is the same from a disk as from memory', () => {
  const sources = { ...createSources(), home }
  const wrong = composeCases().flatMap((one) => {
    const there = { ...one, folder: unpackCase(one, parent) }
    const why = disagreement(there, loadProject(toRequest(there), sources))
    return why === undefined ? [] : [`${one.name}: ${why}`]
  })
  expect(wrong).toEqual([])
})
