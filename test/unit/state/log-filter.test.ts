import { expect, it } from 'vitest'
import { parseLogFilter } from '../../../src/core/state/log-filter.ts'
import type { LogEntry } from '../../../src/core/state/log-source.ts'

const entry = (text: string, service = 'web'): LogEntry => ({
  id: 1,
  at: 0,
  order: 0,
  service,
  container: 'a',
  stream: 'stdout',
  text,
})
const lines = [entry('GET /cart 200'), entry('\u001b[31mERROR\u001b[0m cart is empty'), entry('checkpoint', 'db')]

it.each([
  ['cart', [0, 1]],
  ['ERR', [1]],
  ['err', [1]],
  ['Cart', []],
  ['!cart', [2]],
  ['/c.rt (is|are)/', [1]],
  ['/cart .*(200|empty)/', [0, 1]],
  ['error cart', [1]],
  ['db', [2]],
])('%s finds lines %j', (typed, found) => {
  const filter = parseLogFilter(typed)
  expect(lines.flatMap((line, index) => (filter?.matches(line) ? [index] : []))).toEqual(found)
})

it('says of what is no regular expression, and finds nothing', () => {
  const filter = parseLogFilter('/([/')
  expect(lines.filter((line) => filter?.matches(line))).toEqual([])
  expect(filter?.fault).toContain('([')
})

it.each(['', '!'])('%j lets everything through', (typed) => {
  expect(parseLogFilter(typed)).toBeUndefined()
})

it('says where it matches', () => {
  expect(parseLogFilter('a.')?.find('a. b a.')).toEqual([
    [0, 2],
    [5, 7],
  ])
  expect(parseLogFilter('!a')?.find('a')).toEqual([])
})
