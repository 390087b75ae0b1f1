import { StackError } from '../core/errors/stack-error.ts'
import type { UsageProblem } from './arguments/parse-arguments.ts'

/** Wrong usage, as an error that ends with exit code 2. */
export const createUsageError = (problem: UsageProblem, command?: string): StackError =>
  new StackError('cli/bad-usage', {
    detail: problem.near === undefined ? problem.detail : `${problem.detail} Did you mean ${problem.near}?`,
    ...(command === undefined ? {} : { command }),
  })
