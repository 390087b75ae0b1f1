import { relative } from 'node:path'
import { limitProblems } from '../../core/errors/limit-problems.ts'
import type { Problem } from '../../core/errors/problem.ts'
import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import { toJsonError } from '../../report/json.ts'
import { toProblemLines, type ProblemOptions } from '../../report/problems.ts'
import { toSameLengthText } from '../../wire/safe-text.ts'
import { readNamedFile } from '../../wire/named-file.ts'
import type { CliContext } from '../context.ts'

/** Where problems are shown: `-` stands for standard input. */
export const createProblemOptions = ({
  terminal,
  workingDirectory,
  readInput,
}: Pick<CliContext, 'terminal' | 'workingDirectory' | 'readInput'>): ProblemOptions => {
  const sources = new Map<string, string | undefined>()
  return {
    paint: terminal.paint.stderr,
    ...(terminal.stderr ? { width: Math.max(40, terminal.size('stderr').columns) } : {}),
    readSource: (file) => {
      if (!sources.has(file)) sources.set(file, toShownSource(readInput(file) ?? readText(file)))
      return sources.get(file)
    },
    showPath: (file) => {
      if (file === '-') return 'standard input'
      const near = relative(workingDirectory, file)
      return near === '' || near.startsWith('..') ? file : near
    },
  }
}

/** Columns stay where they are. */
const toShownSource = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : toSameLengthText(text)

const readText = (file: string): string | undefined => {
  try {
    return readNamedFile(file).toString('utf8')
  } catch {
    return undefined // a code frame is a help, and its absence no failure
  }
}

/** In the order of the file, where all are in one. */
const sortByPlace = (problems: readonly Problem[]): readonly Problem[] =>
  new Set(problems.map(({ span }) => span?.file)).size === 1
    ? problems.toSorted(
        (a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0),
      )
    : problems

/** Problems on standard error: text with code frames, or one JSON object a line. */
export const printProblems = (found: readonly Problem[], context: CliContext): void => {
  if (found.length === 0) return
  const problems = limitProblems(sortByPlace(found))
  const lines =
    context.terminal.progress === 'json'
      ? problems.map(toJsonError)
      : toProblemLines(problems, createProblemOptions(context))
  context.stderr.write(`${lines.join('\n')}\n`)
}

/**
 * What ended the command, told on standard error.
 * @returns the exit code
 */
export const printFailure = (error: unknown, context: CliContext): number => {
  const known = isStackError(error)
    ? error
    : new StackError(
        'internal/bug',
        { detail: error instanceof Error ? error.message : String(error) },
        { cause: error },
      )
  const own = known.toProblem()
  // The error that stands for problems of the input only counts them.
  printProblems(known.problems.length > 0 ? known.problems : [own], context)
  if (known.code === 'internal/bug' || context.global.verbose) context.stderr.write(`${stackOf(error)}\n`)
  return known.exit
}

const stackOf = (error: unknown): string => {
  const lines: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${at.stack ?? at.message}`)
  return lines.join('\n')
}
