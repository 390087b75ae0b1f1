import { nearestName } from '../core/errors/nearest-name.ts'
import { StackError } from '../core/errors/stack-error.ts'
import type { FlagSet, ParsedArguments } from './arguments/flag.ts'
import { parseArguments } from './arguments/parse-arguments.ts'
import type { CommandSpec } from './table/command-spec.ts'
import { commands, findCommand, notBuilt } from './table/commands.ts'
import { globalFlags, type GlobalFlags } from './table/global-flags.ts'
import { createUsageError } from './usage-error.ts'

/** A command line that was read: the command with its arguments (none: help), or why it cannot be. */
export type Invocation = { readonly global: GlobalFlags } & (
  | { readonly command: CommandSpec | undefined; readonly parsed: ParsedArguments }
  | { readonly failure: unknown }
)

/** The global flags of a command line that gives none. */
export const noFlags = (): GlobalFlags => {
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
  if (name === 'help') {
    const [about] = rest
    const command = about === undefined ? undefined : findCommand(about)
    if (about !== undefined && command === undefined) return { global, failure: unknownCommand(about) }
    return { global: { ...global, help: true }, command, parsed: before.value }
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
  return { ...Object.fromEntries(free), ...command.flags }
}

const mergeGlobal = (global: GlobalFlags, { flags, given }: ParsedArguments, command: CommandSpec): GlobalFlags => {
  const merged: Record<string, unknown> = { ...global }
  for (const [name, flag] of Object.entries(globalFlags as FlagSet)) {
    if (!given.has(name) || name in command.flags || flags[name] === undefined) continue
    merged[name] = flag.kind === 'strings' ? [...(merged[name] as readonly string[]), ...flags[name]] : flags[name]
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
