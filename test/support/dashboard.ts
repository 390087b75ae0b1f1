import type { Command, EventBody, StackEvent } from '../../src/core/events/event.ts'
import { createStore, type Store } from '../../src/core/state/store.ts'
import { defaultSettings, type Settings } from '../../src/ui/settings.ts'
import { createTerminalInput, type TerminalInputOptions } from '../../src/ui/terminal/terminal-input.ts'
import { mountDashboard } from '../../src/ui/mount.tsx'
import type { Aside } from '../../src/ui/perform.ts'
import { eventually } from './eventually.ts'
import { start } from './shop-events.ts'
import { createFakeTty, type FakeTty } from './tty.ts'

export type ShownDashboard = {
  readonly tty: FakeTty
  readonly store: Store
  /** What was sent, opened and copied; what is to be measured and inspected goes by itself. */
  readonly sent: readonly Command[]
  readonly opened: readonly string[]
  readonly copied: readonly string[]
  /** The services that are to be measured. */
  readonly measured: () => readonly string[]
  /** The services that were to be inspected, one after the other. */
  readonly inspected: readonly string[]
  readonly saved: readonly { readonly name: string; readonly lines: readonly string[] }[]
  readonly apply: (...bodies: readonly EventBody[]) => void
  /**
   * Types, and waits until the screen shows (or, with `!`, does not show) each of the texts. At least one of them must not
   * hold before: a wait for what is there already waits for nothing.
   */
  readonly press: (keys: string, ...shows: readonly string[]) => Promise<string>
  readonly shows: (...texts: readonly string[]) => Promise<string>
  /** How often the list of projects was asked for. */
  readonly listed: () => number
  readonly left: Promise<void>
  readonly unmount: () => void
  readonly setTime: (ms: number) => void
  /** It has stopped the process; the result lets that go on. */
  readonly stopped: () => Promise<() => void>
  readonly resume: () => Promise<void>
}

export type ShowOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly colour?: boolean
  readonly unicode?: boolean
  readonly settings?: Partial<Settings>
  readonly notice?: string
  readonly links?: boolean
  readonly asked?: Pick<TerminalInputOptions, 'asksGround' | 'isLight'>
  readonly readVariables?: (service: string) => Promise<Readonly<Record<string, string>>>
  readonly aside?: Aside
  /** Milliseconds after the start of the session that it is now. */ readonly at?: number
}

/** A dashboard on a terminal in memory, at a time that stands still. */
export const showDashboard = (events: readonly StackEvent[], options: ShowOptions = {}): ShownDashboard => {
  const { columns = 80, rows = 24, colour = false, unicode = true, links = false, at = 60_000 } = options
  const tty = createFakeTty(columns, rows)
  const store = createStore({ schedule: (run, ms) => void setTimeout(run, ms) })
  for (const event of events) store.apply(event)
  let now = start + at
  let seq = events.length
  const sent: Command[] = []
  let measured: readonly string[] = []
  const inspected: string[] = []
  const opened: string[] = []
  const copied: string[] = []
  const saved: { name: string; lines: readonly string[] }[] = []
  const stops: (() => void)[] = []
  let listed = 0
  const dashboard = mountDashboard({
    store,
    send: (command) => {
      if (command.type === 'measure') measured = command.services
      else if (command.type === 'inspect') inspected.push(command.service)
      else sent.push(command)
    },
    input: createTerminalInput({ ...tty, ...options.asked }),
    stdout: tty.stdout,
    colour,
    unicode,
    settings: { ...defaultSettings, ...options.settings },
    ...(options.notice === undefined ? {} : { notice: options.notice }),
    links,
    now: () => now,
    formatTime: (time) => new Date(time).toISOString().slice(11, 23),
    openUrl: (url) => void opened.push(url),
    copyText: (text) => void copied.push(text),
    saveLines: async (name, lines) => {
      saved.push({ name, lines })
      return `/logs/${name}`
    },
    showProjects: () => void (listed += 1),
    ...(options.aside === undefined ? {} : { aside: options.aside }),
    ...(options.readVariables === undefined ? {} : { readVariables: options.readVariables }),
    stop: () => new Promise((resolve) => void stops.push(resolve)),
  })
  const shows = async (...texts: readonly string[]) => {
    let screen = ''
    await eventually(async () => {
      screen = await tty.screen()
      const missing = texts.find((text) => !holdsOn(screen, text))
      if (missing !== undefined)
        throw new Error(`${missing.startsWith('!') ? 'still shows' : 'does not show'} ${missing}:\n${screen}`)
    }, 15_000)
    return screen
  }
  return {
    tty,
    store,
    sent,
    opened,
    copied,
    measured: () => measured,
    inspected,
    saved,
    apply: (...bodies) => bodies.forEach((body) => store.apply({ seq: (seq += 1), at: now, ...body })),
    press: async (keys, ...texts) => {
      const screen = await tty.screen()
      if (texts.length > 0 && texts.every((text) => holdsOn(screen, text)))
        throw new Error(`before ${JSON.stringify(keys)} the screen shows already ${texts.join(', ')}:\n${screen}`)
      tty.type(keys)
      return shows(...texts)
    },
    shows,
    listed: () => listed,
    left: dashboard.waitUntilExit(),
    unmount: dashboard.unmount,
    stopped: async () => {
      await eventually(() => {
        if (stops.length === 0) throw new Error('it was not stopped')
      })
      return stops.shift()!
    },
    resume: dashboard.resume,
    setTime: (ms) => void (now = start + ms),
  }
}

const holdsOn = (screen: string, text: string): boolean =>
  text.startsWith('!') ? !screen.includes(text.slice(1)) : screen.includes(text)
