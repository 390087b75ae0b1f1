import { catalog, type CatalogEntry, type ErrorCode, type ErrorData } from './catalog.ts'
import type { Problem, Span } from './problem.ts'

/**
 * The one error class: a code of the catalogue with its data. It is made where the failure is understood; `cause` keeps
 * what was caught there. Its message and hint are for people and never hold the value of a secret.
 */
export class StackError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'StackError'
  readonly code: C
  readonly data: ErrorData<C>
  readonly exit: number
  readonly hint: string | undefined
  readonly span: Span | undefined
  /** Problems of the input that this error stands for, all of them. */
  readonly problems: readonly Problem[]
  /** Files of the project that were read before it failed: a change of one may mend it. */
  readonly files: readonly string[]

  constructor(
    code: C,
    data: ErrorData<C>,
    more: { cause?: unknown; at?: Span; problems?: readonly Problem[]; files?: readonly string[] } = {},
  ) {
    const entry: CatalogEntry = catalog[code]
    super(entry.message(data as never), more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.data = data
    this.exit = entry.exit
    this.hint = entry.hint?.(data as never)
    this.span = more.at
    this.problems = more.problems ?? []
    this.files = more.files ?? []
  }

  /** As plain data, for events and for NDJSON. */
  toProblem(): Problem {
    return {
      severity: 'error',
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.span === undefined ? {} : { span: this.span }),
    }
  }
}

export const isStackError = (error: unknown): error is StackError => error instanceof StackError
