import { afterEach, describe, expect, it } from 'vitest'
import type { EventBody } from '../../src/core/events/event.ts'
import { eventually } from '../support/eventually.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { probing, running, starting, toEvents } from '../support/shop-events.ts'
import { formatPercent, formatSize } from '../../src/ui/text/format.ts'
import { toSparkline } from '../../src/ui/text/sparkline.ts'

const open: ShownDashboard[] = []
const show = (options?: ShowOptions) => {
  const shown = showDashboard(toEvents(starting, probing, running), options)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const measured = (service: string, cpuPercent: number, memoryBytes: number): EventBody => ({
  type: 'stats/measured',
  service,
  container: `${service}1`.padEnd(12, '0'),
  cpuPercent,
  memoryBytes,
  networkInBytes: 4000,
  networkOutBytes: 88_000,
})

/** The table alone, after some rounds of measuring. */
const tableOf = async (options: ShowOptions) => {
  const shown = show(options)
  await shown.shows('help')
  for (const cpu of [1, 20, 4, 60, 90, 12])
    shown.apply(
      measured('web', cpu, 38_000_000),
      measured('api', cpu / 2, 91_000_000),
      measured('db', 0.2, 212_000_000),
    )
  const screen = await shown.shows('212 M')
  const lines = screen.split('\n')
  return lines.slice(
    lines.findIndex((line) => line.includes('SERVICE')),
    lines.findIndex((line) => /^(──|--) /.test(line)),
  )
}

describe('what services use', () => {
  it('80x24', async () => {
    expect(await tableOf({})).toMatchInlineSnapshot(`
      [
        "     SERVICE  STATE        FOR   CPU         MEM  PORTS",
        " ▸ ● web      healthy      55s     ▁▃▁▆█▂   38 M  http://localhost:8080",
        " a ● api 2/2  healthy      55s     ▁▃▁▆█▂   91 M",
        " a ● worker   running      55s",
        " a ✔ migrate  done",
        " d ● db       healthy      57s     ▁▁▁▁▁▁  212 M  localhost:5432",
      ]
    `)
  })
  it('60x15, in ASCII', async () => {
    const shown = show({ columns: 60, rows: 15, unicode: false })
    await shown.shows('help')
    shown.apply(measured('web', 12.4, 38_000_000))
    const screen = await shown.shows('12%')
    expect(screen.split('\n').slice(0, 4)).toMatchInlineSnapshot(`
      [
        " shop   running   5/5 up                watching 3 services",
        "     SERVICE  STATE        FOR     CPU  PORTS       2 below",
        " > * web      healthy      55s     12%  http://localhost:80~",
        " a * api 2/2  healthy      55s",
      ]
    `)
  })
  it('80x24, in ASCII', async () => {
    expect((await tableOf({ unicode: false }))[1]).toMatchInlineSnapshot(
      `" > * web      healthy      55s     _:_+#.   38 M  http://localhost:8080"`,
    )
  })
  it('120x40', async () => {
    expect(await tableOf({ columns: 120, rows: 40 })).toMatchInlineSnapshot(`
      [
        "     SERVICE  STATE        FOR     CPU              MEM  TIER  PORTS",
        " ▸ ● web      healthy      55s     12%    ▁▃▁▆█▂   38 M  web   http://localhost:8080",
        "   ● api 2/2  healthy      55s    6.0%    ▁▃▁▆█▂   91 M  app",
        "   ● worker   running      55s                           app",
        "   ✔ migrate  done                                       app",
        "   ● db       healthy      57s    0.2%    ▁▁▁▁▁▁  212 M  data  localhost:5432",
        "",
      ]
    `)
  })
  it('200x50', async () => {
    expect(await tableOf({ columns: 200, rows: 50 })).toMatchInlineSnapshot(`
      [
        "     SERVICE  STATE        FOR     CPU                  MEM              IN   OUT /s    TIER  IMAGE        PORTS",
        " ▸ ● web      healthy      55s     12%        ▁▃▁▆█▂   38 M    ██████   4.0 K   88 K    web   shop-web     http://localhost:8080",
        "   ● api 2/2  healthy      55s    6.0%        ▁▃▁▆█▂   91 M    ██████   4.0 K   88 K    app   shop-api",
        "   ● worker   running      55s                                                          app   shop-worker",
        "   ✔ migrate  done                                                                      app   shop-api",
        "   ● db       healthy      57s    0.2%        ▁▁▁▁▁▁  212 M    ██████   4.0 K   88 K    data  postgres:17  localhost:5432",
        "",
      ]
    `)
  })
})

it('only what is on the screen is measured', async () => {
  const shown = show()
  await shown.shows('help')
  await eventually(() => expect(shown.measured()).toEqual(['api', 'db', 'migrate', 'web', 'worker']))
  await shown.press('?', 'keys')
  await eventually(() => expect(shown.measured()).toEqual([]))
  await shown.press('\u001b', 'following')
  await eventually(() => expect(shown.measured()).toHaveLength(5))
  shown.tty.type('\u001a')
  const goOn = await shown.stopped()
  await eventually(() => expect(shown.measured()).toEqual([]))
  goOn()
  await eventually(() => expect(shown.measured()).toHaveLength(5))
  shown.tty.resize(60, 6)
  await eventually(() => expect(shown.measured().length).toBeLessThan(5))
  shown.unmount()
  await eventually(() => expect(shown.measured()).toEqual([]))
})

it('an address is a link where the terminal is known to make one', async () => {
  const link = '\u001b]8;;http://localhost:8080\u001b\\'
  for (const links of [false, true]) {
    const shown = show({ links })
    expect(await shown.shows('http://localhost:8080')).toContain('http://localhost:8080')
    expect(shown.tty.written().includes(link)).toBe(links)
  }
})

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0 K'],
    [9_960, '10 K'],
    [38_000_000, '38 M'],
    [999_400_000, '999 M'],
    [999_600_000, '1.0 G'],
    [1_240_000_000, '1.2 G'],
    [9e15, '9000 T'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })
  it.each([
    [0, '0.0%'],
    [9.94, '9.9%'],
    [9.96, '10%'],
    [800, '800%'],
  ])('%d of a core is %s', (percent, text) => {
    expect(formatPercent(percent)).toBe(text)
  })
  it('a line of them stands at the right, and what is little is flat', () => {
    const options = { width: 8, levels: '▁▂▃▄▅▆▇█', least: 10 }
    expect(toSparkline([0, 1, 0], options)).toBe('     ▁▂▁')
    expect(toSparkline([1, 2, 3, 4, 100, 50, 25, 0, 0], options)).toBe('▁▁▁█▅▃▁▁')
    expect(toSparkline([1], { ...options, width: 0 })).toBe('')
  })
})
