import { afterEach, describe, expect, it } from 'vitest'
import { showDashboard, type ShownDashboard } from '../support/dashboard.ts'
import { eventually } from '../support/eventually.ts'
import { probing, running, start, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
const show = (events = toEvents(starting, probing, running)) => {
  const shown = showDashboard(events)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const isRestored = async ({ tty }: ShownDashboard) => ({
  alternate: await tty.isAlternate(),
  raw: tty.isRaw(),
  cursor: tty.isCursorShown(),
})
const restored = { alternate: false, raw: false, cursor: true }

describe('the terminal', () => {
  it('is taken over while the dashboard is open', async () => {
    const shown = show()
    await shown.shows('help')
    await eventually(async () => expect(await isRestored(shown)).toEqual({ alternate: true, raw: true, cursor: false }))
  })

  it('is as before after unmount', async () => {
    const shown = show()
    await shown.shows('help')
    shown.unmount()
    await shown.left
    await eventually(async () => expect(await isRestored(shown)).toEqual(restored))
  })

  it('is as before when the session has ended', async () => {
    const shown = show()
    await shown.shows('help')
    shown.apply({ type: 'session/ended', exit: 0 })
    await shown.left
    await eventually(async () => expect(await isRestored(shown)).toEqual(restored))
  })

  it('is as before when drawing fails, and the failure is told', async () => {
    const shown = show()
    await shown.shows('help')
    // A state that no event can make.
    shown.apply({ type: 'session/started', project: 'x', command: 'up', services: [{ name: 'a' } as never], files: [] })
    shown.apply({
      type: 'container/changed',
      container: { id: 'a', name: 'a', service: 'a', number: 1, state: 'running', ports: undefined as never },
    })
    await expect(shown.left).rejects.toThrow()
    await eventually(async () => expect(await isRestored(shown)).toEqual(restored))
  })
})

describe('while the process is stopped', () => {
  const taken = { alternate: true, raw: true, cursor: false }

  it('the terminal is as before, and the dashboard is there again when it goes on, with its keys', async () => {
    const shown = show()
    await shown.shows('help', '▸ ● web')
    shown.tty.type('\u001a')
    const goOn = await shown.stopped()
    await eventually(async () => expect(await isRestored(shown)).toEqual(restored))
    goOn()
    await eventually(async () => expect(await isRestored(shown)).toEqual(taken))
    await shown.shows('▸ ● web')
    await shown.press('j', '▸ ● api')
  })

  it('from outside, the terminal is taken again and drawn anew', async () => {
    const shown = show()
    await shown.shows('help', '▸ ● web')
    // What a shell does to it meanwhile.
    shown.tty.stdin.setRawMode(false)
    shown.tty.stdout.write('\u001b[?1049l\u001b[?25hbash$ ')
    await eventually(async () => expect(await isRestored(shown)).toEqual(restored))
    await shown.resume()
    await eventually(async () => expect(await isRestored(shown)).toEqual(taken))
    await shown.press('j', '▸ ● api')
  })
})

describe('drawing', () => {
  /** Until the store has told its news; whoever was drawing because of them has drawn by the next key. */
  const told = (shown: ShownDashboard) => new Promise<void>((resolve) => void shown.store.subscribe(resolve))

  it('draws nothing while nothing changes', async () => {
    const shown = show()
    await shown.press('j', '▸ ● api')
    const before = shown.tty.frames()
    shown.apply({ type: 'problem/cleared', id: 'none' }, { type: 'session/changed', phase: 'running' })
    await shown.press('zz\u001b[15~j', '▸ ● worker')
    expect(shown.tty.frames() - before).toBe(1)
  })

  it('does not draw for a log that is not shown', async () => {
    const shown = show()
    await shown.press('\r', 'log · web')
    const before = shown.tty.frames()
    shown.apply({
      type: 'log/written',
      service: 'db',
      container: 'db1',
      stream: 'stdout',
      lines: [{ text: 'hidden', at: start }],
    })
    await told(shown)
    await shown.press('\t', '↑↓ scroll')
    expect(shown.tty.frames() - before).toBe(1)
  })

  it('stays at a few frames a second through a flood, and bounded', async () => {
    const shown = show()
    await shown.shows('help')
    const before = shown.tty.frames()
    const began = Date.now()
    for (let batch = 0; batch < 200; batch += 1) {
      shown.apply({
        type: 'log/written',
        service: 'web',
        container: 'web1',
        stream: 'stdout',
        lines: Array.from({ length: 500 }, (_, index) => ({
          text: `request ${batch}.${index} took some time and was answered well`,
          at: start + 10_000 + batch,
        })),
      })
      if (batch % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await shown.shows('request 199.499')
    const seconds = (Date.now() - began) / 1000
    expect(shown.store.logs.size(['web']).bytes).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect(shown.store.logs.size(['web']).gone).toBeGreaterThan(0)
    expect(shown.tty.frames() - before).toBeLessThanOrEqual(10 * seconds + 3)
    // What has left the ring was not lost.
    const screen = await shown.shows('of 100,012 lines', '!dropped')
    expect(screen).toMatch(/last [\d,]+ of 100,012 lines/)
  })

  it('lets nothing of a program through but text and colours', async () => {
    const shown = show()
    const evil = [
      '\u001b[2Jcleared',
      '\u001b]0;title\u0007titled',
      '\u001b[?1049lleft',
      'bell\u0007',
      'a\tb',
      '\u001b[10;10Hmoved',
      '50%\r100%',
      '\u202eright to left',
      '\u0085\u009b31mc1',
      '\u001bPdcs\u001b\\device',
      'cut off \u001b[3',
    ]
    shown.apply({
      type: 'log/written',
      service: 'web',
      container: 'web1',
      stream: 'stdout',
      lines: evil.map((text) => ({ text, at: start + 50_000 })),
    })
    const screen = await shown.shows('cut off')
    expect(
      screen
        .split('\n')
        .filter((line) => line.includes('12:00:50'))
        .map((line) => line.slice(14)),
    ).toMatchInlineSnapshot(`
      [
        "web     cleared",
        "web     titled",
        "web     left",
        "web     bell",
        "web     a    b",
        "web     moved",
        "web     100%",
        "web     right to left",
        "web     31mc1",
        "web     device",
        "web     cut off 3",
      ]
    `)
    expect(await shown.tty.isAlternate()).toBe(true)
  })
})
