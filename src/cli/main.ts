import type { FlagSet, ParsedArguments } from './arguments/flag.ts'
import { parseArguments } from './arguments/parse-arguments.ts'
import { createContext, type CliContext } from './context.ts'
import { printFailure } from './print-failure.ts'
import { createSignals, type Signals } from './signals.ts'
import { globalFlags, type GlobalFlags } from './table/global-flags.ts'
import { loadCommand } from './table/load-command.ts'
import { commands, findCommand, notBuilt } from './table/commands.ts'
import type { CommandSpec } from './table/command-spec.ts'
import { createUsageError } from './usage-error.ts'
import { nearestName } from '../core/errors/nearest-name.ts'
import { StackError } from '../core/errors/stack-error.ts'

/** A reader that has gone, as the shell counts it: 128 and SIGPIPE. */
const brokenPipeExit = 141

/** The whole command line: words in, exit code out. Prints; never ends the process. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const signals = createSignals()
  const brokenPipe = watchOutput(signals)
  let context: CliContext | undefined
  try {
    if (argv[0] === '__complete') return await (await import('./complete.ts')).runComplete(argv.slice(1))
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

type Invocation = { readonly global: GlobalFlags } & (
  | { readonly command: CommandSpec | undefined; readonly parsed: ParsedArguments }
  | { readonly failure: unknown }
)

const noFlags = (): GlobalFlags => {
  const parsed = parseArguments([], globalFlags)
  if (!parsed.ok) throw new Error(parsed.problem.detail)
  return parsed.value.flags
}

/** Global flags, the command, and the command's own flags, among which those global ones may stand whose names it does not use. */
export const parseInvocation = (argv: readonly string[]): Invocation => {
  const before = parseArguments(argv, globalFlags, { stopAtWord: true })
  if (!before.ok) return { global: noFlags(), failure: createUsageError(before.problem) }
  const [name, ...rest] = before.value.words
  const global = before.value.flags
  if (name === undefined) return { global, command: undefined, parsed: before.value }
  if (name === 'help')
    return {
      global: { ...global, help: true },
      command: rest[0] === undefined ? undefined : findCommand(rest[0]),
      parsed: before.value,
    }
  const command = findCommand(name)
  if (command === undefined) return { global, failure: unknownCommand(name) }
  const after = parseArguments(rest, toAcceptedFlags(command), { stopAtWord: command.passThrough === true })
  if (!after.ok) return { global, failure: createUsageError(after.problem, command.name) }
  return { global: mergeGlobal(global, after.value, command), command, parsed: after.value }
}

/** The command's own flags, and the global ones that they leave room for. */
export const toAcceptedFlags = (command: CommandSpec): FlagSet => {
  const shorts = new Set(Object.values(command.flags).map((flag) => flag.short))
  const free = Object.entries(globalFlags as FlagSet).flatMap(([name, flag]) => {
    if (name in command.flags || name === 'version') return []
    const { short, ...rest } = flag
    return [[name, short === undefined || shorts.has(short) ? rest : flag] as const]
  })
  return { ...Object.fromEntries(free), ...command.flags } as FlagSet
}

const mergeGlobal = (global: GlobalFlags, { flags, given }: ParsedArguments, command: CommandSpec): GlobalFlags => {
  const merged: Record<string, unknown> = { ...global }
  for (const [name, flag] of Object.entries(globalFlags as FlagSet)) {
    if (!given.has(name) || name in command.flags || flags[name] === undefined) continue
    merged[name] =
      flag.kind === 'strings'
        ? [...(merged[name] as readonly string[]), ...(flags[name] as readonly string[])]
        : flags[name]
  }
  return merged as GlobalFlags
}

const unknownCommand = (name: string): unknown => {
  if (notBuilt.has(name))
    return new StackError('cli/not-built', {
      what: `"stack ${name}"`,
      instead: `Docker Compose does it with the same file: docker compose ${name}`,
    })
  const near = nearestName(
    name,
    commands.map((command) => command.name),
  )
  return createUsageError({
    detail: `There is no command "${name}".`,
    ...(near === undefined ? {} : { near: `"stack ${near}"` }),
  })
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
      width: context.terminal.stdout ? Math.min(context.terminal.size().columns, 100) : 100,
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
