import { spawn } from '@lydell/node-pty'
import { eventually } from './eventually.ts'
import { cleanEnvironment } from './tool.ts'
import { createFakeTty } from './tty.ts'

export type InTerminal = {
  readonly type: (keys: string) => void
  /** Waits until the screen shows the text, and fails with the screen when it does not. */
  readonly shows: (text: string) => Promise<void>
  /** What it shows now. */
  readonly screen: () => Promise<string>
  /** Waits for the end: the exit code, or 128 plus the signal's number as a shell would say. */
  readonly ends: () => Promise<number>
  readonly kill: () => void
}

/** Starts a program in a terminal of the kernel's, 80 by 24; what it draws is read by a terminal emulator. */
export const startInTerminal = ([program, ...words]: readonly [string, ...string[]], cwd: string): InTerminal => {
  const screen = createFakeTty(80, 24)
  const env = cleanEnvironment({ TERM: 'xterm-256color' })
  const pty = spawn(program, words, { name: 'xterm-256color', cols: 80, rows: 24, cwd, env })
  pty.onData((text) => void screen.stdout.write(text))
  let code: number | undefined
  pty.onExit(({ exitCode, signal = 0 }) => {
    code = signal === 0 ? exitCode : 128 + signal
  })
  const look = async (holds: (shown: string) => boolean, fault: string) => {
    const shown = await screen.screen()
    if (!holds(shown)) throw new Error(`${fault}:\n${shown}`)
  }
  return {
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
