import { afterEach, describe, expect, it } from 'vitest'
import type { EventBody } from '../../src/core/events/event.ts'
import { eventually } from '../support/eventually.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import {
  buildFailed,
  crashed,
  inspectedProbes,
  probing,
  running,
  starting,
  toEvents,
  transferring,
} from '../support/shop-events.ts'

const open: ShownDashboard[] = []
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const press = async (
  keys: string,
  text: string,
  { events, ...options }: ShowOptions & { readonly events: Parameters<typeof showDashboard>[0] },
) => {
  const shown = showDashboard(events, options)
  open.push(shown)
  await shown.shows('help')
  return shown.press(keys, text)
}

const early = toEvents(starting, probing)
const broken = toEvents(starting, probing, running, crashed)

describe('the start-up', () => {
  it('while it goes on, 80x24', async () => {
    expect(await press('t', '── start-up', { events: early, at: 3500 })).toMatchInlineSnapshot(`
      " shop   starting 3s   0/5 up

      ── start-up ────────────────────────────────────────────────────────────────────
           SERVICE           STATE            TIME  0s        1s       2s        3s
         ✔ networks, volumes created        200 ms  ██✔
         ◐ db                starting        3.4 s  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓·██▒▒▒▒▒▒▒▒▒▒▒▒
         ◐ web               building        3.4 s  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
         ◐ api               waiting         3.4 s  ·································
         ◐ worker            waiting         3.4 s  ·································
         ◐ migrate           waiting         3.4 s  ·································

       critical path so far, 3.4 s: db
       ▓ pull, build   █ create, start   ▒ healthcheck   · waits









       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })

  it('when it is over, 60x15', async () => {
    expect(await press('t', '── start-up', { events: broken, columns: 60, rows: 15 })).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed      ↻ web sync 61 ms
      ── start-up ────────────────────────────────────────────────
           SERVICE         STATE            TIME  0s
         ✔ networks, volu… created        200 ms  █✔
         ● db              healthy         3.3 s  ▓▓▓▓▓▓·█▒▒▒●
         ● web             healthy         4.4 s  ▓▓▓▓▓▓▓▓▓▓▓▓▓·█●
         ✔ migrate         done            3.5 s  ···········█✔
         ● api             healthy         4.1 s  ·············█●
         ✖ worker          exit 1 x3       4.3 s  ··············█✖

       critical path, 4.4 s: web
       ▓ pull, build   █ create, start   ▒ healthcheck   · waits
       ✖ worker exited with code 1: TypeEr…    28s ago  i details
       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })

  it('when it is over, 120x40, without more than ASCII', async () => {
    expect(await press('t', '-- start-up', { events: broken, columns: 120, rows: 20, unicode: false }))
      .toMatchInlineSnapshot(`
        " shop   running   4/5 up   x 1 failed                                                   reload web sync 61 ms - 39s ago
        -- start-up ------------------------------------------------------------------------------------------------------------
             SERVICE           STATE            TIME  0s               1s              2s               3s              4s
           + networks, volumes created        200 ms  ###+
           * db                healthy         3.3 s  %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%####===================*
           * web               healthy         4.4 s  %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%.....###*
           + migrate           done            3.5 s  .......................................................###+
           * api               healthy         4.1 s  .................................................................###*
           x worker            exit 1 x3       4.3 s  ...................................................................####x

         critical path, 4.4 s: web
         % pull, build   # create, start   = healthcheck   . waits





         x worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')       28s ago  i details
         up/down scroll  esc back  : all actions  / find  ? help"
      `)
  })
})

describe('the graph', () => {
  it('one tier below the other, 80x24', async () => {
    expect(await press('g', '── graph', { events: broken })).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed                ↻ web sync 61 ms · 39s ago

      ── graph ──────────────────────────────────────────────────────── 1 more below ─
       web
         ● web                      healthy
           → api healthy

       app
         ● api                      healthy
           → db healthy
           → migrate done
           · needed by web
         ✖ worker                   exit 1 x3
           → db healthy
         ✔ migrate                  done
           → db healthy
           · needed by api

       data
         ● db                       healthy
           · needed by api, worker, migrate
       ✖ worker exited with code 1: TypeError: Cannot read pro…    28s ago  i details
       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })

  it('one tier beside the other, with who waits for whom, 120x20', async () => {
    expect(await press('g', '── graph', { events: early, at: 3500, columns: 120, rows: 20 })).toMatchInlineSnapshot(`
      " shop   starting 3s   0/5 up
      ── graph ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
       web                                     app                                     data
         ◐ web                  building         ◐ api                  waiting          ◐ db                   starting
           → api waits for it to be healthy        → db waits for it to be healthy         · api, worker, migrate wait for it
                                                   → migrate waits for it to be done
                                                   · web waits for it
                                                 ◐ worker               waiting
                                                   → db waits for it to be healthy
                                                 ◐ migrate              waiting
                                                   → db waits for it to be healthy
                                                   · api waits for it






       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })
})

describe('the reloads', () => {
  it('newest first, with where the time went, 80x24', async () => {
    const shown = showDashboard(broken)
    open.push(shown)
    await shown.shows('help')
    shown.apply(
      {
        type: 'watch/changed',
        service: 'api',
        paths: ['/shop/api/src/cart.ts', '/shop/api/package.json'],
        action: 'sync+restart',
      },
      {
        type: 'reload/ended',
        service: 'api',
        action: 'sync+restart',
        files: 2,
        ms: 760,
        parts: { detect: 1, hold: 7, send: 23, react: 730 },
      },
      {
        type: 'reload/ended',
        service: 'worker',
        action: 'sync',
        files: 1,
        ms: 30,
        waiting: 1,
        parts: { hold: 7, send: 23, react: 0 },
      },
    )
    expect(await shown.press('h', '── reloads')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed         ↻ worker sync waits until it runs

      ── reloads ─────────────────────────────────────────────────────────────────────
         AGO SERVICE    ACTION           TOOK  WHAT
       ◐ 0s  worker     sync            30 ms  1 file
                        hold 7 ms, send 23 ms
                        1 change of it when the service runs
       ● 0s  api        sync+restart   760 ms  src/cart.ts, api/package.json
                        detect 1 ms, hold 7 ms, send 23 ms, react 730 ms
       ● 39s web        sync            61 ms  src/cart.tsx











       ✖ worker exited with code 1: TypeError: Cannot read pro…    28s ago  i details
       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })
})

it('a wide terminal is filled by panes beside the log, 240x50', async () => {
  const shown = showDashboard(broken, { columns: 240, rows: 50 })
  open.push(shown)
  expect(await shown.shows('help')).toMatchInlineSnapshot(`
    " shop   running   4/5 up   ✖ 1 failed                                                                                                                                                                                ↻ web sync 61 ms · 39s ago

         SERVICE  STATE        FOR   RST  TIER  IMAGE        PORTS
       ✖ worker   exit 1 x3    28s   2    app   shop-worker  exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')
     ▸ ● web      healthy      55s        web   shop-web     http://localhost:8080
       ● api 2/2  healthy      55s        app   shop-api
       ✔ migrate  done                    app   shop-api
       ● db       healthy      57s        data  postgres:17  localhost:5432

    ── log · all services ───────────────────────────────────────────────────────────────── 16 lines · following ─ ── web ───────────────────────────────────────────────── ── start-up ────────────────────────────────────────────────────────────
     12:00:02.200 ── db started ─────────────────────────────────────────────────────────────────────────────────   state    ● healthy for 55s                                   SERVICE           STATE            TIME  0s         2s          4s
     12:00:02.400 db      LOG:  starting PostgreSQL 17.2                                                            image    shop-web                                          ✔ networks, volumes created        200 ms  █✔
     12:00:02.401 db      LOG:  listening on IPv4 address "0.0.0.0", port 5432                                      tier     web                                               ● db                healthy         3.3 s  ▓▓▓▓▓▓▓▓▓▓▓█▒▒▒▒▒▒▒●
     12:00:03.400 ── db healthy ─────────────────────────────────────────────────────────────────────────────────   ports    http://localhost:8080 to 80/tcp                   ● web               healthy         4.4 s  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓··█●
     12:00:03.600 db      LOG:  database system is ready to accept connections                                      runs as  shop-web-1, running, healthy                      ✔ migrate           done            3.5 s  ···················█✔
     12:00:03.700 migrate applying 001_schema.sql                                                                   needs    api (healthy)                                     ● api               healthy         4.1 s  ······················█●
     12:00:03.701 migrate applying 002_seed.sql                                                                     reload   sync of 1 file in 61 ms, 39s ago                  ✖ worker            exit 1 x3       4.3 s  ·······················█✖
     12:00:03.702 migrate done                                                                                      plan     build and start web, 59s ago
     12:00:03.900 ── migrate exited 0 ───────────────────────────────────────────────────────────────────────────   more     is asked for                                    critical path, 4.4 s: web
     12:00:04.200 ── worker started ─────────────────────────────────────────────────────────────────────────────                                                            ▓ pull, build   █ create, start   ▒ healthcheck   · waits
     12:00:04.200 ── api 1 started ──────────────────────────────────────────────────────────────────────────────  ── reloads ─────────────────────────────────────────────
     12:00:04.200 ── api 2 started ──────────────────────────────────────────────────────────────────────────────     AGO SERVICE  ACTION       TOOK  WHAT                  ── graph ───────────────────────────────────────────────────────────────
     12:00:04.400 ── web started ────────────────────────────────────────────────────────────────────────────────   ● 39s web      sync        61 ms  src/cart.tsx           web
     12:00:04.500 api     INFO listening on :3000                                                                                                                              ● web                      healthy
     12:00:04.501 api     INFO 地図 loaded 🗺 in 12 ms                                                                                                                            → api healthy
     12:00:04.600 web     GET / 200 in 3 ms
     12:00:04.601 web     GET /assets/app.css 200 in 1 ms                                                                                                                    app
     12:00:04.602 web     GET /cart 200 in 14 ms                                                                                                                               ● api                      healthy
     12:00:04.700 worker  queue is up, concurrency 4                                                                                                                             → db healthy
     12:00:20.061 ── web reloaded src/cart.tsx (sync, 61 ms) ────────────────────────────────────────────────────                                                                → migrate done
     12:00:20.100 web     [vite] hmr update /src/cart.tsx                                                                                                                        · needed by web
     12:00:31.000 worker ▌TypeError: Cannot read properties of undefined (reading 'items')                                                                                     ✖ worker                   exit 1 x3
                         ▌    at applyCoupon (src/coupon.ts:41:17)                                                                                                               → db healthy
                         ▌    at run (src/queue.ts:88:5)                                                                                                                       ✔ migrate                  done
     12:00:31.200 ── worker exited 1 ────────────────────────────────────────────────────────────────────────────                                                                → db healthy
                                                                                                                                                                                 · needed by api

                                                                                                                                                                             data
                                                                                                                                                                               ● db                       healthy
                                                                                                                                                                                 · needed by api, worker, migrate







     ✖ worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')                                                                                                                               28s ago  i details
     ↑↓ choose  enter log  r restart  s stop  e shell  o open  i details  / filter  : all actions  d detach  t start-up  g graph  h reloads  q quit  ? help"
  `)
})

it('the palette, 100x30', async () => {
  expect(await press(':', '── all actions', { events: broken, columns: 100, rows: 30 })).toMatchInlineSnapshot(`
    " shop   running   4/5 up   ✖ 1 failed                                    ↻ web sync 61 ms · 39s ago

    ── all actions / _ ───────────────────────────────────────────────────────────────── 32 more below ─
     ▸ u       Session  Apply what an edit of the stack file would change        stack up --detach
       r       Service  Restart the service                                      stack restart web
       R       Service  Build its image again and recreate it                    stack up --build --no-…
       A       Service  New containers of the same image, after a question       stack up --force-recre…
       s       Service  Stop the service, or start it                            stack stop web
               Service  Start what does not run of those that are marked         stack start web
               Service  Stop what runs of those that are marked                  stack stop web
       x       Service  Kill the service at once, after a question               stack kill web
       z       Service  Freeze the service where it is, or let it go on          stack pause web
       =       Service  How many containers it has; asks for the number          stack scale --no-deps …
       e       Service  A shell in its container; its end leads back here        stack exec web sh
       !       Service  Run a command in its container; asks for it              stack exec web COMMAND
               Service  A shell of another image beside its container, for an …  stack debug web
       a       Service  Join the terminal to its main process                    stack attach web
       space   Service  Mark it, or not: the next action is for all that are m…
       o       Service  Open its page in the browser; asks which where there a…
       c       Service  Copy its address; asks which where there are several
       i       Service  Everything known of the service, and all problems
       f       Log      Follow the newest lines, or pause
       space   Log      Pause, or follow again
       /       Log      Show only lines with these words; !word, /expression/,…
       #       Log      Search: mark lines with these words and show all other…
       n       Log      The next line that is searched; without a search, the …
       N       Log      The line before that is searched, or that tells of an …
     ✖ worker exited with code 1: TypeError: Cannot read properties of undefined…    28s ago  i details
     enter do it  esc back"
  `)
})

describe('the health', () => {
  const failing = inspectedProbes('db', [
    [10_000, 0, 'accepting connections'],
    [15_000, -1, 'Health check exceeded timeout (3s)'],
    [20_000, 2, 'pg_isready: error: connection to server on socket "/run/pg" failed:\nIs it running?\n  at line 3'],
  ])
  it('says of a service without a healthcheck what would be seen, 60x15', async () => {
    expect(await press('H', 'health of web', { events: broken, columns: 60, rows: 15 })).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed      ↻ web sync 61 ms
      ── health of web ───────────────────────────────────────────
       No probe has ended yet.
       The first one stands here as soon as it has. Tab goes to
       the next service.







       ✖ worker exited with code 1: TypeEr…    28s ago  i details
       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })

  it.each([
    { columns: 60, rows: 15 },
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 240, rows: 70 },
    { columns: 80, rows: 24, unicode: false },
  ])('shows each probe with what it said: %o', async (size) => {
    const shown = showDashboard(broken, size)
    open.push(shown)
    await shown.shows('help')
    shown.apply(failing)
    await shown.press('H', 'health of web')
    await shown.press('\u001b[Z', 'health of worker')
    expect(await shown.press('\u001b[Z', 'health of db', '2 failures in a row')).toMatchSnapshot()
  })

  it('folds and unfolds what a probe said, and asks again while it is seen', async () => {
    const shown = showDashboard(broken)
    open.push(shown)
    await shown.shows('help')
    shown.apply(failing)
    await shown.press('H', 'health of web')
    await shown.press('\u001b[Z', 'health of worker')
    await shown.press('\u001b[Z', 'Is it running?')
    await shown.press('\r', '!Is it running?', '+2 lines')
    await shown.press('\r', 'Is it running?', '!+2 lines')
    // On a line of it Enter folds it, too.
    await shown.press('jj\r', '!Is it running?')
    // Whoever asked a moment before rests first.
    await expect.poll(() => shown.inspected.at(-1)).toBe('db')
  })

  it('stays on a probe while others come', async () => {
    const shown = showDashboard(broken)
    open.push(shown)
    await shown.shows('help')
    shown.apply(failing)
    await shown.press('H', 'health of web')
    await shown.press('\u001b[Z', 'health of worker')
    await shown.press('\u001b[Z', 'Is it running?')
    await shown.press('\r', '!Is it running?')
    await shown.press('j', '▸ ✖ 12:00:15')
    shown.apply(inspectedProbes('db', [[25_000, 2]]))
    expect(await shown.shows('12:00:25')).toContain('▸ ✖ 12:00:15')
  })
})

describe('the builds and pulls', () => {
  const early = toEvents(starting, transferring)
  const failed = toEvents(starting, transferring, buildFailed)
  const sizes = [
    { columns: 60, rows: 15 },
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 240, rows: 70 },
  ]

  it.each(sizes)('each step and layer with its time, its size and its last lines: %o', async (size) => {
    expect(await press('b', '── builds and pulls', { events: early, at: 1900, ...size })).toMatchSnapshot()
  })

  it('without colours and more than ASCII', async () => {
    expect(await press('b', '-- builds and pulls', { events: early, at: 1900, unicode: false })).toMatchSnapshot()
  })

  it('shows all that a failed step wrote, and on a key that of any other, 80x24', async () => {
    const shown = showDashboard(failed, { at: 5000 })
    open.push(shown)
    await shown.shows('help')
    expect(await shown.press('b', '── builds and pulls')).toMatchSnapshot()
    await shown.press('jjjj', '▸   ✖ [3/4]')
    await shown.press('\r', '!fetch react', '+6 lines')
    await shown.press('k', '▸   ✔ [2/4]')
    await shown.press('jj', '▸   ○ [4/4]')
    await shown.press('j\r', '▸ ✔ pull', '60.0 MB')
  })

  it('says what stands there when nothing was built, 60x15', async () => {
    const none = toEvents(starting.slice(0, 1), [[100, { type: 'session/changed', phase: 'running' }]])
    expect(await press('b', '── builds and pulls', { events: none, columns: 60, rows: 15 })).toMatchInlineSnapshot(`
      " shop   stopped   0/5 up
      ── builds and pulls ────────────────────────────────────────
       Nothing has been built or pulled since this began: every
       image was there.
       Each step and layer stands here, with its time and what it
       wrote. "R" on the main screen builds the chosen service's
       image again.






       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })
})

describe('volumes, networks and images', () => {
  const listed = (isMeasuring: boolean): EventBody => ({
    type: 'objects/listed',
    objects: {
      isMeasuring,
      volumes: [
        {
          name: 'shop_data',
          driver: 'local',
          mountpoint: '/var/lib/docker/volumes/shop_data/_data',
          isExternal: false,
          isAnonymous: false,
          ...(isMeasuring ? {} : { bytes: 212_400_000 }),
          users: [{ name: 'db', container: 'shop-db-1', at: '/var/lib/postgresql/data' }],
        },
        {
          name: 'media',
          driver: 'nfs',
          isExternal: true,
          isAnonymous: false,
          users: [{ name: 'other-web-1', container: 'other-web-1', at: '/media' }],
        },
      ],
      networks: [
        {
          id: 'f00dfeedbeef1234',
          name: 'shop_default',
          driver: 'bridge',
          isExternal: false,
          users: ['api', 'db', 'web', 'worker'].map((name) => ({ name, container: `shop-${name}-1` })),
        },
      ],
      images: [
        {
          reference: 'postgres:17',
          id: 'sha256:aa',
          bytes: 431_000_000,
          users: [{ name: 'db', container: 'shop-db-1' }],
        },
        { reference: 'sha256:51aa51aa51aa51aa', id: 'sha256:51aa51aa51aa51aa', bytes: 48_000_000, users: [] },
        { reference: 'shop-api', users: [] },
      ],
    },
  })
  const show = async (options: ShowOptions = {}) => {
    const shown = showDashboard(broken, options)
    open.push(shown)
    await shown.shows('help')
    return shown
  }

  it.each([
    { columns: 60, rows: 15 },
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 240, rows: 70 },
    { columns: 80, rows: 24, unicode: false },
  ])('with sizes and who uses them: %o', async (size) => {
    const shown = await show(size)
    await shown.press('v', 'The engine is asked')
    shown.apply(listed(false))
    expect(await shown.shows('shop_data')).toMatchSnapshot()
  })

  it('are asked for while they are seen, and sizes that are known stay while they are measured again', async () => {
    const shown = await show()
    expect(shown.sent).toEqual([])
    await shown.press('v', 'The engine is asked')
    shown.apply(listed(true))
    await shown.shows('measuring…')
    shown.apply(listed(false))
    await shown.shows('212 MB', '!measuring…')
    await shown.press('r', 'Asked again')
    shown.apply(listed(true))
    // The other one has no size that could be known.
    expect(await shown.shows('measuring…')).toContain('212 MB')
    expect(shown.sent).toEqual([{ type: 'list' }, { type: 'list' }])
    await shown.press('\r', 'shop-db-1 at /var/lib/postgresql/data')
  })

  it('say what stands there when there is none', async () => {
    const shown = await show()
    await shown.press('v', 'The engine is asked')
    shown.apply({ type: 'objects/listed', objects: { isMeasuring: false, volumes: [], networks: [], images: [] } })
    expect(await shown.shows('none: what')).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed                ↻ web sync 61 ms · 39s ago

      ── volumes, networks, images ───────────────────────────────────────────────────
       volumes
       ▸   none: what containers write goes with them

       networks
           none: "up" makes them

       images
           none: "up" pulls and builds them










       ✖ worker exited with code 1: TypeError: Cannot read pro…    28s ago  i details
       ↑↓ choose  enter unfold  esc back  : all actions  / find  ? help"
    `)
  })
})

