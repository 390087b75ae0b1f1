import { maskSecrets } from '../core/errors/mask-secrets.ts'
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
 * lines are masked.
 *
 *     error[file/unknown-key]: Unknown key "prots" in services.web.
 *       ╭─ stack.yaml:5:5
 *     4 │   web:
 *     5 │     prots: [80]
 *       │     ^^^^^
 *       ╰─ Did you mean "ports"?
 */
export const toProblemLines = (problems: readonly Problem[], options: ProblemOptions = {}): readonly string[] =>
  problems.flatMap((problem, index) => [
    ...(index === 0 ? [] : isLong(problem) || isLong(problems[index - 1]) ? [''] : []),
    ...toOneProblem(problem, options),
  ])

const isLong = (problem: Problem | undefined): boolean => problem?.span !== undefined

const toOneProblem = (problem: Problem, options: ProblemOptions): readonly string[] => {
  const paint = options.paint ?? noPaint
  const color = problem.severity === 'error' ? 'red' : 'yellow'
  const [first = '', ...rest] = problem.message.split('\n')
  const title = `${paint(color, paint('bold', problem.severity) + paint('dim', `[${problem.code}]`))}: ${paint('bold', first)}`
  const hintLines = problem.hint === undefined ? [] : problem.hint.split('\n')
  if (problem.span === undefined)
    return [title, ...rest.map((line) => `  ${line}`), ...hintLines.map((line) => `  ${paint('cyan', line)}`)]
  const frame = toFrame(problem.span, {
    ...options,
    ...(problem.conceal === true ? { readSource: () => undefined } : {}),
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

type FrameOptions = ProblemOptions & { readonly color: 'red' | 'yellow' | 'cyan' }

const toFrame = (span: Span, options: FrameOptions): readonly string[] => {
  const paint = options.paint ?? noPaint
  const width = gutterWidth(span)
  const gutter = ' '.repeat(width + 1)
  const place = `${options.showPath?.(span.file) ?? span.file}:${span.line}:${span.column}`
  const head = `${gutter}${paint('dim', '╭─')} ${paint('cyan', place)}`
  const lines = options.readSource?.(span.file)?.split(/\r?\n/)
  if (lines === undefined || lines[span.line - 1] === undefined) return [head]
  const shown = (line: number): string | undefined =>
    lines[line - 1] === undefined ? undefined : maskSecrets(lines[line - 1] ?? '', lines.slice(0, line - 1))
  const marked = shown(span.line) ?? ''
  const room = options.width === undefined ? undefined : options.width - width - 3
  const view = toView(marked, span, room)
  const number = (line: number): string => paint('dim', `${String(line).padStart(width)} │`)
  const before = shown(span.line - 1)
  return [
    head,
    ...(before === undefined || before.trim() === ''
      ? []
      : [`${number(span.line - 1)} ${toView(before, { ...span, column: view.from + 1 }, room).text}`]),
    `${number(span.line)} ${view.text}`,
    `${gutter}${paint('dim', '│')} ${' '.repeat(view.mark)}${paint(options.color, '^'.repeat(view.marks))}`,
  ]
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
