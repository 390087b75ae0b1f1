import type { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import xterm from '@xterm/headless'

export type FakeTty = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** What a person sees, without spaces at the ends of lines and without empty lines at the end. */
  readonly screen: () => Promise<string>
  readonly row: (index: number) => Promise<string>
  /** Foreground colour of the first cell of a text on the screen: palette number, or -1 for the terminal's own. */
  readonly colourOf: (text: string) => Promise<number | undefined>
  readonly type: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  readonly isAlternate: () => Promise<boolean>
  readonly isRaw: () => boolean
  readonly isCursorShown: () => boolean
  /** What the terminal is to tell by itself. */
  readonly modes: () => { readonly mouse: string; readonly focus: boolean; readonly paste: boolean }
  /** Frames drawn so far, and all that was written, with what commands the terminal. */
  readonly frames: () => number
  readonly written: () => string
}

/** A terminal in memory: what is written to `stdout` is interpreted by a real terminal emulator. */
export const createFakeTty = (columns: number, rows: number): FakeTty => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 })
  let frames = 0
  let written = ''
  let raw = false
  let cursor = true

  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = chunk.toString()
        written += text
        frames += text.split('\u001b[?2026h').length - 1
        for (const [, end] of text.matchAll(/\u001b\[\?25([hl])/g)) cursor = end === 'h'
        // A raw terminal does not turn line feeds into new lines by itself; a real tty's line discipline does.
        terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), done)
      },
    }),
    { isTTY: true, columns, rows, getWindowSize: () => [terminal.cols, terminal.rows] },
  )
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(on: boolean) {
      raw = on
      return stdin
    },
    ref: () => stdin,
    unref: () => stdin,
  })

  /** What waits in the stream until the terminal has taken what came before has been written, too. */
  const settled = async () => {
    await new Promise<void>((resolve) => void stdout.write('', () => resolve()))
    await new Promise<void>((resolve) => terminal.write('', resolve))
  }
  const lines = async () => {
    await settled()
    const { active } = terminal.buffer
    return Array.from(
      { length: terminal.rows },
      (_, index) => active.getLine(active.viewportY + index)?.translateToString(true) ?? '',
    )
  }
  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    screen: async () =>
      (await lines())
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
    row: async (index) => (await lines())[index] ?? '',
    async colourOf(text) {
      const all = await lines()
      const y = all.findIndex((line) => line.includes(text))
      const { active } = terminal.buffer
      const cell = active.getLine(active.viewportY + y)?.getCell(all[y]?.indexOf(text) ?? 0)
      return y < 0 || cell === undefined ? undefined : cell.isFgDefault() ? -1 : cell.getFgColor()
    },
    type: (keys) => void stdin.write(keys),
    resize(width, height) {
      terminal.resize(width, height)
      Object.assign(stdout, { columns: width, rows: height })
      ;(stdout as unknown as EventEmitter).emit('resize')
    },
    async isAlternate() {
      await settled()
      return terminal.buffer.active.type === 'alternate'
    },
    isRaw: () => raw,
    isCursorShown: () => cursor,
    modes: () => {
      const { mouseTrackingMode: mouse, sendFocusMode: focus, bracketedPasteMode: paste } = terminal.modes
      return { mouse, focus, paste }
    },
    frames: () => frames,
    written: () => written,
  }
}
