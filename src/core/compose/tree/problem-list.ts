import { defaultHints } from './default-hints.ts'
import { maskSecrets } from '../../errors/mask-secrets.ts'
import type { Problem, Span } from '../../errors/problem.ts'
import { createDamage, type Damage } from './damage.ts'
import type { Place, SourceText } from './node.ts'

export type ProblemMore = {
  readonly hint?: string | undefined
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
  /** All of one severity, each once, in the order of files and places. */
  readonly list: (severity: Problem['severity'], files: readonly string[]) => readonly Problem[]
}

export const createProblemList = (): ProblemList => {
  const problems: Problem[] = []
  const seen = new Set<string>()
  let errors = 0
  const damage = createDamage()
  const add = (
    severity: Problem['severity'],
    place: Place | undefined,
    rest: readonly [code: string, message: string, more?: ProblemMore | undefined],
  ): void => {
    const [code, message, more = {}] = rest
    if (severity === 'error') {
      errors += 1
      if (place !== undefined && damage.touches(place)) return
    }
    const key = `${severity} ${place?.source.file ?? ''} ${place?.start ?? ''} ${code} ${message}`
    if (seen.has(key)) return
    seen.add(key)
    const hint = more.hint ?? (severity === 'error' ? defaultHints[code] : undefined)
    if (severity === 'error') damage.add(place, more.path ?? (more.losesNothing === true ? 'x-' : undefined))
    problems.push({
      severity,
      code,
      message: maskQuoted(message),
      ...(hint === undefined ? {} : { hint: maskQuoted(hint) }),
      ...(place === undefined ? {} : { span: spanOf(place) }),
      ...(more.path === undefined ? {} : { path: more.path }),
      ...(more.conceal === true ? { conceal: true } : {}),
      ...(more.related === undefined
        ? {}
        : { related: more.related.map((one) => ({ span: spanOf(one.place), message: one.message })) }),
    })
  }
  return {
    error: (place, ...rest) => add('error', place, rest),
    warn: (place, ...rest) => add('warning', place, rest),
    hasErrors: () => errors > 0,
    errorCount: () => errors,
    damage,
    list: (severity, files) =>
      sortProblems(
        problems.filter((problem) => problem.severity === severity),
        files,
      ),
  }
}

/** Messages quote what is written, and hints how to write it: there may be a credential in it. */
const maskQuoted = (sentence: string): string => sentence.replace(/"[^"]*"/g, (quoted) => maskSecrets(quoted))

const sortProblems = (problems: readonly Problem[], files: readonly string[]): readonly Problem[] => {
  const rank = new Map(files.map((file, index): [string, number] => [file, index]))
  const rankOf = (problem: Problem): number =>
    problem.span === undefined ? -1 : (rank.get(problem.span.file) ?? files.length)
  return problems.toSorted(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      (a.span?.line ?? 0) - (b.span?.line ?? 0) ||
      (a.span?.column ?? 0) - (b.span?.column ?? 0),
  )
}

const lineStarts = new WeakMap<SourceText, readonly number[]>()

const startsOf = (source: SourceText): readonly number[] => {
  const known = lineStarts.get(source)
  if (known !== undefined) return known
  const starts = [0]
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1)) starts.push(at + 1)
  lineStarts.set(source, starts)
  return starts
}

/** Line and column of a place, and its length on its first line. A place past the end is moved to the last character. */
export const spanOf = (place: Place): Span => {
  const { text, file } = place.source
  const start = Math.max(0, Math.min(place.start, text.length))
  const starts = startsOf(place.source)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= start) low = middle
    else high = middle - 1
  }
  const newline = text.indexOf('\n', start)
  const lineEnd = newline === -1 ? text.length : newline
  return {
    file,
    line: low + 1,
    column: start - starts[low]! + 1,
    length: Math.max(1, Math.min(place.end, lineEnd) - start),
  }
}
