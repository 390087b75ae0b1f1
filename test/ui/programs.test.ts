import { afterEach, describe, expect, it } from 'vitest'
import type { Aside } from '../../src/ui/perform.ts'
import { type ShownDashboard, showDashboard } from '../support/dashboard.ts'
import { probing, running, starting, toEvents } from '../support/shop-events.ts'

/** Programs that have the terminal for themselves while the dashboard steps aside. */

let shown: ShownDashboard | undefined
afterEach(() => shown?.unmount())

type Seen = {
  readonly words: readonly string[]
  readonly stays: boolean
  readonly isRaw: boolean
  readonly isAlternate: boolean
}

/** What was run, and how the terminal was meanwhile; each program ends when it is told to. */
const createPrograms = (shell: string | undefined = 'bash') => {
  const seen: Seen[] = []
  const ends: ((exit: number) => void)[] = []
  const aside: Aside = {
    findShell: async () => shell,
    run: async (words, { stays }) => {
      const { tty } = shown!
      seen.push({ words, stays, isRaw: tty.isRaw(), isAlternate: await tty.isAlternate() })
      return new Promise((resolve) => ends.push(resolve))
    },
  }
  return { aside, seen, end: (exit: number) => ends.shift()?.(exit), isRunning: () => ends.length > 0 }
}

const show = (aside: Aside, size: { readonly columns?: number; readonly rows?: number } = {}) =>
  (shown = showDashboard(toEvents(starting, probing, running), { columns: 110, rows: 30, aside, ...size }))

describe('a shell', () => {
  it('has the terminal as it was before, and its end leads back', async () => {
    const { aside, seen, end, isRunning } = createPrograms()
    const { press, tty, shows, apply, store } = show(aside)
    tty.type('je')
    await expect.poll(isRunning).toBe(true)
    expect(seen).toEqual([{ words: ['exec', 'api', 'bash'], stays: false, isRaw: false, isAlternate: false }])
    const [api] = store.getState().services.find(({ name }) => name === 'api')!.containers
    apply({ type: 'container/changed', container: { ...api!, state: 'paused' } })
    end(130)
    // What a person does in a shell is theirs: its code is no failure. What happened meanwhile is there.
    expect(await shows('Back from "stack exec api bash"', 'paused')).toContain('SERVICE')
    expect([tty.isRaw(), await tty.isAlternate()]).toEqual([true, true])
    expect(await press('L', '── command log')).toMatch(/stack exec api bash +done/)
  })

  it('is looked for where something runs, and nowhere else', async () => {
    const { aside, seen } = createPrograms()
    await show(aside).press('jjje', 'migrate does not run.')
    expect(seen).toEqual([])
  })

  it('of another image is offered where the image has none', async () => {
    const { aside, seen, end, isRunning } = createPrograms()
    const { press, tty, shows } = show({ ...aside, findShell: async () => undefined })
    expect(await press('e', '── web has no shell', 'y open it')).toContain('with its processes, network and volumes')
    tty.type('y')
    await expect.poll(isRunning).toBe(true)
    expect(seen.map(({ words }) => words)).toEqual([['debug', 'web']])
    end(0)
    await shows('Back from "stack debug web".', '!has no shell')
  })

  it('that cannot be looked for is told of, and the dashboard stays', async () => {
    const findShell = () => Promise.reject(new Error('The engine does not answer.'))
    await show({ ...createPrograms().aside, findShell }).press('e', 'The engine does not answer.')
  })
})

describe('a command', () => {
  it('is asked for, and what it printed stays until it has been read', async () => {
    const { aside, seen, end, isRunning } = createPrograms()
    const { press, tty, shows } = show(aside)
    await press('!', '── run a command in web', 'command: _')
    await press('ls "/my dir"', 'command: ls "/my dir"_')
    tty.type('\r')
    await expect.poll(isRunning).toBe(true)
    expect(seen.map(({ words, stays }) => ({ words, stays }))).toEqual([
      { words: ['exec', 'web', 'ls', '/my dir'], stays: true },
    ])
    end(2)
    await shows('which ended with 2.', '!command:')
    expect(await press('L', '── command log')).toMatch(/stack exec web ls '\/my dir' +failed/)
  })

  it('with a quote that nothing closes is not run', async () => {
    const { aside, seen } = createPrograms()
    const { press } = show(aside)
    await press('!', 'command: _')
    await press('echo "', 'echo "_')
    await press('\r', 'Not a command:')
    expect(seen).toEqual([])
  })
})

describe('the command log', () => {
  it('has what was asked for, with its command line and what came of it', async () => {
    const { press, apply } = show(createPrograms().aside, { columns: 80, rows: 15 })
    await press('L', 'Nothing has been asked for yet')
    apply(
      { type: 'command/begun', id: 'c1', line: 'stack restart web' },
      { type: 'command/ended', id: 'c1', outcome: 'done', ms: 1234 },
      { type: 'command/begun', id: 'c2', line: 'stack up --build --no-deps api' },
    )
    expect(await shown!.shows('stack restart web', 'goes on')).toMatchInlineSnapshot(`
      " shop   running   5/5 up                                    watching 3 services
      ── command log ─────────────────────────────────────────────────────────────────
         AT            AGO   COMMAND                                RESULT       TOOK
       ◐ 12:01:00.000  0s    stack up --build --no-deps api         goes on
       ✔ 12:01:00.000  0s    stack restart web                      done        1.2 s








       ↑↓ scroll  esc back  : all actions  / find  ? help"
    `)
  })
})

describe('an address', () => {
  it('of several is chosen', async () => {
    const { press, opened, copied, apply, store } = show(createPrograms().aside)
    const [web] = store.getState().services.find(({ name }) => name === 'web')!.containers
    const ports = [80, 443, 5432].map((port) => ({
      hostIp: '127.0.0.1',
      hostPort: 18_000 + port,
      containerPort: port,
      protocol: 'tcp' as const,
    }))
    apply({ type: 'container/changed', container: { ...web!, ports } })
    await press('o', '── open an address of web', 'http://localhost:18080', 'enter open', '!18432')
    await press('j\r', 'Opening https://localhost:18443', '!open an address')
    await press('c', '── copy an address of web', 'localhost:23432', 'enter copy')
    await press('jj\r', 'Copied localhost:23432')
    expect({ opened, copied }).toEqual({ opened: ['https://localhost:18443'], copied: ['localhost:23432'] })
  })
})
