import type { LogEntry } from './log-source.ts'

/** A filter as a person types it. */
export type LogFilter = {
  readonly matches: (entry: LogEntry) => boolean
  /** Where it matches in a text without escape sequences: `[start, end)` in UTF-16 units. Empty for an inverted filter. */
  readonly find: (text: string) => readonly (readonly [start: number, end: number])[]
  /** Why it finds nothing: what stands between the strokes is no regular expression. */
  readonly fault?: string
}

const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Without terminal escape sequences. */
export const toPlainText = (text: string) => (text.includes('\u001b') ? text.replace(escapes, '') : text)

/**
 * Words to be found anywhere in a line or in the name of its service, in any case unless one letter is a capital; `/like this/` is a regular expression;
 * `!` before either turns it round. Nothing lets everything through, and what is no regular expression lets nothing through.
 */
export const parseLogFilter = (typed: string): LogFilter | undefined => {
  const inverted = typed.startsWith('!')
  const wanted = inverted ? typed.slice(1) : typed
  if (wanted === '') return undefined
  const pattern = toPattern(wanted)
  if (typeof pattern === 'string') return { matches: () => false, find: () => [], fault: pattern }
  return {
    matches: ({ text, service }) => (isIn(pattern, toPlainText(text)) || isIn(pattern, service)) !== inverted,
    find: (text) =>
      inverted
        ? []
        : [...text.matchAll(pattern)].flatMap((found) =>
            found[0] === '' ? [] : [[found.index, found.index + found[0].length] as const],
          ),
  }
}

const isIn = (pattern: RegExp, text: string): boolean => {
  pattern.lastIndex = 0
  return pattern.test(text)
}

const toPattern = (wanted: string): RegExp | string => {
  const flags = /\p{Lu}/u.test(wanted) ? 'g' : 'gi'
  const expression = /^\/(.+)\/$/.exec(wanted)?.[1]
  if (expression === undefined) return new RegExp(wanted.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`), flags)
  try {
    return new RegExp(expression, flags)
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '')
  }
}
