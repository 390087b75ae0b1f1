import { isStackError, type StackError } from '../core/errors/stack-error.ts'
import type { Problem } from '../core/errors/problem.ts'

/** Any failure as plain data, for events. What is not of the catalogue is a bug of ours. */
export const toProblem = (error: unknown): Problem => {
  if (isStackError(error)) return error.problems.length > 0 ? withProblems(error) : error.toProblem()
  const message = error instanceof Error ? error.message : String(error)
  return { severity: 'error', code: 'internal/bug', message: `This is a bug in Stack: ${message}` }
}

/** An error that stands for problems of the stack file, with what they are. */
const withProblems = (error: StackError): Problem => {
  const [first, ...more] = error.problems
  if (first === undefined) return error.toProblem()
  if (more.length === 0) return first
  const lines = error.problems.map(
    ({ span, message, hint }) =>
      `${span === undefined ? '' : `${span.file}:${span.line}:${span.column}: `}${message}${hint === undefined ? '' : ` ${hint}`}`,
  )
  return {
    ...error.toProblem(),
    message: [...(error.code === 'file/invalid' ? [error.message] : []), ...lines].join('\n'),
  }
}
