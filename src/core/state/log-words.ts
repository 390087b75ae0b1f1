import { selectErrorLine } from '../events/crash.ts'
import type { LogBuffer } from './log-buffer.ts'
import { toPlainText } from './log-filter.ts'

/** How far back words are looked for: programs end with few blank lines. */
const lookedAt = 5

/** The last that a service wrote: of a stack trace, the line that says what it is about. */
export const selectLastWords = (logs: Pick<LogBuffer, 'tail' | 'rest'>, service: string): string | undefined => {
  const items = logs.tail(lookedAt, { services: [service] })
  const last = items.findLast((item) => item.stream !== 'event' && toPlainText(item.text).trim() !== '')
  if (last === undefined) return undefined
  const lines = last.more === 0 ? [last] : [last, ...logs.rest(last)]
  return selectErrorLine(lines.map(({ text }) => toPlainText(text)))
}
