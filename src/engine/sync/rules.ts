import { type Project, selectAsked } from '../../core/project/project.ts'
import type { Hook, Service, WatchAction, WatchRule } from '../../core/project/service.ts'
import { createIgnoreRules, readIgnoreFile, type IgnoreRules } from '../../wire/ignore-patterns.ts'
import { createReturning, type Returning } from './back/returning.ts'
import { findIgnoreFile, findServiceRules, readImageParents, readText, type RuleDeps } from './find-rules.ts'
import { pathBelow, nameOf, relativeTo } from './paths.ts'

/** Why a file is not for a rule: it is elsewhere, `include` leaves it out, one of the lists of what is ignored, or it comes back. */
export type Refusal = 'elsewhere' | 'include' | 'git' | 'ignore' | 'dockerignore' | 'back'

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
  /** Read from the Dockerfile: what it copies is in the image as it is in the source. */
  readonly isDerived: boolean
  /** It is about some files of its root only. */
  readonly isSelective: boolean
  /** Whether a change of this file is for the rule. */
  readonly matches: (path: string) => boolean
  /** Why it is not. */
  readonly refuses: (path: string) => Refusal | undefined
  /** Nothing below this folder is for the rule. */
  readonly prunes: (path: string, isDirectory: boolean) => boolean
}

export const copies = ({ action }: Pick<SyncRule, 'action'>): boolean =>
  action === 'sync' || action === 'sync+restart' || action === 'sync+exec'

const strength: readonly WatchAction[] = ['rebuild', 'sync+restart', 'restart', 'sync+exec', 'sync']

/** Of the actions of several rules, the one that takes the others in. */
export const findStrongest = (actions: Iterable<WatchAction>): WatchAction | undefined => {
  const all = new Set(actions)
  return strength.find((action) => all.has(action))
}

/** Where a file goes in the container; for rules that copy. */
export const toContainerPath = (rule: SyncRule, path: string): string | undefined => {
  const relative = relativeTo(rule.root, path)
  return relative === undefined || rule.target === undefined ? undefined : pathBelow(rule.target, relative)
}

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
  const parents = await readImageParents(deps, project)
  for (const [name, service] of Object.entries(selectAsked(project))) {
    const found = await findServiceRules({ ...deps, parents }, project, name)
    const returning = createReturning(service, project)
    if (found.kind === 'derived') {
      const ignores = new Map<string | undefined, IgnoreRules>([[undefined, createIgnoreRules([])]])
      for (const [index, { rule, context: folder }] of found.rules.entries()) {
        const context = ignores.get(folder) ?? (await createContextIgnore(deps, service, folder))
        ignores.set(folder, context)
        rules.push(
          createRule({ name, index, rule, context, returning, isDerived: true, place: await findPlace(deps, rule) }),
        )
      }
      continue
    }
    if (found.kind === 'none' || found.rules.length === 0) continue
    const context = await createContextIgnore(deps, service, service.build?.context)
    for (const [index, rule] of found.rules.entries()) {
      if ((rule.action === 'sync' || rule.action === 'sync+restart') && isBindMounted(service, rule.path))
        mounted.push({ service: name, path: rule.path })
      else
        rules.push(
          createRule({ name, index, rule, context, returning, isDerived: false, place: await findPlace(deps, rule) }),
        )
    }
  }
  return { rules, mounted }
}

type RuleInput = {
  readonly name: string
  readonly index: number
  readonly rule: WatchRule
  readonly context: IgnoreRules
  readonly returning: Returning
  readonly isDerived: boolean
  /** Where the rule's path leads if it is a link. */
  readonly place: string
}

const toRoot = ({ path }: WatchRule): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** A path that is a link is followed, as Docker Compose does; what is a link below it stays one. */
const findPlace = async ({ files }: RuleDeps, rule: WatchRule): Promise<string> => {
  const root = toRoot(rule)
  return (await files.stat(root))?.kind === 'link' ? ((await files.realpath(root)) ?? root) : root
}

const createRule = ({ name, index, rule, context, returning, isDerived, place: root }: RuleInput): SyncRule => {
  const named = toRoot(rule)
  /** Lists of what is ignored speak of the path that the rule names. */
  const toNamed = (path: string): string =>
    named === root ? path : pathBelow(named, relativeTo(root, path) ?? relativeTo(named, path) ?? '')
  const own = createIgnore(named, rule.ignore?.join('\n') ?? '')
  const include =
    rule.include === undefined || rule.include.length === 0
      ? undefined
      : createIgnoreRules(readIgnoreFile(rule.include.join('\n'))).ignores
  const refuses = (path: string): Refusal | undefined => {
    const relative = relativeTo(root, path) ?? relativeTo(named, path)
    if (relative === undefined) return 'elsewhere'
    const back = returning.ruleOf(path)
    // What is kept the same both ways may still mean that the image is to be built, or the process started, anew.
    if (back !== undefined && (back.direction === 'from' || copies(rule))) return 'back'
    if (include !== undefined && !include(relative === '' ? nameOf(path) : relative)) return 'include'
    if (isGitFolder(relative)) return 'git'
    return own.ignores(toNamed(path)) ? 'ignore' : context.ignores(toNamed(path)) ? 'dockerignore' : undefined
  }
  const ignores = (path: string): boolean => own.ignores(toNamed(path)) || context.ignores(toNamed(path))
  return {
    service: name,
    index,
    action: rule.action,
    root,
    ...(rule.target === undefined ? {} : { target: rule.target }),
    ...(rule.exec === undefined ? {} : { exec: rule.exec }),
    initialSync: rule.initial_sync === true,
    isDerived,
    isSelective: include !== undefined,
    matches: (path) => refuses(path) === undefined,
    refuses,
    prunes: (path, isDirectory) => {
      const relative = relativeTo(root, path)
      if (relative === undefined) return relativeTo(path, root) === undefined
      if (relative === '') return false
      if (isGitFolder(relative)) return true
      const mayComeBack =
        isDirectory && (own.mayHoldException(toNamed(path)) || context.mayHoldException(toNamed(path)))
      return !mayComeBack && ignores(path)
    },
  }
}

/** What git keeps beside the files is nobody's work. */
const isGitFolder = (path: string): boolean => /(?:^|\/)\.git(?:\/|$)/.test(path)

/** The rules of an ignore file's text, asked with absolute paths. */
const createIgnore = (folder: string, text: string): IgnoreRules => {
  const { ignores, mayHoldException } = createIgnoreRules(readIgnoreFile(text))
  const below = (path: string): string => relativeTo(folder, path) ?? ''
  return {
    ignores: (path) => below(path) !== '' && ignores(below(path)),
    mayHoldException: (path) => below(path) !== '' && mayHoldException(below(path)),
  }
}

/** What the build leaves out of a context is left out here too: it is not in the image either. */
const createContextIgnore = async (
  deps: RuleDeps,
  service: Service,
  folder: string | undefined,
): Promise<IgnoreRules> => {
  if (folder === undefined || !folder.startsWith('/')) return createIgnoreRules([])
  const path = await findIgnoreFile(deps, service, folder)
  return createIgnore(folder, (path === undefined ? undefined : await readText(deps, path)) ?? '')
}

const isBindMounted = ({ volumes }: Service, path: string): boolean =>
  (volumes ?? []).some(
    (mount) => mount.type === 'bind' && mount.source !== undefined && relativeTo(mount.source, path) !== undefined,
  )
