import { resolve } from 'node:path'
import { parseEnvFile } from '../core/compose/texts/env-file.ts'
import { parseShellWords } from '../core/compose/texts/shell-words.ts'
import { parseShortMount } from '../core/compose/texts/short-mount.ts'
import { parseShortPort } from '../core/compose/texts/short-port.ts'
import { faultMessage, type Sources } from '../core/compose/sources/sources.ts'
import { unsetInEnvFile } from '../core/compose/check/unset-variables.ts'
import type { Mount, NullableStringMap, Port, Service } from '../core/project/service.ts'
import { toHomeFolder } from '../wire/home-folder.ts'
import type { CliContext } from './context.ts'
import type { CallOf } from './table/command-spec.ts'
import type { runCommand } from './table/container-commands.ts'
import { printProblems } from './screen/print-failure.ts'
import { createUsageError } from './usage-error.ts'

type RunFlags = CallOf<typeof runCommand>['flags']

export type RunDefinitionOptions = {
  readonly flags: RunFlags
  readonly command: readonly string[]
  readonly tty: boolean
  readonly context: CliContext
  /** Where files of variables are read from. */
  readonly sources: Sources
}

/** The service as `stack run` changes it. Rules: docker/compose `cmd/compose/run.go`, `pkg/compose/run.go`. */
export const toRunDefinition = (
  service: Service,
  { flags, command, tty, context, sources }: RunDefinitionOptions,
): Service => {
  const { container_name: _name, restart: _restart, scale: _scale, deploy, ports: ownPorts, ...rest } = service
  const { replicas: _replicas, restart_policy: _policy, ...keptDeploy } = deploy ?? {}
  const ports = flags.publish.length > 0 ? flags.publish.flatMap(toPorts) : ownPorts
  return {
    ...rest,
    ...(deploy === undefined ? {} : { deploy: keptDeploy }),
    ...(ports === undefined ? {} : { ports }),
    ...toCommand(service, { flags, command }),
    environment: { ...service.environment, ...toEnvironment(flags, context, sources) },
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.workdir === undefined ? {} : { working_dir: flags.workdir }),
    ...(flags.volume.length === 0
      ? {}
      : {
          volumes: mergeMounts(
            service.volumes ?? [],
            flags.volume.map((text) => toMount(text, context)),
          ),
        }),
    ...(flags['cap-add'].length === 0 ? {} : { cap_add: [...(service.cap_add ?? []), ...flags['cap-add']] }),
    ...(flags['cap-drop'].length === 0 ? {} : { cap_drop: [...(service.cap_drop ?? []), ...flags['cap-drop']] }),
    tty,
    stdin_open: flags.interactive && !flags.detach,
  }
}

/** A new entrypoint takes the service's command away, as an image's would be. */
const toCommand = (
  service: Service,
  { flags, command }: Pick<RunDefinitionOptions, 'flags' | 'command'>,
): Pick<Service, 'command' | 'entrypoint'> => {
  const own = command.length > 0 ? command : undefined
  if (flags.entrypoint === undefined) return { entrypoint: service.entrypoint, command: own ?? service.command }
  const words = parseShellWords(flags.entrypoint)
  if (!words.ok) throw createUsageError({ detail: `--entrypoint cannot be read: ${words.message}.` }, 'run')
  return { entrypoint: words.words, command: own ?? [] }
}

const toEnvironment = (flags: RunFlags, context: CliContext, sources: Sources): NullableStringMap => {
  const fromFiles = flags['env-from-file'].flatMap((file) => [
    ...readEnvFile(resolve(context.workingDirectory, file), context, sources),
  ])
  return { ...Object.fromEntries(fromFiles), ...parseKeyValues(flags.env, context.env) }
}

/** `KEY=value`, or `KEY` for the value that the shell has. */
export const parseKeyValues = (
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): NullableStringMap =>
  Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      return at === -1 ? [word, env[word] ?? null] : [word.slice(0, at), word.slice(at + 1)]
    }),
  )

const readEnvFile = (file: string, context: CliContext, sources: Sources): ReadonlyMap<string, string> => {
  const read = sources.read(file)
  if (!read.ok)
    throw createUsageError({ detail: `--env-from-file: ${faultMessage(file, read.fault, read.detail).message}` }, 'run')
  const parsed = parseEnvFile(read.text, { lookup: (name) => context.env[name] })
  if (!parsed.ok)
    throw createUsageError({ detail: `The file ${file} of --env-from-file is no file of variables.` }, 'run')
  const warnings = parsed.missing.map(({ name, ...span }) => unsetInEnvFile(name, { file, ...span }))
  if (context.terminal.progress !== 'quiet') printProblems(warnings, context)
  return parsed.values
}

const toPorts = (text: string): readonly Port[] => {
  const parsed = parseShortPort(text)
  if (!parsed.ok) throw createUsageError({ detail: `--publish: ${parsed.message}` }, 'run')
  return parsed.ports
}

const toMount = (text: string, { workingDirectory, env }: CliContext): Mount => {
  const parsed = parseShortMount(text)
  if (!parsed.ok) throw createUsageError({ detail: `--volume: ${parsed.message}` }, 'run')
  const { mount } = parsed
  if (mount.type !== 'bind' || mount.source === undefined) return mount
  const source = mount.source.startsWith('~')
    ? `${toHomeFolder(env)}${mount.source.slice(1)}`
    : resolve(workingDirectory, mount.source)
  return { ...mount, source }
}

/** A mount of the command line takes the place of the service's own at the same target. */
const mergeMounts = (own: readonly Mount[], added: readonly Mount[]): readonly Mount[] => {
  const targets = new Set(added.map(({ target }) => target))
  return [...own.filter(({ target }) => !targets.has(target)), ...added]
}
