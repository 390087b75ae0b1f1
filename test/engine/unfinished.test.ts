import { expect, test } from 'vitest'
import { createUnfinished } from '../../src/engine/sync/unfinished.ts'
import { type SourceEntry } from '../../src/engine/ports/source-files.ts'

const aFile = (inode: number, at: number): SourceEntry => ({
  kind: 'file',
  mode: 0o644,
  size: 10,
  mtimeMs: at,
  ctimeMs: at,
  inode,
  links: 1,
})

test('who has files open is asked of a few, and not again and again of those that come by the hundred', () => {
  let now = 1_000_000
  const asked: number[] = []
  const unfinished = createUnfinished({
    files: { findOpen: (paths) => (asked.push(paths.length), new Set()) },
    contents: { mayContinue: () => true },
    clock: { now: () => now },
  })
  let next = 0
  const come = (count: number, after: number): number => {
    now += after
    const candidates = Array.from({ length: count }, () => {
      next += 1
      return { path: `/work/${next}`, entry: aFile(next, now), before: undefined }
    })
    return unfinished.check(candidates, { isEarly: false }).size
  }
  expect([come(3, 0), come(120, 50), come(120, 50), come(120, 50), come(5, 150)]).toEqual([0, 0, 0, 0, 0])
  expect(asked).toEqual([3, 120])
  come(4, 250)
  expect(asked).toEqual([3, 120, 4])
})
