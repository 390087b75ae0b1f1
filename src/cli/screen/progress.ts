import type { StackEvent } from '../../core/events/event.ts'
import type { Problem } from '../../core/errors/problem.ts'
import { jsonHeader, toJsonLine } from '../../report/json.ts'
import type { Line } from '../../report/lines.ts'
import { createLiveList } from '../../report/live-list.ts'
import { createPlainReport, createToldProblems, type PlainOptions } from '../../report/plain.ts'
import type { CliContext } from '../context.ts'
import { createLiveScreen } from './live-screen.ts'
import { createProblemOptions, printProblems } from './print-failure.ts'
import { isTruthy, onStdout } from './terminal.ts'

export type ProgressOptions = {
  readonly project: string
  /** The word in front of the count of a live list: `up`. */
  readonly title: string
  /** Logs are printed too, so there can be no list that is drawn in place. */
  readonly attached?: boolean
  readonly logs?: PlainOptions['logs']
  readonly silent?: NonNullable<PlainOptions['silent']>
}

/** Where the events of one command go. */
export type Progress = {
  tell(event: StackEvent): void
  /** After the last event, also when the command failed. */
  end(): void
}

/** Chosen by `--progress`: a live list, lines, NDJSON, or nothing but problems. */
export const createProgress = (context: CliContext, options: ProgressOptions): Progress =>
  createView(toStatusView(context), options)

/**
 * The context of those who say what goes on. `COMPOSE_STATUS_STDOUT` is Docker Compose's switch for scripts that take what is on
 * standard error for a failure.
 */
export const toStatusView = (context: CliContext): CliContext =>
  isTruthy(context.env['COMPOSE_STATUS_STDOUT'])
    ? { ...context, stderr: context.stdout, terminal: onStdout(context.terminal) }
    : context

const createView = (context: CliContext, options: ProgressOptions): Progress => {
  switch (context.terminal.progress) {
    case 'json':
      return createJsonProgress(context)
    case 'tty':
      return options.attached === true ? createPlainProgress(context, options) : createListProgress(context, options)
    case 'plain':
      return createPlainProgress(context, options)
    case 'quiet':
      return options.attached === true ? createPlainProgress(context, options) : createQuietProgress(context)
  }
}

const createJsonProgress = ({ stdout }: CliContext): Progress => {
  stdout.write(`${jsonHeader}\n`)
  return { tell: (event) => stdout.write(`${toJsonLine(event)}\n`), end: () => undefined }
}

export const writeLines = ({ stdout, stderr }: CliContext, lines: readonly Line[]): void => {
  for (const { stream, text, raw } of lines) {
    const writer = stream === 'stdout' ? stdout : stderr
    if (raw === true) writer.writeRaw(`${text}\n`)
    else writer.write(`${text}\n`)
  }
}

const createPlainProgress = (
  context: CliContext,
  { project, logs, attached = false, silent = [] }: ProgressOptions,
): Progress => {
  const report = createPlainReport({
    project,
    paint: context.terminal.paint,
    problems: createProblemOptions(context),
    steps: context.terminal.progress !== 'quiet',
    silent,
    attached,
    logs: logs ?? { prefix: true, timestamps: false, colors: true },
  })
  return { tell: (event) => writeLines(context, report.tell(event)), end: () => undefined }
}

const createListProgress = (context: CliContext, { title }: ProgressOptions): Progress => {
  const list = createLiveList({ title, paint: context.terminal.paint.stderr, problems: createProblemOptions(context) })
  const screen = createLiveScreen(list, { context })
  const failures: Problem[] = []
  const isTold = createToldProblems()
  return {
    tell: (event) => {
      screen.print(list.tell(event))
      if (event.type === 'step/ended' && event.problem !== undefined && !isTold(event.problem))
        failures.push(event.problem)
    },
    end: () => {
      screen.end()
      printProblems(failures, context)
    },
  }
}

const createQuietProgress = (context: CliContext): Progress => ({
  tell: (event) => {
    if (event.type === 'step/ended' && event.problem !== undefined) printProblems([event.problem], context)
  },
  end: () => undefined,
})
