import { afterEach, describe, expect, it } from 'vitest'
import type { StackEvent } from '../../src/core/events/event.ts'
import { keymap } from '../../src/ui/keys/keymap.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { eventually } from '../support/eventually.ts'
import { probing, running, start, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
const show = (options?: ShowOptions) => showEvents(toEvents(starting, probing, running), options)
const showEvents = (events: readonly StackEvent[], options?: ShowOptions) => {
  const shown = showDashboard(events, options)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const sentBy = async (keys: string, count = 1) => {
  const shown = show()
  await shown.shows('help')
  shown.tty.type(keys)
  await eventually(() => expect(shown.sent).toHaveLength(count))
  return shown.sent
}

describe('keys of a service', () => {
  it.each([
    ['r', { type: 'restart', services: ['web'] }],
    ['jr', { type: 'restart', services: ['api'] }],
    ['\u001b[BR', { type: 'rebuild', services: ['api'] }],
    ['jkxy', { type: 'kill', services: ['web'] }],
    ['jx\r', { type: 'kill', services: ['api'] }],
    ['s', { type: 'stop', services: ['web'] }],
    ['jjjs', { type: 'start', services: ['migrate'] }],
    ['jjjjjjjjs', { type: 'stop', services: ['db'] }],
  ])('%j', async (keys, command) => {
    expect(await sentBy(keys)).toEqual([command])
  })

  it('asks before it kills', async () => {
    const shown = show()
    await shown.press('x', 'kill web', 'save nothing', 'y kill it', 'stay here')
    await shown.press('\u001b', '!kill web')
    await shown.press('x', 'kill web')
    await shown.press('xn', '!kill web')
    await shown.press('jjjx', 'migrate does not run.')
    expect(shown.sent).toEqual([])
  })

  it('open and copy its address', async () => {
    const shown = show()
    await shown.press('o', 'Opening http://localhost:8080')
    await shown.press('c', 'Copied http://localhost:8080')
    expect([shown.opened, shown.copied]).toEqual([['http://localhost:8080'], ['http://localhost:8080']])
    await shown.press('jjjjo', 'localhost:5432 does not look like a web page')
    await shown.press('kko', 'worker publishes no port.')
    expect(shown.opened).toHaveLength(1)
  })
})

describe('what is pasted', () => {
  const paste = (text: string) => `\u001b[200~${text}\u001b[201~`

  it('is no command, whatever it holds', async () => {
    const shown = show()
    await shown.press(paste('xyqsd\rx\ry'), 'Pasted text is no command')
    await shown.press('q', 'quit shop')
    shown.tty.type(paste('sdq'))
    await shown.press('\u001b', '!quit shop')
    expect(shown.sent).toEqual([])
  })

  it('goes into the filter that is being typed, its first line alone', async () => {
    const shown = show()
    await shown.press('/', 'log · all services /')
    await shown.press(paste('GET /ca\u0007rt\nqx'), '/ GET /cart_', '!postgres')
    expect(shown.sent).toEqual([])
  })

  it('is recognised without marks, where a terminal sends none', async () => {
    const shown = show()
    await shown.press('export QUIT=xsd\r', 'Pasted text is no command')
    expect(shown.sent).toEqual([])
  })
})

describe('leaving', () => {
  it('asks before it stops anything', async () => {
    const shown = show()
    await shown.press('q', 'quit shop', '4 services are running', 'enter leave them running', 's stop everything')
    await shown.press('\u001b', '!quit shop')
    expect(shown.sent).toEqual([])
    await shown.press('q', 'quit shop')
    await shown.press('s', '!quit shop')
    expect(shown.sent).toEqual([{ type: 'quit', force: false }])
  })

  it('leaves everything running with Enter, and with no other key twice', async () => {
    expect(await sentBy('qq\r')).toEqual([{ type: 'detach' }])
  })

  it('detaches with d', async () => {
    expect(await sentBy('d')).toEqual([{ type: 'detach' }])
  })

  it('leaves with Ctrl-C what was only opened, and stops it when that is asked for', async () => {
    const [started, ...rest] = toEvents(starting, probing, running)
    const open = (): ShownDashboard => showEvents([{ ...started!, opened: true } as StackEvent, ...rest])
    const left = open()
    await left.shows('help')
    left.tty.type('\u0003')
    await eventually(() => expect(left.sent).toEqual([{ type: 'detach' }]))
    const stopped = open()
    await stopped.press('q', 'quit shop')
    await stopped.press('s', '!quit shop')
    stopped.tty.type('\u0003')
    await eventually(() =>
      expect(stopped.sent).toEqual([
        { type: 'quit', force: false },
        { type: 'quit', force: true },
      ]),
    )
  })

  it('leaves with q at once where nothing of what was opened runs, and says that it has stopped', async () => {
    const [started] = toEvents(starting)
    const shown = showEvents([{ ...started!, opened: true } as StackEvent])
    shown.apply({ type: 'session/changed', phase: 'running' })
    await shown.shows('shop   stopped')
    shown.tty.type('q')
    await eventually(() => expect(shown.sent).toEqual([{ type: 'detach' }]))
  })

  it('goes to the list of projects with P', async () => {
    const shown = show()
    await shown.shows('help')
    shown.tty.type('P')
    await eventually(() => expect(shown.listed()).toBe(1))
    shown.apply({ type: 'session/changed', phase: 'stopping' })
    await shown.press('P', 'shop is being stopped')
    expect(shown.listed()).toBe(1)
  })

  it('stops on the first Ctrl-C and kills on the second', async () => {
    expect(await sentBy('\u0003\u0003', 2)).toEqual([
      { type: 'quit', force: false },
      { type: 'quit', force: true },
    ])
  })

  it('kills on the first Ctrl-C when it stops already, and says so', async () => {
    const shown = show()
    shown.apply({ type: 'session/changed', phase: 'stopping' })
    await shown.shows('Ctrl-C again kills')
    shown.tty.type('\u0003')
    await eventually(() => expect(shown.sent).toEqual([{ type: 'quit', force: true }]))
  })
})

describe('a question', () => {
  it.each([
    ['y', true],
    ['n', false],
    ['\r', false],
  ])('is answered by %j', async (key, yes) => {
    const shown = show()
    shown.apply({ type: 'question/asked', id: 'volumes', text: 'Remove the volume shop_data?', fallback: false })
    await shown.shows('Remove the volume shop_data?', 'y yes', 'Without an answer: no.')
    shown.tty.type(key)
    await eventually(() => expect(shown.sent).toEqual([{ type: 'answer', id: 'volumes', yes }]))
    shown.apply({ type: 'question/answered', id: 'volumes', yes })
    await shown.shows('!Remove the volume', 'r restart')
  })
})

it('a word about the last key leaves the keys where they are, also where there is little room', async () => {
  const shown = show()
  const before = await shown.shows('q quit')
  const after = await shown.press('u', 'no edit to apply')
  expect(after.split('\n').at(-1)).toBe(before.split('\n').at(-1))
  const small = show({ columns: 50, rows: 8 })
  await small.shows('q quit')
  expect((await small.press('jjjo', 'publishes no port')).split('\n').at(-1)).toBe(
    ' migrate publishes no port.        q quit  ? help',
  )
})

it('u applies an edit of the stack file, where there is one', async () => {
  const shown = show()
  await shown.press('u', 'no edit to apply')
  expect(shown.sent).toEqual([])
  shown.apply({ type: 'edit/proposed', changes: [{ what: 'recreate web' }], losses: [] })
  await shown.shows('u apply the edit')
  shown.tty.type('u')
  await eventually(() => expect(shown.sent).toEqual([{ type: 'apply' }]))
  shown.apply({ type: 'edit/proposed', changes: [], losses: [] })
  await shown.shows('!apply the edit')
})

describe('the log', () => {
  const flood = (shown: ShownDashboard, count: number) =>
    shown.apply({
      type: 'log/written',
      service: 'web',
      container: 'web1',
      stream: 'stdout',
      lines: Array.from({ length: count }, (_, index) => ({ text: `line ${index}.`, at: start + 50_000 + index })),
    })

  it('shows the chosen service alone', async () => {
    const shown = show()
    await shown.press('jjj\r', 'log · migrate', '001_schema', '!listening on :3000')
    await shown.press('j', 'log · db', 'ready to accept', '!001_schema')
    await shown.press('\u001b', 'log · all services', 'queue is up')
  })

  it('is filtered while typing, and can be turned round', async () => {
    const shown = show()
    await shown.press('/get', 'log · all services / get_', 'GET /cart', '!postgres', '!schema', '3 of 12 lines')
    await shown.press('\r', '/ get ', '!get_')
    await shown.press('\u001b', 'queue is up')
    await shown.press('/!get', '!GET /cart', 'queue is up')
    await shown.press('\u007f\u007f\u007f\u007fzzz', 'no line matches')
    await shown.press('\u001b', 'GET /cart')
  })

  it('stands still when scrolled, counts what comes, and follows again', async () => {
    const shown = show()
    flood(shown, 500)
    await shown.shows('line 499.', 'following')
    await shown.press('\tk', 'PAUSED, 1 below', 'line 498.', '!line 499.')
    await shown.press('\u001b[5~', '!line 498.')
    flood(shown, 10)
    await shown.press('g', 'starting PostgreSQL', '!line 400.')
    await shown.press('G', 'following')
    await shown.press('f', 'PAUSED')
    await shown.press('f', 'following')
  })

  it('wraps long lines, and hides the times', async () => {
    const shown = show()
    shown.apply({
      type: 'log/written',
      service: 'web',
      container: 'web1',
      stream: 'stdout',
      lines: [{ text: `${'word '.repeat(30)}end`, at: start + 50_000 }],
    })
    await shown.shows('word word', '!end', '12:00:50.000')
    await shown.press('w', 'end')
    await shown.press('wT', '!end', '!12:00:50.000')
  })
})

it('shows help made from the table of keys, and details of a service', async () => {
  const shown = show({ columns: 120, rows: 80 })
  const help = await shown.press('?', 'Restart the service')
  for (const binding of keymap.filter((one) => one.when.includes('main')))
    expect(help).toContain(binding.help.slice(0, 20))
  await shown.press('?', '!Restart the service')
  await shown.press('i', 'shop-web-1, running, healthy', 'needs')
  await shown.press('q', '!shop-web-1, running')
})

it('help shows only the keys with the words that are looked for, and is whole again after esc', async () => {
  const shown = show()
  await shown.press('?', 'Restart the service')
  await shown.press('/kill', '/ kill_', 'Kill the service', '!Wrap long lines')
  await shown.press('\r', '/ kill ', '!kill_')
  await shown.press('\u001b', 'Restart the service')
  await shown.press('q', 'SERVICE')
  expect(shown.sent).toEqual([])
})

describe('the palette', () => {
  it('finds an action by its words, and does what is chosen', async () => {
    const shown = show()
    await shown.press(':', 'all actions', 'stack restart web', 'Restart the service')
    await shown.press('log words', 'Show only lines', '!Restart the service')
    await shown.press('\r', 'log · all services / _')
  })

  it('is gone through with the arrows, also by ctrl-p', async () => {
    const shown = show()
    await shown.press('j\u0010', 'stack restart api')
    await shown.press('image', 'stack up --build', '!stack restart api')
    shown.tty.type('\r')
    await eventually(() => expect(shown.sent).toEqual([{ type: 'rebuild', services: ['api'] }]))
    await shown.shows('!all actions')
    await shown.press(':', 'all actions')
    shown.tty.type('\u001b[B\u001b[B\r')
    await eventually(() => expect(shown.sent).toHaveLength(2))
    expect(shown.sent[1]).toEqual({ type: 'rebuild', services: ['api'] })
  })

  it('has the command line that fits the service', async () => {
    const shown = show()
    await shown.press(':', 'all actions')
    await shown.press('or start it', 'stack stop web', '!stack restart')
    await shown.press('\u001b', '!all actions')
    await shown.press('jjj', '▸ ✔ migrate')
    await shown.press(':', 'all actions')
    await shown.press('or start it', 'stack start migrate', '!stack restart', '!stack stop')
  })

  it('is left without doing anything', async () => {
    const shown = show()
    await shown.press(':rest', '/ rest_')
    await shown.press('\u001b', 'r restart')
    expect(shown.sent).toEqual([])
  })
})

it('the probe of a service that is healthy does not grow old, for the engine checks it again and again', async () => {
  const shown = show()
  shown.apply({ type: 'probe/ended', service: 'web', container: 'shop-web-1', healthy: true, exitCode: 0, output: '' })
  shown.setTime(600_000)
  expect(await shown.press('i', 'runs as  shop-web-1, running, healthy')).not.toContain('passed')
})

it('gives no two meanings to a key at one time', () => {
  const all = keymap.flatMap((binding) =>
    binding.when.flatMap((scope) =>
      (binding.pane === undefined ? ['services', 'logs'] : [binding.pane]).flatMap((pane) =>
        binding.keys.map((key) => `${scope} ${pane} ${key}`),
      ),
    ),
  )
  expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([])
})

describe('keys of a person', () => {
  it('work, and stand in the bar, the help and the list of all actions', async () => {
    const shown = show({
      columns: 120,
      rows: 40,
      settings: {
        keys: [
          { command: 'restart', keys: ['ctrl-r'] },
          { command: 'copy', keys: ['Y'] },
          { command: 'filter', keys: ['%'] },
          { command: 'details', keys: [] },
        ],
      },
    })
    await shown.shows('ctrl-r restart', '!i details')
    await shown.press('jjjjo', 'Copy it with Y.')
    await shown.press('\u001b[200~abcdefgh\u001b[201~', '"%" takes it as a filter')
    await shown.press('?', 'ctrl-r ', 'Restart the service')
    await shown.press('\u001b', '!Restart the service')
    await shown.press(':detai', 'Everything known', '!Restart the')
    await shown.press('\r', '── db ─')
    await shown.press('\u001b', '!── db ─')
    shown.tty.type('r\u0012')
    await eventually(() => expect(shown.sent).toEqual([{ type: 'restart', services: ['db'] }]))
  })

  it('what is wrong with settings is said until the first key', async () => {
    const shown = show({ notice: 'config.yaml of yours has 1 problem' })
    await shown.shows('config.yaml of yours has 1 problem')
    await shown.press('j', '!config.yaml')
  })

  it('lines begin as a person wants them', async () => {
    const shown = show({ settings: { wrap: true, timestamps: false } })
    shown.apply({
      type: 'log/written',
      service: 'web',
      container: 'web1',
      stream: 'stdout',
      lines: [{ text: `${'word '.repeat(30)}end`, at: start + 50_000 }],
    })
    await shown.shows('end', '!12:00:50.000')
  })
})

it('goes to an error above a stack trace at the beginning of the log, which is on the screen then', async () => {
  const shown = show()
  const at = start - 1000
  const log = { type: 'log/written', service: 'web', container: 'web1', stream: 'stdout' } as const
  shown.apply({
    ...log,
    lines: [
      { text: '{"level":"error","msg":"the first one"}', at },
      { text: 'TypeError: cart is undefined', at },
      { text: '    at applyCoupon (src/coupon.ts:41:17)', at },
      { text: '    at run (src/queue.ts:88:5)', at },
      ...Array.from({ length: 40 }, (_, index) => ({ text: `later ${index}`, at: at + index + 1 })),
    ],
  })
  await shown.shows('!the first one')
  await shown.press('E', 'the first one', 'PAUSED')
})