describe('the changes of the stack file', () => {
  const proposed: EventBody = {
    type: 'edit/proposed',
    changes: [{ what: 'recreate web', why: 'environment MODE changed' }, { what: 'recreate volume shop_data' }],
    losses: ['volume shop_data'],
    plan: [
      '! volume.data  recreate: definition of volume data changed',
      '~ web.1        recreate: environment MODE changed',
      '+ cache.1      create: does not exist yet',
      '- old.1        remove: no service of the file',
      '= api, worker',
      '',
      '3 steps, each as soon as what it comes after is done:',
      '! volume.data/remove  definition of volume data changed  after db.1/release-volumes  [recreate volume data]',
      '  web.1/create        environment MODE changed  [recreate web.1]',
      '  cache.1/create      does not exist yet  after volume.data/remove, web.1/create',
    ],
  }
  const show = async (options: ShowOptions = {}) => {
    const shown = showDashboard(broken, options)
    open.push(shown)
    await shown.shows('help')
    shown.apply(proposed)
    return shown
  }

  it.each([
    { columns: 60, rows: 15 },
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 240, rows: 70 },
    { columns: 80, rows: 24, unicode: false },
  ])('is the whole plan with its causes: %o', async (size) => {
    const shown = await show(size)
    expect(await shown.press('D', 'changes of the stack file')).toMatchSnapshot()
  })

  it('marks what comes, changes, goes and loses data in colours, too', async () => {
    const shown = await show({ colour: true })
    await shown.press('D', 'changes of the stack file')
    const marks = ['! volume.data  ', '~ web.1', '+ cache.1', '- old.1']
    expect(await Promise.all(marks.map(shown.tty.colourOf))).toEqual([1, 3, 2, 6])
  })

  it('is applied from there, and then says what was done', async () => {
    const shown = await show()
    await shown.press('D', 'nothing is done yet')
    shown.tty.type('u')
    await eventually(() => expect(shown.sent).toEqual([{ type: 'apply' }]))
    shown.apply(
      { type: 'edit/proposed', changes: [], losses: [] },
      {
        type: 'plan/made',
        trigger: 'file',
        steps: [
          { id: 'w', kind: 'container/restart', subject: 'web', service: 'web', cause: 'MODE changed', needs: [] },
        ],
        unchanged: [],
      },
    )
    await shown.shows('The last edit, 0s ago:', 'restart web: MODE changed', 'no edit waits')
    await shown.press('r', 'The files are read again.')
    expect(shown.sent.at(-1)).toEqual({ type: 'reload' })
  })

  it('says what stands there when nothing was edited, 60x15', async () => {
    expect(await press('D', 'no edit', { events: broken, columns: 60, rows: 15 })).toMatchInlineSnapshot(`
      " shop   running   4/5 up   ✖ 1 failed      ↻ web sync 61 ms
      ── changes of the stack file ───────────────────────────────
       What runs is what stack.yaml says, as far as it was read:
       no edit waits. What an edit would change stands here until
       it is applied; "r" reads the file again.







       ✖ worker exited with code 1: TypeEr…    28s ago  i details
       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })
})
