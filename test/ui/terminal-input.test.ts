import { afterEach, describe, expect, it } from 'vitest'
import type { StackEvent } from '../../src/core/events/event.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { eventually } from '../support/eventually.ts'
import { probing, running, start, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
const show = (options?: ShowOptions, events: readonly StackEvent[] = toEvents(starting, probing, running)) => {
  const shown = showDashboard(events, options)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const escape = '\u001b'
const at = (x: number, y: number, button = 0) => `${escape}[<${button};${x + 1};${y + 1}M`

/** Where a text stands on the screen. */
const find = async ({ tty }: ShownDashboard, text: string) => {
  const rows = (await tty.screen()).split('\n')
  const y = rows.findIndex((row) => row.includes(text))
  return { x: rows[y]?.indexOf(text) ?? 0, y }
}
const lines = (shown: ShownDashboard, count: number) =>
  shown.apply({
    type: 'log/written',
    service: 'web',
    container: 'web1',
    stream: 'stdout',
    lines: Array.from({ length: count }, (_, index) => ({ text: `line ${index}.`, at: start + 50_000 + index })),
  })

describe('what a terminal says by itself', () => {
  it('is no key, however it arrives', async () => {
    const shown = show()
    await shown.shows('▸ ● web', 'help')
    const before = await shown.tty.screen()
    const chunks = [
      `${escape}]11;rgb:0000/0000`,
      `/0000${escape}\\${escape}[?62;22c${escape}[I`,
      at(3, 3),
      `${escape}[`,
      `O${escape}[M !!`,
    ]
    for (const chunk of chunks) shown.tty.type(chunk)
    await shown.press('j', '▸ ● api')
    await shown.press('k', '▸ ● web')
    expect(await shown.tty.screen()).toBe(before)
    expect(shown.sent).toEqual([])
  })

  it('does not keep escape back', async () => {
    const shown = show()
    await shown.press('?', '── keys')
    await shown.press(escape, '▸ ● web')
  })
})

describe('the ground', () => {
  const warned = (isLight: boolean) => (isLight ? 94 : 3)
  /** The colour of what is being done: it differs between the terminal's own colours and those for a light ground. */
  const colours = (options: ShowOptions) => show({ colour: true, ...options }, toEvents(starting))

  it('is asked for once, and what the terminal says decides on the theme', async () => {
    const shown = colours({ asked: { asksGround: true } })
    await shown.shows('building')
    expect(shown.tty.written().split(`${escape}]11;?`)).toHaveLength(2)
    expect(await shown.tty.colourOf('building')).toBe(warned(false))
    shown.tty.type(`${escape}]11;rgb:fdfd/f6f6/e3e3${escape}\\${escape}[?62c`)
    await eventually(async () => expect(await shown.tty.colourOf('building')).toBe(warned(true)))
  })

  it('is what the environment says where the terminal is silent or not asked', async () => {
    const silent = colours({ asked: { asksGround: true, isLight: true } })
    await silent.shows('building')
    silent.tty.type(`${escape}[?1;2c`)
    await silent.press('j', '▸ ◐ api')
    expect(await silent.tty.colourOf('building')).toBe(warned(true))
    const unasked = colours({})
    await unasked.shows('building')
    expect(unasked.tty.written()).not.toContain(`${escape}]11`)
  })

  it('that is answered when all is over is not left to the shell', async () => {
    const shown = show({ asked: { asksGround: true } })
    await shown.shows('help')
    shown.unmount()
    await eventually(async () => expect(await shown.tty.isAlternate()).toBe(false))
    expect(shown.tty.isRaw()).toBe(true)
    shown.tty.type(`${escape}]11;rgb:00/00/00\u0007${escape}[?62c`)
    await shown.left
    expect(shown.tty.isRaw()).toBe(false)
    expect(shown.tty.stdin.readableLength).toBe(0)
  })

  it('is not waited for longer than a moment', async () => {
    const shown = show({ asked: { asksGround: true } })
    await shown.shows('help')
    shown.unmount()
    await shown.left
    expect(shown.tty.isRaw()).toBe(false)
  })
})

describe('the mouse', () => {
  it('is left to the terminal until somebody wants it, and given back', async () => {
    const shown = show()
    await shown.shows('help')
    const becomes = (modes: Partial<ReturnType<typeof shown.tty.modes>>) =>
      eventually(() => expect(shown.tty.modes()).toMatchObject(modes))
    await becomes({ mouse: 'none', focus: true })
    await shown.press('M', 'A click chooses')
    await becomes({ mouse: 'vt200' })
    shown.tty.type('\u001a')
    const goOn = await shown.stopped()
    await becomes({ mouse: 'none', focus: false, paste: false })
    goOn()
    await becomes({ mouse: 'vt200', focus: true, paste: true })
    await shown.press('M', 'left to the terminal')
    await becomes({ mouse: 'none' })
    await shown.press('M', 'A click chooses')
    shown.unmount()
    await shown.left
    await becomes({ mouse: 'none', focus: false, paste: false })
  })

  it('chooses a service and a pane by a click', async () => {
    const shown = show({ settings: { mouse: true } })
    await shown.shows('▸ ● web')
    await shown.press(at(10, (await find(shown, '● worker')).y), '▸ ● worker')
    await shown.press(at(10, (await find(shown, '── log')).y + 2), '↑↓ scroll')
    await shown.press(at(10, (await find(shown, '● db')).y), '▸ ● db', '↑↓ choose')
    // The header is nothing to choose.
    shown.tty.type(at(3, 0))
    await shown.press('k', '▸ ✔ migrate')
  })

  it('scrolls by its wheel what it points at, and the keyboard stays where it is', async () => {
    const shown = show({ settings: { mouse: true } })
    lines(shown, 100)
    await shown.shows('line 99.', '▸ ● web')
    const log = { x: 10, y: (await find(shown, '── log')).y + 2 }
    await shown.press(at(log.x, log.y, 64), '!line 99.', 'line 96.', '▸ ● web', '↑↓ choose')
    await shown.press(at(log.x, log.y, 65), 'line 99.')
    await shown.press(at(10, (await find(shown, '● worker')).y, 65), '▸ ● api')
    await shown.press(at(10, (await find(shown, '● worker')).y, 64), '▸ ● web')
  })

  it('does what is clicked on a full screen, and scrolls it', async () => {
    const shown = show({ settings: { mouse: true } })
    await shown.press(':', '── all actions', '▸ u ')
    await shown.press(at(10, 12, 65), '▸ r ')
    await shown.press(at(10, (await find(shown, 'Kill the service')).y), 'kill web', 'y kill it')
    // A question is answered by its keys alone.
    shown.tty.type(at(10, 4))
    await shown.press('n', '!y kill it')
    await shown.press('?', '── keys')
    await shown.press(at(10, 12, 65), '!   ↑ k')
    await shown.press(at(10, 12, 64), '   ↑ k')
    expect(shown.sent).toEqual([])
  })
})

describe('while the person is elsewhere', () => {
  it('draws at most four times a second, and at once when they are back', async () => {
    const shown = show()
    await shown.shows('help')
    shown.tty.type(`${escape}[O`)
    await shown.press('j', '▸ ● api')
    const before = shown.tty.frames()
    const began = performance.now()
    for (let batch = 0; batch < 10; batch += 1) {
      const told = Promise.withResolvers<void>()
      const end = shown.store.subscribe(told.resolve)
      lines(shown, 1)
      await told.promise
      end()
    }
    const seconds = (performance.now() - began) / 1000
    expect(shown.tty.frames() - before).toBeLessThanOrEqual(4 * seconds + 1)
    shown.apply({
      type: 'log/written',
      service: 'web',
      container: 'web1',
      stream: 'stdout',
      lines: [{ text: 'the last word', at: start + 59_000 }],
    })
    shown.tty.type(`${escape}[I`)
    await shown.shows('the last word')
  })
})

describe('a window that changes its size', () => {
  it('leaves nothing behind, and the last frame is that of its size', async () => {
    const shown = show()
    lines(shown, 100)
    await shown.shows('line 99.')
    for (let step = 0; step < 50; step += 1) {
      const size = [60 + ((step * 37) % 181), 15 + ((step * 23) % 56)] as const
      shown.tty.resize(...size)
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const [columns, rows] of [
      [240, 70],
      [60, 15],
      [100, 30],
    ] as const) {
      shown.tty.resize(columns, rows)
      const fresh = show({ columns, rows })
      lines(fresh, 100)
      await fresh.shows('line 99.')
      await eventually(async () => expect(await shown.tty.screen()).toBe(await fresh.tty.screen()))
    }
  })

  it('says when it is too small, and comes back', async () => {
    const shown = show()
    await shown.shows('▸ ● web')
    shown.tty.resize(30, 5)
    await shown.shows('30×5: too small', '60×15', '!web')
    shown.tty.resize(80, 24)
    await shown.shows('▸ ● web')
  })
})
