import type { LiveList } from '../../report/live-list.ts'
import type { Line } from '../../report/lines.ts'
import type { CliContext } from '../context.ts'

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
/** The terminal shows what is between the two at once. */
const beginUpdate = '\u001B[?2026h'
const endUpdate = '\u001B[?2026l'

export type LiveScreen = {
  /** Prints lines for good, above the list, and draws the list again soon. */
  print(lines: readonly Line[]): void
  /** Draws the list for the last time and leaves it there. */
  end(): void
}

/** Draws a list in place on standard error, at most 12 times a second, and leaves the terminal as it was. */
export const createLiveScreen = (list: LiveList, { context }: { readonly context: CliContext }): LiveScreen => {
  const { stderr, terminal, signals, clock } = context
  let drawn = 0
  let timer: NodeJS.Timeout | undefined
  let isHidden = false

  const erase = (): string => (drawn === 0 ? '' : `\u001B[${drawn}A\r\u001B[0J`)
  const draw = (permanent: string): void => {
    const frame = list.frame(clock.now(), terminal.size('stderr'))
    const body = frame.length === 0 ? '' : `${frame.join('\n')}\n`
    const hide = isHidden || body === '' ? '' : hideCursor
    isHidden ||= body !== ''
    stderr.writeRaw(beginUpdate + hide + erase() + terminal.safe(permanent + body) + endUpdate)
    drawn = frame.length
  }
  const tick = (): void => {
    timer = undefined
    draw('')
    if (list.isMoving()) schedule()
  }
  const schedule = (): void => {
    timer ??= setTimeout(tick, 80)
  }
  const restore = (): void => {
    if (isHidden) stderr.writeRaw(showCursor)
    isHidden = false
  }
  const forget = signals.beforeForcedExit(restore)
  return {
    print: (lines) => {
      if (lines.length > 0) draw(lines.map(({ text }) => `${text}\n`).join(''))
      schedule()
    },
    end: () => {
      clearTimeout(timer)
      draw('')
      restore()
      forget()
    },
  }
}
