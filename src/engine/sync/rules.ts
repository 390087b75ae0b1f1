import { type Project, selectAsked } from '../../core/project/project.ts'
import type { Hook, Service, WatchAction, WatchRule } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import { createIgnoreRules, readIgnoreFile, type IgnoreRules } from '../../wire/ignore-patterns.ts'
import { isEditorFile, isToolFolder } from './editor-files.ts'
import { pathBelow, nameOf, relativeTo } from './paths.ts'

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
  return relative === undefined || rule.target === undefined ? undefined : pathBelow(rule.target, relative)
}

type RuleDeps = Pick<EngineDeps, 'files'>

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
  for (const [name, service] of Object.entries(selectAsked(project))) {
    const watch = service.develop?.watch ?? []
    if (watch.length === 0) continue
    const context = await createContextIgnore(deps, service)
    for (const [index, rule] of watch.entries()) {
      if ((rule.action === 'sync' || rule.action === 'sync+restart') && isBindMounted(service, rule.path))
        mounted.push({ service: name, path: rule.path })
      else rules.push(createRule({ name, index, rule, context }))
    }
  }
  return { rules, mounted }
}

type RuleInput = {
  readonly name: string
  readonly index: number
  readonly rule: WatchRule
  readonly context: IgnoreRules
}

const createRule = ({ name, index, rule, context }: RuleInput): SyncRule => {
  const root = rule.path.length > 1 && rule.path.endsWith('/') ? rule.path.slice(0, -1) : rule.path
  const own = createIgnore(root, rule.ignore?.join('\n') ?? '')
  const include =
    rule.include === undefined || rule.include.length === 0
      ? undefined
      : createIgnoreRules(readIgnoreFile(rule.include.join('\n'))).ignores
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
      const mayComeBack = isDirectory && (own.mayHoldException(path) || context.mayHoldException(path))
      return !mayComeBack && (ignores(path) || (!isDirectory && isEditorFile(path)))
    },
  }
}

/** The rules of an ignore file's text, asked with absolute paths. */
const createIgnore = (folder: string, text: string): IgnoreRules => {
  const { ignores, mayHoldException } = createIgnoreRules(readIgnoreFile(text))
  const below = (path: string): string => relativeTo(folder, path) ?? ''
  return {
    ignores: (path) => below(path) !== '' && ignores(below(path)),
    mayHoldException: (path) => below(path) !== '' && mayHoldException(below(path)),
  }
}

/** What the build leaves out is left out here too: it is not in the image either. */
const createContextIgnore = async (deps: RuleDeps, { build }: Service): Promise<IgnoreRules> => {
  const folder = build?.context
  if (folder === undefined || !folder.startsWith('/')) return createIgnoreRules([])
  const dockerfile = pathBelow(folder, build?.dockerfile ?? 'Dockerfile')
  const text =
    (await readText(
      deps,
      `${build?.dockerfile?.startsWith('/') === true ? build.dockerfile : dockerfile}.dockerignore`,
    )) ??
    (await readText(deps, pathBelow(folder, '.dockerignore'))) ??
    ''
  return createIgnore(folder, text)
}

const readText = async ({ files }: RuleDeps, path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await files.read(path, { followLinks: true }))
  } catch {
    return undefined
  }
}

const isBindMounted = ({ volumes }: Service, path: string): boolean =>
  (volumes ?? []).some(
    (mount) => mount.type === 'bind' && mount.source !== undefined && relativeTo(mount.source, path) !== undefined,
  )
