import type { WatchRule } from '../../core/project/service.ts'
import { relativeTo } from '../sync/paths.ts'
import { findHeld, readHeld } from './apply-run.ts'
import { type CommandPlace, findReloading, type Reloading } from './command-reloads.ts'
import { type BuildFiles, evaluateTarget } from './evaluate-stages.ts'
import { settle, type Stage } from './stage.ts'
import type { Files, Mapping, Origin } from './mapping.ts'
import { type Dockerfile, parseDockerfile } from './parse-dockerfile.ts'
import { toAbsolute, toName } from './run-reads.ts'

/** A rule as `develop.watch` could say it, and why it is so. */
export type DerivedRule = {
  readonly rule: WatchRule
  readonly origin: Origin
  /** The end of a sentence: why this is what happens. */
  readonly why: string
  /** The folder whose `.dockerignore` counts; absent for files that no build copies. */
  readonly context?: string
}

export type Derivation = {
  readonly rules: readonly DerivedRule[]
  /** What no rule is made for, since a mount is over it. */
  readonly left: readonly { readonly path: string; readonly mount: string; readonly origin: Origin }[]
}

export type Mount = { readonly source: string; readonly target: string }

export type DeriveInput = {
  readonly text: string
  /** Absolute; absent: it is written in the stack file. */
  readonly dockerfile?: string
  /** The ignore file that the build obeys, if there is one. */
  readonly ignoreFile?: string
  readonly files: BuildFiles
  readonly service: {
    readonly command: readonly string[] | null
    readonly entrypoint: readonly string[] | null
    readonly workingDirectory?: string
    readonly environment: Readonly<Record<string, string>>
    /** What the service mounts of this machine, and where; a source that is not known is empty. */
    readonly mounts: readonly Mount[]
  }
  /** Of the image that was built, where it is known. */
  readonly image?: {
    readonly workingDirectory?: string
    readonly command: readonly string[]
    readonly entrypoint: readonly string[]
  }
  /** Files that mean something else: the stack files. */
  readonly except: readonly string[]
}

/**
 * The watch rules of a service that has none: what its Dockerfile says about where files go and what is made of them.
 *
 * @throws `file/bad-dockerfile`
 */
export const deriveRules = (input: DeriveInput): Derivation =>
  toRules(evaluate(parseDockerfile(input.text), input), input)

/** Where no WORKDIR says what targets are relative to, the image is asked once it is there. */
const evaluate = ({ instructions, escape }: Dockerfile, { files, image }: DeriveInput): Stage => {
  const stage = evaluateTarget(instructions, escape, files)
  const folder = image?.workingDirectory
  if (stage.cwd !== undefined || folder?.endsWith(stage.moved) !== true) return stage
  const cwd = toAbsolute('/', folder.slice(0, folder.length - stage.moved.length))
  return evaluateTarget(instructions, escape, { ...files, base: { image: stage.base, cwd } })
}

const toRules = (stage: Stage, input: DeriveInput): Derivation => {
  const { mappings, ingredients } = settle(stage)
  const reloading = findStart(stage, mappings, input)
  const rules: DerivedRule[] = []
  const left: { path: string; mount: string; origin: Origin }[] = []
  for (const mapping of mappings) {
    const mount = input.service.mounts.find((one) => isLeftTo(one, mapping, toFolder(stage, input)))
    if (mount !== undefined && mapping.isIngredient !== true)
      left.push({ path: mapping.source, mount: mount.target, origin: mapping.origin })
    else rules.push(toRule(mapping, { reloading, input, stage }))
  }
  for (const one of ingredients) rules.push(toRebuild(one, { why: one.why, origin: one.origin, input }))
  rules.push(...beginningRules(mappings, { reloading, input, stage }), ...ownRules(input))
  // Of the same rule the first line that gives it is told.
  const unique = new Map(rules.toReversed().map((rule) => [JSON.stringify([rule.rule, rule.context]), rule]))
  return { rules: [...unique.values()].toReversed(), left }
}

/** A mount hides the copy in the image, or it shows the same files to a process that begins in it. */
const isLeftTo = (mount: Mount, { source, target }: Mapping, cwd: string): boolean =>
  (target !== undefined && relativeTo(mount.target, target) !== undefined) ||
  (mount.source !== '' && relativeTo(mount.source, source) !== undefined && relativeTo(mount.target, cwd) !== undefined)

type RuleContext = { readonly reloading: Reloading; readonly input: DeriveInput; readonly stage: Stage }

const toRule = (mapping: Mapping, { reloading, input, stage }: RuleContext): DerivedRule => {
  const { target, origin, only } = mapping
  if (only !== undefined || target === undefined)
    return toRebuild(mapping, {
      why: only ?? 'where it goes is relative to a WORKDIR of the base image, which is not known here',
      origin,
      input,
    })
  const mounted = input.service.mounts.flatMap((mount) => relativeTo(target, mount.target) ?? [])
  const { action, why } = toAction(reloading, { target, cwd: toFolder(stage, input) })
  const rule: WatchRule = {
    path: mapping.source,
    action,
    target,
    ...toPatterns({ ...mapping, ignore: [...mapping.ignore, ...mounted] }, input),
  }
  return { rule, origin, why, context: mapping.context }
}

