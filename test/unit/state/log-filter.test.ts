import { expect, it } from 'vitest'
import { parseLogFilter } from '../../../src/core/state/log-filter.ts'
import { findLogLevel, logLevels } from '../../../src/core/state/log-level.ts'

const entry = (text: string, service = 'web') => ({ service, text, level: findLogLevel(text) })
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
  ['cart error', [1]],
  ['"error cart"', [1]],
  ['"cart error"', []],
  ['cart !error', [0]],
  ['cart /2\\d\\d$/', [0]],
  ['level:error', [1]],
  ['level:info', [0, 1, 2]],
  ['!level:error', [0, 2]],
  ['service:db', [2]],
  ['!service:db', [0, 1]],
  ['service:db,web cart', [0, 1]],
  ['service:', [0, 1, 2]],
  ['service: cart', [0, 1]],
  ['level: get', [0]],
  ['db', [2]],
])('%s finds lines %j', (typed, found) => {
  const filter = parseLogFilter(typed)
  expect(lines.flatMap((line, index) => ((filter?.matches(line) ?? true) ? [index] : []))).toEqual(found)
})

it('says of what is no regular expression, and finds nothing', () => {
  const filter = parseLogFilter('/([/')
  expect(lines.filter((line) => filter?.matches(line))).toEqual([])
  expect(filter?.fault).toContain('([')
})

it('names the levels where there is none of that name, and finds nothing', () => {
  const filter = parseLogFilter('level:loud')
  expect([filter?.fault, filter?.matches(lines[1]!)]).toEqual([
    'level:loud is none of trace, debug, info, warn, error, fatal',
    false,
  ])
})

it('takes the least level from a key as well', () => {
  expect(lines.map((line) => parseLogFilter('', logLevels.warn)?.matches(line))).toEqual([false, true, false])
})

it.each(['', '!', '  ', 'service:', 'level:'])('%j lets everything through', (typed) => {
  expect(parseLogFilter(typed)).toBeUndefined()
})

it('says where it matches', () => {
  expect(parseLogFilter('a.')?.find('a. b a.')).toEqual([
    [0, 2],
    [5, 7],
  ])
  expect(parseLogFilter('b a. service:web')?.find('a. b a.')).toEqual([
    [0, 2],
    [3, 4],
    [5, 7],
  ])
  expect(parseLogFilter('!a')?.find('a')).toEqual([])
})
