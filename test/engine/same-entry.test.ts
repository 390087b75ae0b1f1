import { expect, test } from 'vitest'
import type { SourceEntry } from '../../src/engine/ports/source-files.ts'
import { hasChangedSince, isYoung } from '../../src/engine/sync/same-entry.ts'

const anEntry = (mtimeMs: number, ctimeMs = mtimeMs): SourceEntry => ({
  kind: 'file',
  mode: 0o644,
  size: 1,
  mtimeMs,
  ctimeMs,
  inode: 1,
  links: 1,
})

test('what has just changed may change again unseen; what has a time that is yet to come has another one then', () => {
  expect(isYoung(anEntry(9_990.5), 10_000)).toBe(true)
  expect(isYoung(anEntry(1_000.5, 9_990.5), 10_000)).toBe(true)
  expect(isYoung(anEntry(9_900.5), 10_000)).toBe(false)
  expect(isYoung(anEntry(99_000.5, 9_900.5), 10_000)).toBe(false)
})

test('a change is told by the clock of the file system, which lags, or counts in seconds', () => {
  expect(hasChangedSince(anEntry(10_000.5), 10_000)).toBe(true)
  expect(hasChangedSince(anEntry(9_990.5), 10_000)).toBe(true)
  expect(hasChangedSince(anEntry(9_900.5), 10_000)).toBe(false)
  expect(hasChangedSince(anEntry(99_000.5, 9_900.5), 10_000)).toBe(false)
  expect(hasChangedSince(anEntry(9_000), 10_500)).toBe(true)
})