const toAction = (
  { kind, by }: Reloading,
  { target, cwd }: { readonly target: string; readonly cwd: string },
): { readonly action: 'sync' | 'sync+restart'; readonly why: string } => {
  if (by === '') return { action: 'sync+restart', why: 'what the container runs is not known here, so it starts anew' }
  // Such a process looks at its own folder, and at what that is in.
  const isNear = relativeTo(cwd, target) !== undefined || relativeTo(target, cwd) !== undefined
  if (kind === 'itself' && isNear) return { action: 'sync', why: `"${by}" notices changes itself` }
  if (kind === 'idle') return { action: 'sync', why: `"${by}" reads no files` }
  if (kind === 'request' && !/\/(?:etc|conf)\//.test(target))
    return { action: 'sync', why: `"${by}" reads its files anew for every request` }
  if (kind === 'once') return { action: 'sync+restart', why: `"${by}" loses sight of a file that is replaced` }
  return { action: 'sync+restart', why: `"${by}" reads it when it starts` }
}

type Reason = { readonly why: string; readonly origin: Origin; readonly input: DeriveInput }

const toRebuild = (files: Files, { why, origin, input }: Reason): DerivedRule => ({
  rule: { path: files.source, action: 'rebuild', ...toPatterns(files, input) },
  origin,
  why,
  context: files.context,
})

const toPatterns = (
  { source, isFolder, include, ignore }: Files,
  { except }: DeriveInput,
): Pick<WatchRule, 'include' | 'ignore'> => {
  const others = isFolder ? except.flatMap((path) => relativeTo(source, path) ?? []) : []
  const left = [...new Set([...ignore, ...others])].filter((pattern) => pattern !== '')
  return { ...(include === undefined ? {} : { include }), ...(left.length === 0 ? {} : { ignore: left }) }
}

/** The Dockerfile and the ignore file decide what is in the image, and so do changes of them. */
const ownRules = ({ dockerfile, ignoreFile }: DeriveInput): readonly DerivedRule[] =>
  [dockerfile, ignoreFile].flatMap((path) =>
    path === undefined
      ? []
      : [
          {
            rule: { path, action: 'rebuild' as const },
            origin: { line: 1, text: '' },
            why: 'the image is built by it',
          },
        ],
  )

/** A script that a container begins with is not read again by a process that takes changes while it runs. */
const beginningRules = (
  mappings: readonly Mapping[],
  { reloading, input, stage }: RuleContext,
): readonly DerivedRule[] => {
  if (reloading.kind === 'restart' || reloading.kind === 'once') return []
  const { entrypoint, command } = toStart(stage, input)
  const programs = [
    entrypoint[0],
    command[0],
    /^(?:ba|a|da)?sh$/.test(toName(entrypoint[0] ?? '')) ? entrypoint[1] : undefined,
  ]
  return programs.flatMap((program) => {
    const target = program === undefined || !/[/.]/.test(program) ? undefined : toAbsolute(stage.cwd ?? '/', program)
    const path = target === undefined ? undefined : findHeld(mappings, target)
    const holder = mappings.find((one) => path !== undefined && relativeTo(one.source, path) !== undefined)
    if (target === undefined || path === undefined || holder === undefined || holder.only !== undefined) return []
    if (input.service.mounts.some((mount) => relativeTo(mount.target, target) !== undefined)) return []
    const rule: WatchRule = { path, action: 'sync+restart', target }
    return [{ rule, origin: holder.origin, why: 'the container starts with it', context: holder.context }]
  })
}

type Start = { readonly entrypoint: readonly string[]; readonly command: readonly string[] }

/** What a container of the service runs: what the stack file says goes before the image. */
const toStart = (stage: Stage, { service, image }: DeriveInput): Start => {
  if (service.entrypoint !== null) return { entrypoint: service.entrypoint, command: service.command ?? [] }
  const isSilent = stage.command === undefined && stage.entrypoint === undefined
  return {
    entrypoint: stage.entrypoint ?? image?.entrypoint ?? [],
    command: service.command ?? stage.command ?? (isSilent ? (image?.command ?? ofBase(stage.base)) : []),
  }
}

/** What images that are known everywhere run, where the image itself is not there to be asked. */
const ofBase = (reference: string): readonly string[] => {
  const [, name = '', tag = ''] = /([^/:@]+)(?::([^@]*))?(?:@.*)?$/.exec(reference) ?? []
  if (/^(?:nginx|nginx-unprivileged|openresty|lighttpd)$/.test(name)) return [name.replace('-unprivileged', '')]
  if (name === 'httpd') return ['httpd-foreground']
  if (name === 'caddy') return ['caddy', 'run']
  if (name !== 'php' && name !== 'wordpress') return []
  return tag.includes('fpm')
    ? ['php-fpm']
    : tag.includes('apache') || name === 'wordpress'
      ? ['apache2-foreground']
      : []
}

/** Where the process begins. */
const toFolder = ({ cwd = '/' }: Stage, { service }: DeriveInput): string => service.workingDirectory ?? cwd

const findStart = (stage: Stage, mappings: readonly Mapping[], input: DeriveInput): Reloading => {
  const { entrypoint, command } = toStart(stage, input)
  const cwd = toFolder(stage, input)
  const mounted = input.service.mounts.flatMap(({ source, target }): readonly Mapping[] =>
    source === '' ? [] : [{ source, target, isFolder: true, context: '', ignore: [], origin: { line: 1, text: '' } }],
  )
  const place: CommandPlace = {
    cwd,
    environment: { ...Object.fromEntries(stage.environment), ...input.service.environment },
    read: (path) => readHeld([...mappings, ...mounted], path, input.files.look),
  }
  const words = [...entrypoint, ...command]
  return words.length === 0 ? { kind: 'restart', by: '' } : findReloading(words, place)
}
