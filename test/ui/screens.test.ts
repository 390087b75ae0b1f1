import { afterEach, describe, expect, it } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { crashed, looping, probing, running, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
const show = (events: Parameters<typeof showDashboard>[0], options?: ShowOptions) => {
  const shown = showDashboard(events, options)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const up = toEvents(starting, probing, running)
const broken = toEvents(starting, probing, running, crashed)

describe('what a person sees', () => {
  it('while images are pulled and built, 80x24', async () => {
    expect(await show(toEvents(starting), { at: 1500 }).shows('help')).toMatchInlineSnapshot(`
      " shop   starting 1s   0/5 up

           SERVICE  STATE        FOR   PORTS
       ▸ ◐ web      building     1s    [3/7] RUN npm ci
       a ◐ api 0/2  waiting            for db to be healthy, migrate to complete
       a ◐ worker   waiting            for db to be healthy
       a ◐ migrate  waiting            for db to be healthy
       d ◐ db       pulling      1s
      ── now ───────────────────────────────────────────────────────── 1 of 13 steps ─
         ◐ web      building    [3/7] RUN npm ci             3/7 ━━━━──────  42%   1s
         ◐ db       pulling     postgres:17    42.0 MB of 100 MB ━━━━──────  42%   1s
      ── log · all services ──────────────────────────────────── 0 lines · following ─
       no output yet









       ↑↓ choose  enter log  r restart  s start  e shell  o open  q quit  ? help"
    `)
  })

  it('while the database is probed, 100x30', async () => {
    expect(await show(toEvents(starting, probing), { at: 3500, columns: 100, rows: 30 }).shows('help'))
      .toMatchInlineSnapshot(`
        " shop   starting 3s   0/5 up

             SERVICE  STATE        FOR   PORTS
         ▸ ◐ web      building     3s    [5/7] COPY . .
         a ◐ api 0/2  waiting            for db to be healthy, migrate to complete
         a ◐ worker   waiting            for db to be healthy
         a ◐ migrate  waiting            for db to be healthy
         d ◐ db       starting     1s    localhost:5432  probe 1: /var/run/postgresql:5432 - no response (e…
        ── now ───────────────────────────────────────────────────────────────────────────── 4 of 13 steps ─
           ◐ web      building    [5/7] COPY . .                         5/7 ━━━━━━━━━━━━━━──────  71%   3s
           ◐ db       checking    probe 1: /var/run/postgresql:5432 - no response (exit 2)               1s

        ── log · all services ──────────────────────────────────────────────────────── 2 lines · following ─
         12:00:02.200 ── db started ───────────────────────────────────────────────────────────────────────
         12:00:02.400 db      LOG:  starting PostgreSQL 17.2
         12:00:02.401 db      LOG:  listening on IPv4 address "0.0.0.0", port 5432












         ↑↓ choose  enter log  r restart  s start  e shell  o open  i details  / filter  q quit  ? help"
      `)
  })

  it('when everything is up, 80x24', async () => {
    expect(await show(up).shows('help')).toMatchInlineSnapshot(`
      " shop   running   5/5 up                                    watching 3 services

           SERVICE  STATE        FOR   PORTS
       ▸ ● web      healthy      55s   http://localhost:8080
       a ● api 2/2  healthy      55s
       a ● worker   running      55s
       a ✔ migrate  done
       d ● db       healthy      57s   localhost:5432
      ── log · all services ─────────────────────────────────── 12 lines · following ─
       12:00:03.701 migrate applying 002_seed.sql
       12:00:03.702 migrate done
       12:00:03.900 ── migrate exited 0 ─────────────────────────────────────────────
       12:00:04.200 ── worker started ───────────────────────────────────────────────
       12:00:04.200 ── api 1 started ────────────────────────────────────────────────
       12:00:04.200 ── api 2 started ────────────────────────────────────────────────
       12:00:04.400 ── web started ──────────────────────────────────────────────────
       12:00:04.500 api     INFO listening on :3000
       12:00:04.501 api     INFO 地図 loaded 🗺 in 12 ms
       12:00:04.600 web     GET / 200 in 3 ms
       12:00:04.601 web     GET /assets/app.css 200 in 1 ms
       12:00:04.602 web     GET /cart 200 in 14 ms
       12:00:04.700 worker  queue is up, concurrency 4
       ↑↓ choose  enter log  r restart  s stop  e shell  o open  q quit  ? help"
    `)
  })

  it('when a service has crashed, 80x24', async () => {
    expect(await show(broken).shows('help')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed                ↻ web sync 61 ms · 39s ago

           SERVICE  STATE        FOR   PORTS
       a ✖ worker   exit 1 x3    28s   exited with code 1: TypeError: Cannot read pro…
       ▸ ● web      healthy      55s   http://localhost:8080
       a ● api 2/2  healthy      55s
       a ✔ migrate  done
       d ● db       healthy      57s   localhost:5432
      ── log · all services ─────────────────────────────────── 16 lines · following ─
       12:00:04.500 api     INFO listening on :3000
       12:00:04.501 api     INFO 地図 loaded 🗺 in 12 ms
       12:00:04.600 web     GET / 200 in 3 ms
       12:00:04.601 web     GET /assets/app.css 200 in 1 ms
       12:00:04.602 web     GET /cart 200 in 14 ms
       12:00:04.700 worker  queue is up, concurrency 4
       12:00:20.061 ── web reloaded src/cart.tsx (sync, 61 ms) ──────────────────────
       12:00:20.100 web     [vite] hmr update /src/cart.tsx
       12:00:31.000 worker ▌TypeError: Cannot read properties of undefined (reading …
                           ▌    at applyCoupon (src/coupon.ts:41:17)
                           ▌    at run (src/queue.ts:88:5)
       12:00:31.200 ── worker exited 1 ──────────────────────────────────────────────
       ✖ worker exited with code 1: TypeError: Cannot read pro…    28s ago  i details
       ↑↓ choose  enter log  r restart  s stop  e shell  o open  q quit  ? help"
    `)
  })

  it('when a service has crashed, 60x15', async () => {
    expect(await show(broken, { columns: 60, rows: 15 }).shows('help')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed      ↻ web sync 61 ms
           SERVICE  STATE        FOR   PORTS              2 below
       a ✖ worker   exit 1 x3    28s   exited with code 1: TypeEr…
       ▸ ● web      healthy      55s   http://localhost:8080
       a ● api 2/2  healthy      55s
      ── log · all services ─────────────── 16 lines · following ─
       12:00:20 ── web reloaded src/cart.tsx (sync, 61 ms) ──────
       12:00:20 web     [vite] hmr update /src/cart.tsx
       12:00:31 worker ▌TypeError: Cannot read properties of und…
                       ▌    at applyCoupon (src/coupon.ts:41:17)
                       ▌    at run (src/queue.ts:88:5)
       12:00:31 ── worker exited 1 ──────────────────────────────
       ✖ worker exited with code 1: TypeEr…    28s ago  i details
       ↑↓ choose  enter log  r restart  s stop  q quit  ? help"
    `)
  })

  it('when a service crashes again and again, after a save, 80x24 and 60x15', async () => {
    const events = toEvents(starting, probing, running, looping)
    expect((await show(events).shows('help')).split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 crash-looping      ↻ worker sync 61 ms · 39s ago

           SERVICE  STATE         FOR   PORTS
       a ✖ worker   crash loop x8 36s   exit 1: TypeError: Cannot read properties of …
       ▸ ● web      healthy       55s   http://localhost:8080
       a ● api 2/2  healthy       55s
       a ✔ migrate  done
       d ● db       healthy       57s   localhost:5432"
    `)
    expect((await show(events, { columns: 130 }).shows('help')).split('\n').at(-2)).toMatchInlineSnapshot(
      `" ✖ worker: exit 1, 8 crashes in 26s, first 4s after the save of src/coupon.ts: TypeError: Cannot read prope…    9s ago  i details"`,
    )
    expect((await show(events, { columns: 60, rows: 15 }).shows('help')).split('\n').slice(0, 5).join('\n'))
      .toMatchInlineSnapshot(`
        " shop   running   4/5 up   ✖ 1 crash-looping   ↻ worker sync
             SERVICE  STATE         FOR   PORTS             2 below
         a ✖ worker   crash loop x8 36s   exit 1: TypeError: Cannot…
         ▸ ● web      healthy       55s   http://localhost:8080
         a ● api 2/2  healthy       55s"
      `)
  })

  it('on the smallest terminal, 20x6', async () => {
    expect(await show(broken, { columns: 20, rows: 6 }).shows('help')).toMatchInlineSnapshot(`
      " shop   running   4…
       a ✖ worker   exit …
       ▸ ● web      healt…
       ✖ worker exited …
       ↑↓ choose  ? help"
    `)
  })

  it('on a wide one, 160x30: the details stand beside the log', async () => {
    expect(await show(broken, { columns: 160, rows: 30 }).shows('help')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed                                                                                                ↻ web sync 61 ms · 39s ago

           SERVICE  STATE        FOR   RST  TIER  IMAGE        PORTS
         ✖ worker   exit 1 x3    28s   2    app   shop-worker  exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')
       ▸ ● web      healthy      55s        web   shop-web     http://localhost:8080
         ● api 2/2  healthy      55s        app   shop-api
         ✔ migrate  done                    app   shop-api
         ● db       healthy      57s        data  postgres:17  localhost:5432

      ── log · all services ────────────────────────────────────────────────────────────────── 16 lines · following ─ ── web ─────────────────────────────────────────
       12:00:03.900 ── migrate exited 0 ────────────────────────────────────────────────────────────────────────────   state    ● healthy for 55s
       12:00:04.200 ── worker started ──────────────────────────────────────────────────────────────────────────────   image    shop-web
       12:00:04.200 ── api 1 started ───────────────────────────────────────────────────────────────────────────────   tier     web
       12:00:04.200 ── api 2 started ───────────────────────────────────────────────────────────────────────────────   ports    http://localhost:8080 to 80/tcp
       12:00:04.400 ── web started ─────────────────────────────────────────────────────────────────────────────────   runs as  shop-web-1, running, healthy
       12:00:04.500 api     INFO listening on :3000                                                                    needs    api (healthy)
       12:00:04.501 api     INFO 地図 loaded 🗺 in 12 ms                                                                reload   sync of 1 file in 61 ms, 39s ago
       12:00:04.600 web     GET / 200 in 3 ms                                                                          plan     build and start web, 59s ago
       12:00:04.601 web     GET /assets/app.css 200 in 1 ms                                                            more     is asked for
       12:00:04.602 web     GET /cart 200 in 14 ms
       12:00:04.700 worker  queue is up, concurrency 4                                                                ── reloads ─────────────────────────────────────
       12:00:20.061 ── web reloaded src/cart.tsx (sync, 61 ms) ─────────────────────────────────────────────────────     AGO SERVICE  ACTION       TOOK  WHAT
       12:00:20.100 web     [vite] hmr update /src/cart.tsx                                                            ● 39s web      sync        61 ms  src/cart.tsx
       12:00:31.000 worker ▌TypeError: Cannot read properties of undefined (reading 'items')
                           ▌    at applyCoupon (src/coupon.ts:41:17)
                           ▌    at run (src/queue.ts:88:5)
       12:00:31.200 ── worker exited 1 ─────────────────────────────────────────────────────────────────────────────
       ✖ worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')                                               28s ago  i details
       ↑↓ choose  enter log  r restart  s stop  e shell  o open  i details  / filter  : all actions  d detach  t start-up  g graph  h reloads  q quit  ? help"
    `)
  })

  it('a save that waits until its service runs is not called done, wide enough for the details', async () => {
    const waits = [
      [20_000, { type: 'reload/ended', service: 'web', action: 'sync', files: 3, ms: 61, waiting: 1 }],
    ] as const
    const screen = await show(toEvents(starting, probing, running, waits), { columns: 160, rows: 30 }).shows('help')
    expect(screen).toMatch(/web sync waits until it runs · \d+s ago/)
    expect(screen).toMatch(/sync of 3 files in 61 ms, \d+s ago, 1\n.* change of it when it runs/)
  })

  it('a service that is stale says so in its row, with the reason; wide enough for the details, with the way out', async () => {
    const stale = [
      [
        20_000,
        {
          type: 'problem/raised',
          id: 'sync.api',
          service: 'api',
          problem: new StackError('sync/stale', {
            service: 'api',
            files: 3,
            path: 'src/cart.ts',
            why: 'no space left on device',
          }).toProblem(),
        },
      ],
    ] as const
    const events = toEvents(starting, probing, running, stale)
    expect((await show(events).shows('help')).split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
      " shop   running   5/5 up   ▲ 1 stale                        watching 3 services

           SERVICE  STATE        FOR   PORTS
       a ● api 2/2  healthy      55s   ▲ stale  is behind by 3 files: src/cart.ts (no…
       ▸ ● web      healthy      55s   http://localhost:8080
       a ● worker   running      55s
       a ✔ migrate  done
       d ● db       healthy      57s   localhost:5432"
    `)
    const wide = show(events, { columns: 160, rows: 30 })
    await wide.shows('help')
    expect((await wide.press('k', '▸ ● api')).split('\n').slice(0, 20).join('\n')).toMatchInlineSnapshot(`
      " shop   running   5/5 up   ▲ 1 stale                                                                                                        watching 3 services

           SERVICE  STATE        FOR   TIER  IMAGE        PORTS
       ▸ ● api 2/2  healthy      55s   app   shop-api     ▲ stale  is behind by 3 files: src/cart.ts (no space left on device) and 2 more.
         ● web      healthy      55s   web   shop-web     http://localhost:8080
         ● worker   running      55s   app   shop-worker
         ✔ migrate  done               app   shop-api
         ● db       healthy      57s   data  postgres:17  localhost:5432

      ── log · all services ────────────────────────────────────────────────────────────────── 12 lines · following ─ ── api ─────────────────────────────────────────
       12:00:02.401 db      LOG:  listening on IPv4 address "0.0.0.0", port 5432                                       state    ● healthy for 55s  ▲ stale
       12:00:03.400 ── db healthy ──────────────────────────────────────────────────────────────────────────────────   stale    Service "api" is behind by 3 files:
       12:00:03.600 db      LOG:  database system is ready to accept connections                                                src/cart.ts (no space left on
       12:00:03.700 migrate applying 001_schema.sql                                                                             device) and 2 more.
       12:00:03.701 migrate applying 002_seed.sql                                                                      hint     They are tried again by themselves.
       12:00:03.702 migrate done                                                                                                "stack up --build api", or R in the
       12:00:03.900 ── migrate exited 0 ────────────────────────────────────────────────────────────────────────────            dashboard, makes it anew with what
       12:00:04.200 ── worker started ──────────────────────────────────────────────────────────────────────────────            is saved.
       12:00:04.200 ── api 1 started ───────────────────────────────────────────────────────────────────────────────   image    shop-api
       12:00:04.200 ── api 2 started ───────────────────────────────────────────────────────────────────────────────   tier     app"
    `)
    const again = [[30_000, { type: 'problem/cleared', id: 'sync.api' }]] as const
    expect(await show(toEvents(starting, probing, running, stale, again)).shows('help')).not.toContain('stale')
  })

  it('an edit of the stack file says what it changes, and in the details why', async () => {
    const group = { service: 'api', group: 'recreate api.1', cause: 'environment A changed' }
    const edited = [
      [
        20_000,
        {
          type: 'plan/made',
          trigger: 'file',
          unchanged: [],
          steps: [
            { id: 'api.1/create', kind: 'container/create', subject: 'tmp_shop-api-1', needs: [], ...group },
            { id: 'api.1/stop', kind: 'container/stop', subject: 'shop-api-1', needs: [], ...group },
          ],
        },
      ],
    ] as const
    const shown = show(toEvents(starting, probing, running, edited), { columns: 100 })
    expect(await shown.shows('help')).toMatch(/↻ files edited recreate api · \d+s ago/)
    expect(await shown.press('i', 'environment A changed')).toMatch(/edited +recreate api: environment A changed/)
  })

  it('an edit of the stack file that waits to be applied says what it would change, and what would be lost', async () => {
    const shown = show(up)
    shown.apply({
      type: 'edit/proposed',
      changes: [{ what: 'recreate web', why: 'environment MODE changed' }, { what: 'create mail' }],
      losses: ['volume shop_data'],
    })
    expect((await shown.shows('not applied yet')).split('\n').slice(-7).join('\n')).toMatchInlineSnapshot(`
      " 12:00:04.602 web     GET /cart 200 in 14 ms
       12:00:04.700 worker  queue is up, concurrency 4
      ── the stack file was edited · not applied yet ─────────────────────────────────
       recreate web  environment MODE changed
       create mail
       ▲ the data in volume shop_data would be lost
       ↑↓ choose  u apply the edit  enter log  r restart  s stop  q quit  ? help"
    `)
    expect((await shown.shows('not applied yet')).split('\n')[0]).toMatchInlineSnapshot(
      `" shop   running   5/5 up                                 ↻ edit waits 2 changes"`,
    )
    shown.tty.resize(60, 10)
    await shown.shows('!not applied yet', 'edit waits')
  })

  it('in ASCII alone', async () => {
    const screen = await show(broken, { unicode: false }).shows('help')
    // The only other characters are those that programs wrote.
    expect(screen.replaceAll(/[\u5730\u56f3\u{1f5fa}]/gu, '').match(/[^\n\u0020-\u007e]/g)).toBeNull()
    expect(screen).toMatchInlineSnapshot(`
      " shop   running   4/5 up   x 1 failed           reload web sync 61 ms - 39s ago

           SERVICE  STATE        FOR   PORTS
       a x worker   exit 1 x3    28s   exited with code 1: TypeError: Cannot read pro~
       > * web      healthy      55s   http://localhost:8080
       a * api 2/2  healthy      55s
       a + migrate  done
       d * db       healthy      57s   localhost:5432
      -- log - all services ----------------------------------- 16 lines - following -
       12:00:04.500 api     INFO listening on :3000
       12:00:04.501 api     INFO 地図 loaded 🗺 in 12 ms
       12:00:04.600 web     GET / 200 in 3 ms
       12:00:04.601 web     GET /assets/app.css 200 in 1 ms
       12:00:04.602 web     GET /cart 200 in 14 ms
       12:00:04.700 worker  queue is up, concurrency 4
       12:00:20.061 -- web reloaded src/cart.tsx (sync, 61 ms) ----------------------
       12:00:20.100 web     [vite] hmr update /src/cart.tsx
       12:00:31.000 worker !TypeError: Cannot read properties of undefined (reading ~
                           !    at applyCoupon (src/coupon.ts:41:17)
                           !    at run (src/queue.ts:88:5)
       12:00:31.200 -- worker exited 1 ----------------------------------------------
       x worker exited with code 1: TypeError: Cannot read pro~    28s ago  i details
       up/down choose  enter log  r restart  s stop  e shell  o open  q quit  ? help"
    `)
  })

  it('before anything is known', async () => {
    expect(await show([]).shows('help')).toMatchInlineSnapshot(`
      " stack   loading

           SERVICE  STATE        FOR   PORTS
      ── log · all services ──────────────────────────────────── 0 lines · following ─
       no output yet

















       ↑↓ choose  enter log  r restart  s start  e shell  o open  q quit  ? help"
    `)
  })
})

it.each([
  [240, 70],
  [160, 48],
  [120, 40],
  [80, 24],
  [60, 15],
  [40, 10],
  [20, 6],
])('never fills the last row nor goes beyond the edge at %ix%i', async (columns, rows) => {
  const shown = show(broken, { columns, rows })
  const lines = (await shown.shows('help')).split('\n')
  expect(lines.length).toBeLessThanOrEqual(rows - 1)
  expect(lines[0]).toContain('shop')
  expect(lines.at(-1)).toContain('? help')
})

it('follows the terminal when its size changes, again and again', async () => {
  const shown = show(broken)
  await shown.shows('help')
  for (const [columns, rows] of [
    [160, 48],
    [40, 12],
    [20, 6],
    [240, 70],
  ] as const)
    shown.tty.resize(columns, rows)
  shown.tty.resize(60, 15)
  const fresh = show(broken, { columns: 60, rows: 15 })
  const wanted = await fresh.shows('help')
  await shown.shows(wanted)
  expect(await shown.tty.screen()).toBe(wanted)
})

describe('colour', () => {
  it('marks states, and service names in the log', async () => {
    const shown = show(broken, { colour: true })
    await shown.shows('help')
    expect(await shown.tty.colourOf('● web')).toBe(2)
    expect(await shown.tty.colourOf('✖ worker')).toBe(1)
    expect(await shown.tty.colourOf('shop')).toBe(6)
    expect(await shown.tty.colourOf('INFO')).toBe(2)
  })

  it('is nowhere without it, not even what programs write', async () => {
    const shown = show(broken, { colour: false })
    await shown.shows('help')
    for (const text of ['● web', '✖ worker', 'shop', 'INFO', 'web  ']) expect(await shown.tty.colourOf(text)).toBe(-1)
  })
})
