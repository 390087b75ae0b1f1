import { createReportReader, type TerminalReport } from './reports.ts'

/** The keyboard side of a terminal: keys for Ink, and what the terminal itself has to say for whoever wants to know. */
export type TerminalInput = {
  /** Standard input without reports, for Ink. Whoever turns its raw mode on and off turns the reports on and off with it. */
  readonly stdin: NodeJS.ReadStream
  /** The terminal has the person's attention, or does not tell. */
  readonly isFocused: () => boolean
  /** The ground of the terminal is light, as far as it is known. */
  readonly isLight: () => boolean
  /** Returns the function that ends the subscription. */
  readonly subscribe: (listener: (report: TerminalReport) => void) => () => void
  /** Whether clicks and the wheel are told. The terminal then selects text only with shift. */
  readonly setMouse: (on: boolean) => void
  /** Takes the keyboard before anything is drawn: what is typed meanwhile would be written into the first frame. */
  readonly take: () => void
  /** Gives the keyboard back, when what the terminal was asked has been answered: a shell would take the answer as typed. */
  readonly release: () => Promise<void>
}

export type TerminalInputOptions = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  /** What is known of the ground before anybody has asked. */
  readonly isLight?: boolean
  /** The terminal is asked for its ground (OSC 11), and then for what all of them answer (DA1). */
  readonly asksGround?: boolean
}

const focusModes = { on: '\u001b[?1004h', off: '\u001b[?1004l' }
/** Clicks, and places as numbers. */
const mouseModes = { on: '\u001b[?1000h\u001b[?1006h', off: '\u001b[?1006l\u001b[?1000l' }
const groundQuestion = '\u001b]11;?\u001b\\\u001b[c'
/** So long the shell waits for a terminal that does not answer. */
const answerMs = 200

export const createTerminalInput = (options: TerminalInputOptions): TerminalInput => {
  const { stdin, stdout } = options
  const listeners = new Set<(report: TerminalReport) => void>()
  const modes = { isTaken: false, hasMouse: false }
  const known = { isFocused: true, isLight: options.isLight ?? false }
  let question: 'unasked' | 'asked' | 'answered' = options.asksGround === true ? 'unasked' : 'answered'

  const hear = (report: TerminalReport): void => {
    if (report.kind === 'focus') known.isFocused = report.focused
    if (report.kind === 'ground') known.isLight = report.light
    if (report.kind === 'attributes') question = 'answered'
    for (const listener of [...listeners]) listener(report)
  }
  const { read, pause } = createKeyReader(stdin, hear)
  const setRawMode = (on: boolean): void => {
    stdin.setRawMode(on)
    if (on === modes.isTaken) return
    modes.isTaken = on
    if (!on) pause()
    const asks = on && question === 'unasked'
    if (asks) question = 'asked'
    const mouse = modes.hasMouse ? mouseModes[on ? 'on' : 'off'] : ''
    stdout.write(`${focusModes[on ? 'on' : 'off']}${mouse}${asks ? groundQuestion : ''}`)
  }
  const proxy: NodeJS.ReadStream = new Proxy(stdin, {
    get(target, name) {
      if (name === 'read') return read
      if (name === 'setRawMode')
        return (on: boolean) => {
          setRawMode(on)
          return proxy
        }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

  return {
    stdin: proxy,
    isFocused: () => known.isFocused,
    isLight: () => known.isLight,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setMouse: (on) => {
      if (on === modes.hasMouse) return
      modes.hasMouse = on
      if (modes.isTaken) stdout.write(mouseModes[on ? 'on' : 'off'])
    },
    take: () => setRawMode(true),
    release: async () => {
      if (question === 'asked') {
        await untilAnswered(stdin, { read, isAnswered: () => question === 'answered' })
        question = 'answered'
      }
      if (modes.isTaken) setRawMode(false)
      stdin.unref()
    },
  }
}

/** Reads standard input without reports, which are told. A key that begins as they do comes when no more has come for a while. */
const createKeyReader = (stdin: NodeJS.ReadStream, hear: (report: TerminalReport) => void) => {
  const reader = createReportReader()
  let late = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const takeLate = (): string => {
    const keys = late
    late = ''
    return keys
  }
  const waitForRest = (): void => {
    clearTimeout(timer)
    const ms = reader.due()
    if (ms === undefined) return
    timer = setTimeout(() => {
      late += reader.flush()
      if (late !== '') stdin.emit('readable')
    }, ms)
  }
  return {
    /** As `read` of a stream: null when there is nothing (more) to read. */
    read: (): string | null => {
      for (;;) {
        if (late !== '') return takeLate()
        const chunk: unknown = stdin.read()
        if (chunk === null) return null
        const { keys, reports } = reader.read(String(chunk))
        waitForRest()
        reports.forEach(hear)
        if (keys !== '') return keys
      }
    },
    pause: (): void => clearTimeout(timer),
  }
}

/** Gives the keyboard back when that has ended, however it does. */
export const releaseAfter = async (input: TerminalInput, ended: Promise<unknown>): Promise<void> => {
  try {
    await ended
  } finally {
    await input.release()
  }
}

type Waiting = { readonly read: () => string | null; readonly isAnswered: () => boolean }

const untilAnswered = (stdin: NodeJS.ReadStream, { read, isAnswered }: Waiting): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(limit)
      stdin.off('readable', look).setRawMode(false)
      resolve()
    }
    const look = (): void => {
      while (read() !== null);
      if (isAnswered()) end()
    }
    const limit = setTimeout(end, answerMs)
    stdin.setRawMode(true).setEncoding('utf8').on('readable', look)
    look()
  })
