import type { Round } from '../../engine/apply.ts'
import type { Project } from '../../core/project/project.ts'
import type { UpOptions } from '../../core/plan/up-options.ts'
import type { CliContext } from '../context.ts'
import { createHashOptions, readImageParents } from './hash-options.ts'
import { isTruthy } from '../screen/terminal.ts'
import { createUsageError } from '../usage-error.ts'

/** Flags that `up`, `create` and `plan` share; those that a command does not have are absent. */
export type MakeFlags = {
  readonly build: boolean
  readonly 'no-build': boolean
  readonly pull: string | undefined
  readonly 'force-recreate': boolean
  readonly 'no-recreate': boolean
  readonly 'remove-orphans': boolean
  readonly scale: readonly string[]
  readonly 'renew-volumes-of': readonly string[]
  readonly 'always-recreate-deps'?: boolean
  readonly 'renew-anon-volumes'?: boolean
  readonly 'rerun-tasks'?: boolean
  readonly 'no-deps'?: boolean
  readonly timeout?: number | undefined
}

/** What cannot be asked for together. Rules: docker/compose `cmd/compose/up.go` and `create.go`. */
export const assertMakeFlags = (flags: MakeFlags, command: string): void => {
  assertApart(flags, command, [
    ['build', 'no-build'],
    ['force-recreate', 'no-recreate'],
    ['renew-anon-volumes', 'no-recreate'],
    ['always-recreate-deps', 'no-recreate'],
  ])
}

export const assertApart = (flags: object, command: string, pairs: readonly (readonly [string, string])[]): void => {
  const isGiven = (name: string): boolean => {
    const value = (flags as Readonly<Record<string, unknown>>)[name]
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
  }
  const clash = pairs.find(([a, b]) => isGiven(a) && isGiven(b))
  if (clash !== undefined)
    throw createUsageError({ detail: `--${clash[0]} and --${clash[1]} cannot be used together.` }, command)
}

/** `web=3` words as numbers of replicas. */
export const parseScale = (words: readonly string[], command: string): Readonly<Record<string, number>> => {
  const scale: Record<string, number> = {}
  for (const word of words) {
    const found = /^(.+)=(\d+)$/.exec(word)
    if (found?.[1] === undefined)
      throw createUsageError({ detail: `A number of replicas is written SERVICE=N, not "${word}".` }, command)
    scale[found[1]] = Number(found[2])
  }
  return scale
}

/** What every command that plans like `up` takes from the global flags and the environment. */
export const toBaseOptions = (
  { global, env }: CliContext,
  project: Project,
  { looksOnly = false }: { readonly looksOnly?: boolean } = {},
): UpOptions => {
  const variable = (name: string): string | undefined => env[name] ?? project.context.environment[name]
  return {
    ...createHashOptions(project, { environment: env, make: !global['dry-run'] && !looksOnly }),
    imageParents: readImageParents(project),
    allResources: global['all-resources'],
    adopt: global.adopt,
    separator: global.compatibility || isTruthy(variable('COMPOSE_COMPATIBILITY')) ? '_' : '-',
    removeOrphans: isTruthy(variable('COMPOSE_REMOVE_ORPHANS')),
    ignoreOrphans: isTruthy(variable('COMPOSE_IGNORE_ORPHANS')),
  }
}

type UpInput = {
  readonly context: CliContext
  readonly project: Project
  readonly flags: MakeFlags
  readonly words: readonly string[]
  /** Nothing is made. */
  readonly looksOnly?: boolean
}

/** The flags of `docker compose up` in the planner's words. */
export const toUpOptions = ({ context, project, flags, words, looksOnly = false }: UpInput): UpOptions => {
  const base = toBaseOptions(context, project, { looksOnly })
  return {
    ...base,
    ...(words.length === 0 ? {} : { services: words }),
    noDeps: flags['no-deps'] === true,
    build: flags.build ? 'always' : flags['no-build'] ? 'never' : 'missing',
    ...toPull(flags.pull),
    recreate: flags['force-recreate'] ? 'force' : flags['no-recreate'] ? 'never' : 'diverged',
    recreateDependencies:
      flags['always-recreate-deps'] === true ? 'force' : flags['no-recreate'] ? 'never' : 'diverged',
    renewAnonymousVolumes: flags['renew-anon-volumes'] === true,
    renewVolumesOf: flags['renew-volumes-of'],
    rerunCompleted: flags['rerun-tasks'] === true,
    removeOrphans: flags['remove-orphans'] || base.removeOrphans === true,
    scale: parseScale(flags.scale, 'up'),
    ...toGrace(flags.timeout),
  }
}

const toPull = (pull: string | undefined): Pick<UpOptions, 'pull'> => {
  switch (pull) {
    case 'always':
    case 'missing':
    case 'never':
    case 'build':
      return { pull }
    case 'if_not_present':
      return { pull: 'missing' }
    default:
      return {}
  }
}

/** A later round knows which images arrived, and whether the user gave data away. */
export const toRoundOptions = (options: UpOptions, { settledImages, before, declined }: Round): UpOptions => ({
  ...options,
  settled: settledImages,
  ...(before === undefined ? {} : { before }),
  ...(declined ? { divergedVolumes: 'keep' as const } : {}),
})

export const toGrace = (seconds: number | undefined): { readonly graceSeconds?: number } =>
  seconds === undefined ? {} : { graceSeconds: seconds }

export const toAwaitTimeout = (seconds: number | undefined): { readonly awaitTimeoutMs?: number } =>
  seconds === undefined || seconds <= 0 ? {} : { awaitTimeoutMs: seconds * 1000 }

/** `--quiet-pull` and `--quiet-build`: steps whose progress is not told. */
export const toSilent = (flags: {
  readonly 'quiet-pull': boolean
  readonly 'quiet-build'?: boolean
}): readonly ('image/pull' | 'image/build')[] => [
  ...(flags['quiet-pull'] ? (['image/pull'] as const) : []),
  ...(flags['quiet-build'] === true ? (['image/build'] as const) : []),
]

/**
 * Whether saved files are acted on: where somebody is at the terminal, unless it is forbidden. A script that runs `up` until its tests
 * have ended is not to have its containers changed under it; it can ask for it.
 */
export const wantsWatch = (
  flags: { readonly watch: boolean; readonly 'no-watch': boolean },
  { isAttended }: { readonly isAttended: boolean },
): boolean => (flags.watch || isAttended) && !flags['no-watch']
