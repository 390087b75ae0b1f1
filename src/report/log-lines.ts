import type { LogLine } from '../core/events/event.ts'
import { noPaint, type Paint, type Style } from './paint.ts'
import { padToCells, textWidth } from '../wire/cell-width.ts'

/** Docker Compose's order: the five colours, then their bright sisters. */
const cycle: readonly Style[] = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'brightCyan',
  'brightYellow',
  'brightGreen',
  'brightMagenta',
  'brightBlue',
]

export type LogOptions = {
  readonly prefix: boolean
  readonly timestamps: boolean
}

export type LogFormat = {
  /** Makes room for names before their first line, in the order in which colours are given. */
  expect(names: readonly string[]): void
  /** `paint` is that of the stream that the lines go to; a container has one colour on both. */
  lines(name: string, lines: readonly LogLine[], paint?: Paint): readonly string[]
  /** A line about a container, not of it: `web-1 exited with code 3`. */
  note(name: string, text: string, paint?: Paint): string
}

/** Log lines as `docker compose logs` prints them: `web-1  | text`, padded to the longest name, a colour for each. */
export const createLogFormat = ({ prefix, timestamps }: LogOptions): LogFormat => {
  const styles = new Map<string, Style>()
  let width = 0
  const styleOf = (name: string): Style => {
    const known = styles.get(name)
    if (known !== undefined) return known
    const style = cycle[styles.size % cycle.length] ?? 'cyan'
    styles.set(name, style)
    width = Math.max(width, textWidth(name))
    return style
  }
  return {
    expect: (names) => {
      for (const name of [...names].sort()) styleOf(name)
    },
    lines: (name, lines, paint = noPaint) => {
      const style = styleOf(name)
      const start = prefix ? paint(style, `${padToCells(name, width)}  | `) : ''
      return lines.map((line) => start + (timestamps ? `${toTimestamp(line)} ` : '') + line.text)
    },
    note: (name, text, paint = noPaint) => paint(styleOf(name), `${name} ${text}`),
  }
}

const toTimestamp = (line: LogLine): string => line.timestamp ?? new Date(line.at).toISOString()
