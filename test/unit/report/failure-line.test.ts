import { expect, test } from 'vitest'
import { toFailureLine, type FailureInput } from '../../../src/report/failure-line.ts'
import { noPaint } from '../../../src/report/paint.ts'

const line = (more: Partial<FailureInput>): string =>
  toFailureLine({ title: 'up', project: 'shop', failed: [], skipped: 0, ms: 1234, paint: noPaint, ...more })

test.each([
  [{ failed: ['shop-web-1'], skipped: 1 }, '✘ shop: up failed at shop-web-1; 1 step after it was not done (1.2s)'],
  [
    { failed: ['shop-web-1', 'image api:1'], skipped: 4 },
    '✘ shop: up failed at shop-web-1, image api:1; 4 steps after them were not done (1.2s)',
  ],
  [{ failed: ['a', 'b', 'a', 'c', 'd', 'e'] }, '✘ shop: up failed at a, b, c and 2 more (1.2s)'],
  [{ title: 'down' }, '✘ shop: down failed (1.2s)'],
])('%o', (more, expected) => {
  expect(line(more)).toBe(expected)
})
