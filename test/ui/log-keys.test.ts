import { afterEach, describe, expect, it } from 'vitest'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { probing, running, start, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

/** The made-up stack when it is up; the keyboard is in the log. */
const showLog = async (options?: ShowOptions) => {
  const shown = showDashboard(toEvents(starting, probing, running), options)
  open.push(shown)
  await shown.shows('12 lines')
  await shown.press('\t', 'f follow')
  return shown
}

const write = (shown: ShownDashboard, service: string, ...texts: readonly string[]) =>
  shown.apply({
    type: 'log/written',
    service,
    container: `${service}1`,
    stream: 'stdout',
    lines: texts.map((text, index) => ({ text, at: start + 50_000 + index })),
  })

const trace = [
  'TypeError: no such cart',
  '    at applyCoupon (/app/node_modules/shop/coupon.js:41:17)',
  '    at checkout (/app/src/checkout.js:12:3)',
  '    at run (/app/src/queue.js:88:5)',
  '    at node:internal/main:9:1',
]

/** Words typed for the filter or the search, and kept. Enter goes by itself: in one piece with words it would be a paste. */
const typed = async (shown: ShownDashboard, sign: '/' | '#', words: string, ...shows: readonly string[]) => {
  await shown.press(sign, ' _')
  await shown.press(words, `${words}_`)
  return shown.press('\r', `!${words}_`, ...shows)
}

const escape = '\u001b'

describe('the filter', () => {
  it.each([
    ['GET !cart', ['GET / 200', 'app.css'], ['/cart', 'postgres', 'schema']],
    ['/00[12]_\\w+/', ['001_schema', '002_seed'], ['queue is up', 'GET']],
    ['service:api', ['listening on :3000'], ['GET', '001_schema']],
    ['service:web,migrate !get', ['001_schema', 'done'], ['GET', 'queue is up']],
    ['level:warn', ['disk is nearly full', 'cannot reach the mail server'], ['GET', 'queue is up']],
  ])('%s', async (words, shows, hides) => {
    const shown = await showLog()
    write(shown, 'worker', 'WARN disk is nearly full', 'ERROR cannot reach the mail server')
    await shown.shows('14 lines')
    await typed(shown, '/', words, ...shows, ...hides.map((text) => `!${text}`))
  })

  it('says what is wrong with an expression', async () => {
    const shown = await showLog()
    await typed(shown, '/', '/(/', 'no regular expression: ')
  })
})

describe('a search', () => {
  it('marks and counts, hides nothing, and goes round with n and N', async () => {
    const shown = await showLog()
    await shown.press('#get', 'log · all services ⌕ get_', '3 matches', 'queue is up')
    await shown.press('\r', 'match 3/3', '▸GET /cart', 'queue is up')
    await shown.press('N', 'match 2/3', '▸GET /assets')
    await shown.press('NN', 'match 3/3', 'Last match again.')
    await shown.press('n', 'match 1/3', 'First match again.', '▸GET / 200')
    await shown.press('n', 'match 2/3', '!First match again.')
    await shown.press(escape, 'following', '3 matches')
    await shown.press(escape, '!matches')
  })

  it('says that it finds nothing', async () => {
    const shown = await showLog()
    await typed(shown, '#', 'nowhere', 'no match', 'The log has no match.')
  })

  it('becomes a filter with tab, and a filter a search', async () => {
    const shown = await showLog()
    await shown.press('#cart', '⌕ cart_', 'queue is up', 'tab filter or search')
    await shown.press('\t', '/ cart_', '!queue is up', '1 of 12 lines')
    await shown.press('\t', '⌕ cart_', 'queue is up')
  })

  it('is brought back with the arrows', async () => {
    const shown = await showLog()
    await typed(shown, '/', 'schema', '!queue is up')
    await shown.press(escape, 'queue is up')
    await shown.press(`/${escape}[A`, '/ schema_', '!queue is up')
    await shown.press(`${escape}[B`, '/ _', 'queue is up')
  })
})

it('typing in a screen offers no key that is the log’s alone', async () => {
  const shown = await showLog()
  await shown.press(':re', '/ re_', '!tab filter or search')
  await shown.press(escape, 'f follow')
  await shown.press('/', 'tab filter or search')
})

describe('what is grave', () => {
  it('E goes from error to error, and n without a search, too', async () => {
    const shown = await showLog()
    await shown.press('E', 'The log has no error.')
    write(shown, 'worker', 'ERROR first', 'between', 'ERROR second')
    await shown.shows('ERROR second')
    await shown.press('E', '▸ERROR first')
    await shown.press('E', '▸ERROR second')
    await shown.press('E', '▸ERROR first', 'First error again.')
    await shown.press('n', '▸ERROR second')
    await shown.press('N', '▸ERROR first')
  })

  it('l shows ever graver lines, and then all again', async () => {
    const shown = await showLog()
    write(shown, 'worker', 'DEBUG detail', 'INFO told', 'WARN doubt', 'ERROR broken')
    await shown.shows('ERROR broken')
    await shown.press('l', 'The log shows info and graver.', '≥ info', '!DEBUG detail')
    await shown.press('l', '≥ warn', '!INFO told', 'WARN doubt', '2 of 16 lines')
    await shown.press('l', '≥ error', '!WARN doubt', 'ERROR broken')
    await shown.press('l', 'The log shows all levels.', 'DEBUG detail', '!≥')
  })
})

it('J shows JSON as message and fields, a row for each field, and as it was written', async () => {
  const shown = await showLog()
  const json = '{"level":"warn","msg":"slow","ms":812,"of":"db"}'
  write(shown, 'api', json)
  await shown.shows('WARN  slow  ms=812 of=db', '!{"level"')
  await shown.press('J', 'JSON with a row for each field.', 'ms  812', 'of  db', '!ms=812')
  await shown.press('J', 'JSON as it was written.', json)
  await shown.press('J', 'JSON as level, message and fields.', 'ms=812', '!{"level"')
})

describe('a stack trace', () => {
  it('is folded to the first frame of the program itself, and unfolded with enter', async () => {
    const shown = await showLog()
    write(shown, 'worker', ...trace)
    await shown.shows('TypeError: no such cart', 'at checkout', '+3 frames', '!at applyCoupon')
    await shown.press('\r', 'at applyCoupon', 'at run', 'at node:internal', '!frames')
    await shown.press('\r', '+3 frames', '!at applyCoupon')
  })

  it('is unfolded alone where the cursor is on it', async () => {
    const shown = await showLog()
    write(shown, 'worker', ...trace)
    write(shown, 'api', ...trace.map((text) => text.replace('cart', 'user')))
    await shown.shows('no such user', 'no such cart')
    await shown.press('E', '▸TypeError')
    const screen = await shown.press('\r', 'at applyCoupon')
    expect(screen.match(/\+3 frames/g)).toHaveLength(1)
  })

  it('is unfolded where a search finds one of its frames', async () => {
    const shown = await showLog()
    write(shown, 'worker', ...trace)
    await shown.shows('no such cart')
    await typed(shown, '#', 'applycoupon', 'at applyCoupon', 'match 1/1')
  })
})

describe('copies', () => {
  it('y copies the last line, with its trace, as it was written', async () => {
    const shown = await showLog()
    await shown.press('y', 'Copied 1 line.')
    write(shown, 'worker', ...trace)
    await shown.shows('no such cart')
    await shown.press('y', 'Copied 5 lines.')
    expect(shown.copied).toEqual(['queue is up, concurrency 4', trace.join('\n')])
  })

  it('y copies what was selected with v, and keeps colours out', async () => {
    const shown = await showLog()
    write(shown, 'api', '\u001b[31mred\u001b[0m', 'plain')
    await shown.shows('plain')
    await shown.press('v', '▸plain')
    await shown.press('k', '▸red', '▸plain')
    await shown.press('y', 'Copied 2 lines.', '▸red', '!▸plain')
    expect(shown.copied).toEqual(['12:00:50.000 api red\n12:00:50.001 api plain'])
  })

  it('leaves out times that are not shown, and ends a selection with esc', async () => {
    const shown = await showLog()
    await shown.press('TT', '!12:00:04.700')
    await shown.press('vk', '▸GET /cart', '▸queue is up')
    await shown.press(escape, '!▸queue is up', '▸GET /cart')
    await shown.press('vjy', 'Copied 2 lines.')
    expect(shown.copied).toEqual(['web GET /cart 200 in 14 ms\nworker queue is up, concurrency 4'])
  })

  it('S saves all that the filter lets through, with what happened', async () => {
    const shown = await showLog()
    await typed(shown, '/', 'service:web !assets', '2 of 12 lines')
    await shown.press('S', 'Saved')
    expect(shown.saved).toEqual([
      {
        name: 'shop-2026-01-02T120100.log',
        lines: [
          '2026-01-02T12:00:04.400Z web started',
          '2026-01-02T12:00:04.600Z web GET / 200 in 3 ms',
          '2026-01-02T12:00:04.602Z web GET /cart 200 in 14 ms',
        ],
      },
    ])
  })
})

it('m draws a line behind the last one, and counts them', async () => {
  const shown = await showLog()
  await shown.press('m', '── marker 1 12:01:00.000 ─')
  write(shown, 'worker', 'and on')
  await shown.press('m', '── marker 2')
  const rows = (await shown.shows('and on')).split('\n').filter((row) => /marker|and on|queue/.test(row))
  expect(rows.map((row) => /marker \d|and on|queue/.exec(row)?.[0])).toEqual([
    'queue',
    'marker 1',
    'and on',
    'marker 2',
  ])
})

it('a marker is not seen where the line before it is not', async () => {
  const shown = await showLog()
  write(shown, 'worker', 'last word')
  await shown.shows('last word')
  await shown.press('m', '── marker 1')
  await shown.press('kk', '!last word', '!marker 1', 'PAUSED, 2 below')
  await shown.press('G', 'last word', '── marker 1')
})

describe('clearing', () => {
  it('C begins anew, and esc brings back what was there', async () => {
    const shown = await showLog()
    await shown.press('C', 'Cleared: esc brings the lines back.', '· cleared', '0 lines', '!queue is up')
    write(shown, 'worker', 'fresh')
    await shown.shows('fresh', '1 line ')
    await shown.press(escape, 'queue is up', 'fresh', '13 lines', '!cleared')
  })

  it('all is shown again by the action without a key, too', async () => {
    const shown = await showLog()
    await shown.press('C', '!queue is up')
    await shown.press(':', 'all actions')
    await shown.press('cleared', 'Show again what was cleared', '!Restart the service')
    await shown.press('\r', 'queue is up', '!· cleared')
  })
})

it('T shows times of day, how long ago, and none', async () => {
  const shown = await showLog()
  await shown.shows('12:00:04.700 worker')
  await shown.press('T', ' 55s worker', '!12:00:04.700')
  await shown.press('T', '! 55s worker', '!12:00:04.700', 'queue is up')
  await shown.press('T', '12:00:04.700 worker')
})

it('a pause counts what comes meanwhile, under a filter what passes it', async () => {
  const shown = await showLog()
  await shown.press(' ', 'PAUSED', '!following')
  write(shown, 'worker', 'one', 'two')
  await shown.shows('PAUSED +2 new', '!two')
  await shown.press(' ', 'following', 'two')
  await typed(shown, '/', 'get', '3 of 14 lines')
  await shown.press('f', 'PAUSED')
  write(shown, 'web', 'GET /late', 'POST /late')
  await shown.shows('PAUSED +1 new', '4 of 16 lines', '!/late')
  await shown.press('f', 'following', 'GET /late', '!POST')
})
