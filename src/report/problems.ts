import { limitProblems } from '../core/errors/limit-problems.ts'
import { findSecretWord, maskSecrets, maskText } from '../core/errors/mask-secrets.ts'
import type { Problem, Span } from '../core/errors/problem.ts'
import { textWidth, cutToCells } from '../wire/cell-width.ts'
import { noPaint, type Paint } from './paint.ts'

export type ProblemOptions = {
  readonly paint?: Paint
  /** Cells that a line may take; absent: no limit. */
  readonly width?: number
  /** Text of a file, for the code frame; `undefined` when it cannot be read. */
  readonly readSource?: (file: string) => string | undefined
  /** The file as it is shown: relative to where the user is. */
  readonly showPath?: (file: string) => string
}

/**
 * Problems as text: what is wrong, where, the lines around it with the place marked, and what to do. Credentials in those
 * lines are masked. Long lines and long lists are cut.
 *
 *     error[file/unknown-key]: Unknown key "prots" in services.web.
 *       ╭─ stack.yaml:5:5
 *     4 │   web:
 *     5 │     prots: [80]
 *       │     ^^^^^
 *       ╰─ Did you mean "ports"?
 */
export const toProblemLines = (found: readonly Problem[], options: ProblemOptions = {}): readonly string[] => {
  const problems = limitProblems(found)
  const readLines = createLineReader(options.readSource)
  return problems.flatMap((problem, index) => [
    ...(index === 0 ? [] : isLong(problem) || isLong(problems[index - 1]) ? [''] : []),
    ...toOneProblem(problem, { ...options, readLines }),
  ])
}

/** The lines of a file, taken apart once for all of its problems. */
const createLineReader = (readSource: ProblemOptions['readSource']): FrameOptions['readLines'] => {
  const known = new Map<string, readonly string[] | undefined>()
  return (file) => {
    if (!known.has(file)) known.set(file, readSource?.(file)?.split(/\r?\n/))
    return known.get(file)
  }
}

const isLong = (problem: Problem | undefined): boolean => problem?.span !== undefined

const toOneProblem = (problem: Problem, options: Omit<FrameOptions, 'color'>): readonly string[] => {
  const paint = options.paint ?? noPaint
  const color = problem.severity === 'error' ? 'red' : 'yellow'
  const [first = '', ...rest] = problem.message.split('\n')
  const title = `${paint(color, paint('bold', problem.severity) + paint('dim', `[${problem.code}]`))}: ${paint('bold', first)}`
  const hintLines = problem.hint === undefined ? [] : problem.hint.split('\n')
  if (problem.span === undefined)
    return [title, ...rest.map((line) => `  ${line}`), ...hintLines.map((line) => `  ${paint('cyan', line)}`)]
  const frame = toFrame(problem.span, {
    ...options,
    ...(problem.conceal === true ? { readLines: () => undefined } : {}),
    color,
  })
  const related = (problem.related ?? []).flatMap((each) => [
    `  ${each.message}`,
    ...toFrame(each.span, { ...options, color: 'cyan' }),
  ])
  const gutter = ' '.repeat(gutterWidth(problem.span) + 1)
  const hint = hintLines.map(
    (line, index) => `${gutter}${paint('dim', index === 0 ? '╰─' : '  ')} ${paint('cyan', line)}`,
  )
  return [title, ...rest.map((line) => `  ${line}`), ...frame, ...hint, ...related]
}

const gutterWidth = (span: Span): number => String(span.line).length

type FrameOptions = Omit<ProblemOptions, 'readSource'> & {
  readonly color: 'red' | 'yellow' | 'cyan'
  readonly readLines: (file: string) => readonly string[] | undefined
}

const toFrame = (span: Span, options: FrameOptions): readonly string[] => {
  const paint = options.paint ?? noPaint
  const width = gutterWidth(span)
  const gutter = ' '.repeat(width + 1)
  const place = `${options.showPath?.(span.file) ?? span.file}:${span.line}:${span.column}`
  const head = `${gutter}${paint('dim', '╭─')} ${paint('cyan', place)}`
  const lines = options.readLines(span.file)
  if (lines?.[span.line - 1] === undefined) return [head]
  const from = Math.max(0, lines[span.line - 1]!.length > maxLine ? span.column - 1 - maxLine / 2 : 0)
  const marked = shownPart(lines, span.line, from) ?? ''
  const room = options.width === undefined ? undefined : options.width - width - 3
  const view = toView(marked, { ...span, column: span.column - from }, room)
  const number = (line: number): string => paint('dim', `${String(line).padStart(width)} │`)
  const before = shownPart(lines, span.line - 1, from)
  return [
    head,
    ...(before === undefined || before.trim() === ''
      ? []
      : [`${number(span.line - 1)} ${toView(before, { ...span, column: view.from + 1 }, room).text}`]),
    `${number(span.line)} ${view.text}`,
    `${gutter}${paint('dim', '│')} ${' '.repeat(view.mark)}${paint(options.color, '^'.repeat(view.marks))}`,
  ]
}

/** Characters of a line that are looked at around a place, and lines above it that may say what it belongs to. */
const maxLine = 1000
const maxAbove = 2000

/** A line with its credentials masked; of a long one the part that begins at `from`. */
const shownPart = (lines: readonly string[], line: number, from: number): string | undefined => {
  const text = lines[line - 1]
  if (text === undefined) return undefined
  const above = Math.max(0, line - 1 - maxAbove)
  const mask = (part: string): string => maskSecrets(part, lines.slice(above, line - 1), above > 0)
  if (text.length <= maxLine) return from === 0 ? mask(text) : mask(text).slice(from)
  const part = text.slice(from, from + maxLine)
  const end = from + maxLine < text.length ? '…' : ''
  if (from === 0) return mask(part) + end
  // What it goes on with began before, and may be a credential.
  if (secretWordIn(lines, line) < from) return `…${maskText(part).slice(1)}${end}`
  const indent = /^ {0,99}/.exec(text)?.[0] ?? ''
  return `…${mask(indent + part.replace(/^[^\s@]*@/, maskText)).slice(indent.length + 1)}${end}`
}

const secretWords = new WeakMap<readonly string[], Map<number, number>>()

/** Where a long line first speaks of a credential, looked for once. */
const secretWordIn = (lines: readonly string[], line: number): number => {
  const known = secretWords.get(lines) ?? new Map<number, number>()
  secretWords.set(lines, known)
  const found = known.get(line) ?? findSecretWord(lines[line - 1] ?? '')
  known.set(line, found)
  return found === -1 ? Number.POSITIVE_INFINITY : found
}

/** The part of a line that is shown, and where its mark goes: a long line is cut around the mark. */
const toView = (
  line: string,
  span: Span,
  room: number | undefined,
): { text: string; from: number; mark: number; marks: number } => {
  const plain = line.replaceAll('\t', ' ')
  const column = Math.min(span.column - 1, plain.length)
  const from = room !== undefined && column > room - 10 ? Math.max(0, column - Math.floor(room / 2)) : 0
  const shown = (from === 0 ? '' : '…') + plain.slice(from === 0 ? 0 : from + 1)
  const mark = textWidth(shown.slice(0, column - from))
  const text = room === undefined ? shown : cutToCells(shown, room)
  const length = textWidth(plain.slice(column, column + span.length))
  const marks = Math.max(1, Math.min(length, (room ?? Number.POSITIVE_INFINITY) - mark))
  return { text, from, mark, marks }
}
