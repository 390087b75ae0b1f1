import { defaultHints } from './default-hints.ts'
import { limitProblems, maxProblems } from '../../errors/limit-problems.ts'
import { maskSecrets } from '../../errors/mask-secrets.ts'
import type { Problem, Span } from '../../errors/problem.ts'
import { lineAt, lineStarts } from '../texts/line-starts.ts'
import { createDamage, type Damage } from './damage.ts'
import type { Place, SourceText } from './node.ts'

export type ProblemMore = {
  /** A function where it takes a search: it is called for what is told, and there may be thousands of others. */
  readonly hint?: string | undefined | (() => string | undefined)
  readonly path?: string | undefined
  readonly conceal?: boolean | undefined
  /** Nothing is missing because of this problem, though it has no path. */
  readonly losesNothing?: boolean | undefined
  readonly related?: readonly { readonly place: Place; readonly message: string }[] | undefined
}

/** Gathers every problem of a load. Nothing in the pipeline stops at the first one unless what follows would make no sense. */
export type ProblemList = {
  readonly error: (place: Place | undefined, code: string, message: string, more?: ProblemMore) => void
  readonly warn: (place: Place | undefined, code: string, message: string, more?: ProblemMore) => void
  readonly hasErrors: () => boolean
  readonly errorCount: () => number
  /** What the errors made unsure; an error at a place that one of an earlier stage marked is counted and not told. */
  readonly damage: Omit<Damage, 'add'>
  /** Those of one severity, each once, in the order of files and places; the last stands for the rest where there are many. */
  readonly list: (severity: Problem['severity'], files: readonly string[]) => readonly Problem[]
}

type Found = {
  readonly severity: Problem['severity']
  readonly place: Place | undefined
  readonly code: string
  readonly message: string
  readonly more: ProblemMore
}

export const createProblemList = (): ProblemList => {
  const problems: Found[] = []
  const seen = new Set<string>()
  let errors = 0
  const damage = createDamage()
  const add = (
    severity: Problem['severity'],
    place: Place | undefined,
    rest: readonly [code: string, message: string, more?: ProblemMore | undefined],
  ): void => {
    const [code, written, more = {}] = rest
    if (severity === 'error') {
      errors += 1
      if (place !== undefined && damage.touches(place)) return
    }
    const unset = place === undefined ? [] : unsetIn(place)
    const message = unset.length === 0 ? cutSentence(written) : `${cutSentence(written)} ${unsetText(unset)}`
    const key = `${severity} ${place?.source.file ?? ''} ${place?.start ?? ''} ${code} ${message}`
    if (seen.has(key)) return
    seen.add(key)
    if (severity === 'error') damage.add(place, more.path ?? (more.losesNothing === true ? 'x-' : undefined))
    problems.push({ severity, place, code, message, more })
  }
  return {
    error: (place, ...rest) => add('error', place, rest),
    warn: (place, ...rest) => add('warning', place, rest),
    hasErrors: () => errors > 0,
    errorCount: () => errors,
    damage,
    list: (severity, files) => {
      const found = sortFound(
        problems.filter((problem) => problem.severity === severity),
        files,
      )
      return limitProblems(found.slice(0, maxProblems).map(toProblem), found.length)
    },
  }
}

const toProblem = ({ severity, place, code, message, more }: Found): Problem => {
  const own = unsetHint(place) ?? (typeof more.hint === 'function' ? more.hint() : more.hint)
  const hint = own ?? (severity === 'error' ? defaultHints[code] : undefined)
  return {
    severity,
    code,
    message: maskQuoted(message),
    ...(hint === undefined ? {} : { hint: maskQuoted(cutSentence(hint)) }),
    ...(place === undefined ? {} : { span: spanOf(place) }),
    ...(more.path === undefined ? {} : { path: cutText(more.path, maxSentence) }),
    ...(more.conceal === true ? { conceal: true } : {}),
    ...(more.related === undefined
      ? {}
      : { related: more.related.map((one) => ({ span: spanOf(one.place), message: one.message })) }),
  }
}

/** Characters of a message, and of what it quotes of the file. */
const maxSentence = 2000
const maxQuoted = 300

const cutText = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length)}…`)

/** A message with what it quotes cut to a length that can be read. */
const cutSentence = (sentence: string): string =>
  sentence.length <= maxQuoted
    ? sentence
    : cutText(
        sentence.replace(/"[^"]*"/g, (quoted) =>
          quoted.length <= maxQuoted ? quoted : `${quoted.slice(0, maxQuoted)}…"`,
        ),
        maxSentence,
      )

/** The variables without a value that a wrong value was made with: they are what is to be mended. */
const unsetIn = (place: Place & { readonly unset?: readonly string[] }): readonly string[] => place.unset ?? []

const unsetText = (names: readonly string[]): string => {
  const quoted = names.slice(0, 5).map((name) => `"${name}"`)
  if (names.length === 1) return `The variable ${quoted.join('')} is not set.`
  return `The variables ${quoted.join(', ')}${names.length > 5 ? ', …' : ''} are not set.`
}

const unsetHint = (place: Place | undefined): string | undefined => {
  const unset = place === undefined ? [] : unsetIn(place)
  if (unset.length === 0) return undefined
  return `Set ${unset.length === 1 ? 'it' : 'them'} in the environment or in .env, or write a default: \${${unset[0]}:-value}.`
}

/** Messages quote what is written, and hints how to write it: there may be a credential in it. */
const maskQuoted = (sentence: string): string => sentence.replace(/"[^"]*"/g, (quoted) => maskSecrets(quoted))

const sortFound = (problems: readonly Found[], files: readonly string[]): readonly Found[] => {
  const rank = new Map(files.map((file, index): [string, number] => [file, index]))
  const rankOf = ({ place }: Found): number =>
    place === undefined ? -1 : (rank.get(place.source.file) ?? files.length)
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b) || startOf(a) - startOf(b))
}

const startOf = ({ place }: Found): number =>
  place === undefined ? 0 : Math.min(Math.max(0, place.start), place.source.text.length)

const known = new WeakMap<SourceText, readonly number[]>()

/** Where the lines of a source start, found once. */
export const lineStartsOf = (source: SourceText): readonly number[] => {
  const starts = known.get(source) ?? lineStarts(source.text)
  known.set(source, starts)
  return starts
}

/** Line and column of a place, and its length on its first line. A place past the end is moved to the last character. */
export const spanOf = (place: Place): Span => {
  const { text, file } = place.source
  const start = Math.max(0, Math.min(place.start, text.length))
  const starts = lineStartsOf(place.source)
  const line = lineAt(starts, start)
  const newline = text.indexOf('\n', start)
  const lineEnd = newline === -1 ? text.length : newline
  return {
    file,
    line: line + 1,
    column: start - starts[line]! + 1,
    length: Math.max(1, Math.min(place.end, lineEnd) - start),
  }
}
