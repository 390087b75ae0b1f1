import type { StackEvent } from '../../core/events/event.ts'
import { jsonHeader, toJsonLine } from '../../report/json.ts'
import { createLogFormat } from '../../report/log-lines.ts'
import { noPaint } from '../../report/paint.ts'
import { createContainerNames } from '../../report/plain.ts'
import type { CliContext } from '../context.ts'
import { printProblems } from './print-failure.ts'

export type LogPrinterOptions = {
  readonly project: string
  /** Full names of the containers that are known beforehand: their prefixes get one width. */
  readonly names: readonly string[]
  readonly prefix: boolean
  readonly colors: boolean
  readonly timestamps: boolean
}

/** Prints log events on standard output, also what a container wrote to its standard error: `logs` is asked for them, as in Compose. */
export const createLogPrinter = (
  context: CliContext,
  { project, names, prefix, colors, timestamps }: LogPrinterOptions,
): ((event: StackEvent) => void) => {
  const { stdout, stderr, terminal } = context
  if (terminal.progress === 'json' && terminal.progressAsked) {
    stdout.write(`${jsonHeader}\n`)
    return (event) => stdout.write(`${toJsonLine(event)}\n`)
  }
  const containers = createContainerNames(project)
  const format = createLogFormat({ prefix, timestamps })
  const paint = colors ? terminal.paint.stdout : noPaint
  format.expect(names.map((name) => containers.nameOf(name)))
  return (event) => {
    containers.learn(event)
    if (event.type === 'log/dropped')
      stderr.write(`${event.service}: ${event.lines} lines were left out, they came too fast\n`)
    if (event.type === 'problem/raised') printProblems([event.problem], context)
    if (event.type !== 'log/written') return
    const text = format.lines(containers.nameOf(event.container), event.lines, paint).join('\n')
    stdout.writeRaw(`${text}\n`)
  }
}
