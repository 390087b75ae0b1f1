import { createContext, type CliContext } from './context.ts'
import { noFlags, parseInvocation, type Invocation } from './invocation.ts'
import { printFailure } from './screen/print-failure.ts'
import { createSignals, type Signals } from './signals.ts'
import { loadCommand } from './table/load-command.ts'
import { createUsageError } from './usage-error.ts'

/** A reader that has gone, as the shell counts it: 128 and SIGPIPE. */
const brokenPipeExit = 141

/** The whole command line: words in, exit code out. Prints; never ends the process. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const signals = createSignals()
  const brokenPipe = watchOutput(signals)
  let context: CliContext | undefined
  try {
    if (argv[0] === '__complete') return await (await import('./complete/complete.ts')).runComplete(argv.slice(1))
    const invocation = parseInvocation(argv)
    context = createContext(invocation.global, { signals })
    if ('failure' in invocation) throw invocation.failure
    return await runInvocation(invocation, context)
  } catch (error) {
    if (brokenPipe()) return brokenPipeExit
    const interrupted = signals.exitCode()
    if (interrupted !== undefined && isAbort(error)) return interrupted
    return printFailure(error, context ?? createContext(noFlags(), { signals }))
  } finally {
    context?.close()
    signals.dispose()
  }
}

const isAbort = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR') || isAbort(error.cause))

/** `stack --version` is `stack version`. */
const emptyCall = { flags: {}, given: new Set<string>(), words: [] } as const

/** `stack logs | head`: when nobody reads any more, the command ends quietly. */
const watchOutput = (signals: Signals): (() => boolean) => {
  let isBroken = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') return
      isBroken = true
      signals.abort(new DOMException('Nobody reads the output', 'AbortError'))
    })
  }
  return () => isBroken
}

const runInvocation = async (
  invocation: Exclude<Invocation, { failure: unknown }>,
  context: CliContext,
): Promise<number> => {
  const { command, parsed, global } = invocation
  if (global.help || (command === undefined && !global.version)) {
    const { toCommandHelp, toGeneralHelp } = await import('./help-text.ts')
    const options = {
      paint: context.terminal.paint.stdout,
      width: context.terminal.stdout ? Math.min(context.terminal.size('stdout').columns, 100) : 100,
    }
    context.stdout.write(
      `${(command === undefined ? toGeneralHelp(options) : toCommandHelp(command, options)).join('\n')}\n`,
    )
    return global.help ? 0 : 2
  }
  if (command === undefined) return (await loadCommand('version'))({ ...emptyCall, context })
  const { min = 0, max = Number.POSITIVE_INFINITY } = command.words ?? {}
  if (parsed.words.length < min)
    throw createUsageError(
      {
        detail: `"stack ${command.name}" needs ${command.usage}; ${parsed.words.length === 0 ? 'nothing was given' : `only "${parsed.words.join(' ')}" was given`}.`,
      },
      command.name,
    )
  if (parsed.words.length > max)
    throw createUsageError(
      {
        detail: `"stack ${command.name}" takes ${max === 0 ? 'no words' : command.usage}, not "${parsed.words.join(' ')}".`,
      },
      command.name,
    )
  const run = await loadCommand(command.name)
  const exit = await run({ ...parsed, context })
  return exit
}
