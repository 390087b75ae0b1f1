import { selectErrorLine } from '../events/crash.ts'
import type { LogBuffer } from './log-buffer.ts'
import { toPlainText } from './log-filter.ts'

/** How far back words are looked for: programs end with few blank lines. */
const lookedAt = 5

/** Milliseconds before its last line: what was written in one go comes out of two streams in any order. */
const together = 1000

/** The last that a service wrote: the line that speaks of an error, and of a stack trace the one that says what it is about. */
export const selectLastWords = (logs: Pick<LogBuffer, 'tail' | 'rest'>, service: string): string | undefined => {
  const items = logs.tail(lookedAt, { services: [service] })
  const written = items.filter((item) => item.stream !== 'event' && toPlainText(item.text).trim() !== '')
  const last = written.at(-1)
  if (last === undefined) return undefined
  const lines = written
    .filter(({ at }) => at >= last.at - together)
    .flatMap((item) => (item.more === 0 ? [item] : [item, ...logs.rest(item)]))
  return selectErrorLine(lines.map(({ text }) => toPlainText(text)))
}
