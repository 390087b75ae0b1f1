import type { Project } from '../../core/project/project.ts'
import type { Hook, Service, WatchAction, WatchRule } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import { isEditorFile, isToolFolder } from './editor-files.ts'
import { joinPath, nameOf, relativeTo } from './paths.ts'

export type SyncRule = {
  readonly service: string
  /** Of the service's rules. */
  readonly index: number
  readonly action: WatchAction
  /** Absolute: a folder or a file. */
  readonly root: string
  readonly target?: string
  readonly exec?: Hook
  readonly initialSync: boolean
  /** Whether a change of this file is for the rule. */
  readonly matches: (path: string) => boolean
  /** Nothing below this folder is for the rule. */
  readonly prunes: (path: string, isDirectory: boolean) => boolean
}

export const copies = ({ action }: Pick<SyncRule, 'action'>): boolean =>
  action === 'sync' || action === 'sync+restart' || action === 'sync+exec'

/** Where a file goes in the container; for rules that copy. */
export const toContainerPath = (rule: SyncRule, path: string): string | undefined => {
  const relative = relativeTo(rule.root, path)
  return relative === undefined || rule.target === undefined ? undefined : joinPath(rule.target, relative)
}

type RuleDeps = Pick<EngineDeps, 'files' | 'ignorePatterns'>

/** The watch rules of every service, ready to be asked about paths; and those that a bind mount makes pointless. */
export const createSyncRules = async (
  deps: RuleDeps,
  project: Project,
): Promise<{
  readonly rules: readonly SyncRule[]
  readonly mounted: readonly { readonly service: string; readonly path: string }[]
}> => {
  const mounted: { service: string; path: string }[] = []
  const rules: SyncRule[] = []
  for (const [name, service] of Object.entries(project.services)) {
    const watch = service.develop?.watch ?? []
    if (watch.length === 0) continue
    const context = await createContextIgnore(deps, service)
    for (const [index, rule] of watch.entries()) {
      if ((rule.action === 'sync' || rule.action === 'sync+restart') && isBindMounted(service, rule.path))
        mounted.push({ service: name, path: rule.path })
      else rules.push(await createRule(deps, { name, index, rule, context }))
    }
  }
  return { rules, mounted }
}

type Ignore = {
  readonly ignores: (path: string) => boolean
  /** Patterns with `!` bring back what is below. */ readonly hasExceptions: boolean
}
type RuleInput = { readonly name: string; readonly index: number; readonly rule: WatchRule; readonly context: Ignore }

const createRule = async (deps: RuleDeps, { name, index, rule, context }: RuleInput): Promise<SyncRule> => {
  const root = rule.path.length > 1 && rule.path.endsWith('/') ? rule.path.slice(0, -1) : rule.path
  const own = await createIgnore(deps, { folder: root, patterns: rule.ignore ?? [] })
  const include =
    rule.include === undefined || rule.include.length === 0 ? undefined : await deps.ignorePatterns(rule.include)
  const isIncluded = (path: string): boolean => {
    const relative = relativeTo(root, path)
    return relative !== undefined && (include === undefined || include(relative === '' ? nameOf(path) : relative))
  }
  const ignores = (path: string): boolean =>
    isToolFolder(relativeTo(root, path) ?? path) || own.ignores(path) || context.ignores(path)
  return {
    service: name,
    index,
    action: rule.action,
    root,
    ...(rule.target === undefined ? {} : { target: rule.target }),
    ...(rule.exec === undefined ? {} : { exec: rule.exec }),
    initialSync: rule.initial_sync === true,
    matches: (path) => isIncluded(path) && !isEditorFile(path) && !ignores(path),
    prunes: (path, isDirectory) => {
      const relative = relativeTo(root, path)
      if (relative === undefined) return relativeTo(path, root) === undefined
      if (relative === '') return false
      if (isToolFolder(relative)) return true
      const mayComeBack = isDirectory && (own.hasExceptions || context.hasExceptions)
      return !mayComeBack && (ignores(path) || (!isDirectory && isEditorFile(path)))
    },
  }
}

const createIgnore = async (
  deps: RuleDeps,
  { folder, patterns }: { readonly folder: string; readonly patterns: readonly string[] },
): Promise<Ignore> => {
  const ignores = await deps.ignorePatterns(patterns)
  return {
    ignores: (path) => {
      const relative = relativeTo(folder, path)
      return relative !== undefined && relative !== '' && ignores(relative)
    },
    hasExceptions: patterns.some((pattern) => pattern.startsWith('!')),
  }
}

/** What the build leaves out is left out here too: it is not in the image either. */
const createContextIgnore = async (deps: RuleDeps, { build }: Service): Promise<Ignore> => {
  const folder = build?.context
  if (folder === undefined || !folder.startsWith('/')) return { ignores: () => false, hasExceptions: false }
  const dockerfile = joinPath(folder, build?.dockerfile ?? 'Dockerfile')
  const text =
    (await readText(
      deps,
      `${build?.dockerfile?.startsWith('/') === true ? build.dockerfile : dockerfile}.dockerignore`,
    )) ??
    (await readText(deps, joinPath(folder, '.dockerignore'))) ??
    ''
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return createIgnore(deps, { folder, patterns })
}

const readText = async ({ files }: RuleDeps, path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await files.read(path))
  } catch {
    return undefined
  }
}

const isBindMounted = ({ volumes }: Service, path: string): boolean =>
  (volumes ?? []).some(
    (mount) => mount.type === 'bind' && mount.source !== undefined && relativeTo(mount.source, path) !== undefined,
  )
