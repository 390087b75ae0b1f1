import { logLevels, toLogLevel, type LogLevel } from './log-level.ts'
import type { LogEntry } from './log-source.ts'

export type FilterLine = Pick<LogEntry, 'service' | 'level' | 'text'>
export type TextRange = readonly [start: number, end: number]

/** A filter as a person types it. */
export type LogFilter = {
  readonly matches: (line: FilterLine) => boolean
  /** A part with `!` finds the line: it is hidden, and what goes on with it, too. */
  readonly excludes: (line: FilterLine) => boolean
  /** It asks for words: a frame of a stack trace can have them, which the first line of the trace has not. */
  readonly hasWords: boolean
  /** Where it matches in a text without escape sequences: `[start, end)` in UTF-16 units, in their order. */
  readonly find: (text: string) => readonly TextRange[]
  /** Why it finds nothing: what stands between the strokes is no regular expression. */
  readonly fault?: string
}

const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Without terminal escape sequences. */
export const toPlainText = (text: string) => (text.includes('\u001b') ? text.replace(escapes, '') : text)

type Part = { readonly inverted: boolean; readonly test: (line: FilterLine) => boolean; readonly words?: RegExp }

/** `!` in front, then `/an expression/`, `"a phrase"`, or what goes to the next space. */
const piece = /(!?)(?:(\/(?:[^/\\]|\\.)+\/(?=\s|$))|"([^"]+)"?|(\S+))/g

/**
 * Parts that all have to hold: words to be found anywhere in a line or in the name of its service, in any case unless one letter is
 * a capital; `"a phrase"`; `/like this/` a regular expression; `service:api` and `level:warn` (and graver); `!` before a
 * part turns it round. Nothing lets everything through, and what is no regular expression lets nothing through.
 */
export const parseLogFilter = (typed: string, leastLevel: LogLevel = logLevels.none): LogFilter | undefined => {
  const parts: Part[] = leastLevel === logLevels.none ? [] : [toLevelPart(leastLevel, false)]
  for (const [, sign, expression, phrase, word] of typed.matchAll(piece)) {
    const part = toPart({ inverted: sign === '!', expression, phrase, word: word ?? '' })
    if (typeof part === 'string')
      return { matches: () => false, excludes: () => false, hasWords: false, find: () => [], fault: part }
    if (part !== undefined) parts.push(part)
  }
  if (parts.length === 0) return undefined
  const wanted = parts.flatMap(({ inverted, words }) => (inverted || words === undefined ? [] : [words]))
  const inverted = parts.filter((part) => part.inverted)
  const [only] = parts
  return {
    matches:
      parts.length === 1 && only !== undefined
        ? (line) => only.test(line) !== only.inverted
        : (line) => parts.every((part) => part.test(line) !== part.inverted),
    excludes: (line) => inverted.some((part) => part.test(line)),
    hasWords: wanted.length > 0,
    find: (text) =>
      wanted
        .flatMap((words) => [...text.matchAll(words)])
        .flatMap((found): TextRange[] => (found[0] === '' ? [] : [[found.index, found.index + found[0].length]]))
        .toSorted(([a], [b]) => a - b),
  }
}

type Typed = {
  readonly inverted: boolean
  readonly expression: string | undefined
  readonly phrase: string | undefined
  readonly word: string
}

const toPart = ({ inverted, expression, phrase, word }: Typed): Part | string | undefined => {
  if (expression !== undefined) return toExpressionPart(expression.slice(1, -1), inverted)
  if (phrase !== undefined) return toWordsPart(toPattern(phrase), inverted)
  // The sign alone: the part is still being typed.
  if (word === '' || word === '!') return undefined
  const named = /^(service|level):(.*)$/.exec(word)
  if (named?.[1] === 'service') return toServicePart(named[2] ?? '', inverted)
  if (named?.[1] === 'level') {
    if (named[2] === '') return undefined
    const level = toLogLevel(named[2] ?? '')
    return level === logLevels.none
      ? `level:${named[2]} is none of trace, debug, info, warn, error, fatal`
      : toLevelPart(level, inverted)
  }
  return toWordsPart(toPattern(word), inverted)
}

/** What does not say how grave it is counts as information. */
const toLevelPart = (least: LogLevel, inverted: boolean): Part => ({
  inverted,
  test: ({ level }) => (level === logLevels.none ? logLevels.info : level) >= least,
})

/** By the beginning of the name, so that something is seen while it is typed; several with commas. */
const toServicePart = (names: string, inverted: boolean): Part | undefined => {
  const wanted = names.split(',').filter((name) => name !== '')
  return wanted.length === 0
    ? undefined
    : { inverted, test: ({ service }) => wanted.some((name) => service.startsWith(name)) }
}

const toWordsPart = (words: RegExp, inverted: boolean): Part => ({
  inverted,
  words,
  test: ({ text, service }) => isIn(words, toPlainText(text)) || isIn(words, service),
})

const isIn = (pattern: RegExp, text: string): boolean => {
  pattern.lastIndex = 0
  return pattern.test(text)
}

const toFlags = (wanted: string) => (/\p{Lu}/u.test(wanted) ? 'g' : 'gi')
const toPattern = (words: string): RegExp =>
  new RegExp(words.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`), toFlags(words))

const toExpressionPart = (expression: string, inverted: boolean): Part | string => {
  try {
    return toWordsPart(new RegExp(expression, toFlags(expression)), inverted)
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '')
  }
}
