import { spawn } from '@lydell/node-pty'
import { eventually } from './eventually.ts'
import { cleanEnvironment } from './tool.ts'
import { createFakeTty } from './tty.ts'

export type InTerminal = {
  readonly pid: number
  readonly type: (keys: string) => void
  /** Waits until the screen shows the text, and fails with the screen when it does not. */
  readonly shows: (text: string) => Promise<void>
  /** Waits until what is shown holds, and gives the moment (`performance.now()`) at which that had been written. */
  readonly becomes: (holds: (screen: string) => boolean) => Promise<number>
  /** What it shows now. */
  readonly screen: () => Promise<string>
  /** All that was written to it, with what commands the terminal. */
  readonly written: () => string
  /** Frames drawn so far. */
  readonly frames: () => number
  /** Waits for the end: the exit code, or 128 plus the signal's number as a shell would say. */
  readonly ends: () => Promise<number>
  readonly kill: () => void
}

export type TerminalOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a program in a terminal of the kernel's, 80 by 24 if nothing is said; what it draws is read by a terminal emulator. */
export const startInTerminal = (
  [program, ...words]: readonly [string, ...string[]],
  cwd: string,
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): InTerminal => {
  const screen = createFakeTty(columns, rows)
  const name = 'xterm-256color'
  const pty = spawn(program, words, { name, cols: columns, rows, cwd, env: cleanEnvironment({ TERM: name, ...env }) })
  const watchers = new Set<() => void>()
  pty.onData((text) => {
    screen.stdout.write(text)
    for (const look of watchers) look()
  })
  let code: number | undefined
  pty.onExit(({ exitCode, signal = 0 }) => {
    code = signal === 0 ? exitCode : 128 + signal
  })
  const look = async (holds: (shown: string) => boolean, fault: string) => {
    const shown = await screen.screen()
    if (!holds(shown)) throw new Error(`${fault}:\n${shown}`)
  }
  const becomes = (holds: (shown: string) => boolean) =>
    new Promise<number>((resolve, reject) => {
      let last = ''
      const end = (act: () => void) => {
        watchers.delete(check)
        clearTimeout(limit)
        act()
      }
      const check = () => {
        const at = performance.now()
        void screen.screen().then((shown) => {
          last = shown
          if (holds(shown)) end(() => resolve(at))
        }, reject)
      }
      const limit = setTimeout(
        () => end(() => reject(new Error(`the screen does not come, but shows:\n${last}`))),
        30_000,
      )
      watchers.add(check)
      check()
    })
  return {
    pid: pty.pid,
    becomes,
    frames: screen.frames,
    written: screen.written,
    type: (keys) => pty.write(keys),
    shows: (text) =>
      eventually(() => look((shown) => shown.includes(text), `the screen does not show "${text}"`), 30_000),
    screen: () => screen.screen(),
    ends: async () => {
      await eventually(() => look(() => code !== undefined, 'it has not ended, and shows'), 30_000)
      return code ?? 0
    },
    kill: () => {
      if (code === undefined) pty.kill('SIGKILL')
    },
  }
}
