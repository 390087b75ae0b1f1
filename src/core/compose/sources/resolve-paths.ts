import { mapEntries, mapItems, type MapNode, type Node, type ScalarNode, textOf, withEntry } from '../tree/node.ts'
import { dirname, expandHome, isAbsolutePath, joinPath } from '../texts/paths.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { isRemote } from './remote.ts'
import { documentRule, type PathRule, type Rule, ruleBelow } from '../steps/rules.ts'
import { leadsOutOfRepository, outsideMessage, type Repositories } from './repositories.ts'
import type { Sources } from './sources.ts'

type Context = Repositories & { readonly base: string; readonly sources: Sources; readonly problems: ProblemList }

/** Paths below `base`, wherever the file format has a path (compose-spec: relative to the project or to the file's folder). */
export const resolvePaths = (root: MapNode, context: Context): MapNode => {
  const resolved = visit(root, documentRule, context) as MapNode
  if (context.repositories.size > 0) checkBuilds(resolved, context)
  return resolved
}

/** What is read here of a build context of a repository, before the builder sees it. */
const checkBuilds = (root: MapNode, context: Context): void => {
  const services = root.entries.get('services')?.value
  for (const { value: service } of services?.kind === 'map' ? services.entries.values() : []) {
    const build = service.kind === 'map' ? service.entries.get('build')?.value : undefined
    const folder = build?.kind === 'map' ? textOf(build.entries.get('context')?.value) : undefined
    if (build?.kind !== 'map' || folder === undefined || !isAbsolutePath(folder)) continue
    const file = textOf(build.entries.get('dockerfile')?.value) ?? 'Dockerfile'
    if (isAbsolutePath(file)) continue
    const paths = [dirname(file), file, `${file}.dockerignore`, '.dockerignore'].map((name) => joinPath(folder, name))
    // Said already of a context that does so as a whole.
    const outside = leadsOutOfRepository(folder, context)
      ? undefined
      : paths.find((path) => leadsOutOfRepository(path, context))
    if (outside !== undefined) context.problems.error(build, 'remote/outside', outsideMessage(outside))
  }
}

const visit = (node: Node, rule: Rule | undefined, context: Context): Node => {
  if (rule === undefined || !rule.has.has('path')) return node
  if (rule.path !== undefined) return resolvers[rule.path](node, context)
  if (node.kind === 'map') return mapEntries(node, (value, key) => visit(value, ruleBelow(rule, key), context))
  return node.kind === 'seq' ? mapItems(node, (value) => visit(value, rule.any, context)) : node
}

type Resolver = (node: Node, context: Context) => Node

const changed = (node: ScalarNode, text: string, context: Context): ScalarNode => {
  if (leadsOutOfRepository(text, context)) context.problems.error(node, 'remote/outside', outsideMessage(text))
  return text === node.value ? node : { ...node, value: text, template: node.template ?? String(node.value) }
}

const eachText = (change: (text: string, context: Context) => string): Resolver => {
  const resolve: Resolver = (node, context) => {
    if (node.kind === 'seq') return mapItems(node, (item) => resolve(item, context))
    return node.kind === 'scalar' && node.type === 'str'
      ? changed(node, change(node.value as string, context), context)
      : node
  }
  return resolve
}

const toAbsolute = (text: string, { base, sources }: Context): string => {
  const path = expandHome(text, sources.home)
  return path === '' || isAbsolutePath(path) ? path : joinPath(base, path)
}

/** A path of the machine where the engine runs: one of another system's stays. */
const toHostPath = (text: string, { base, sources }: Context): string => {
  const path = expandHome(text, sources.home)
  return isAbsolutePath(path) || isWindowsPath(path) ? path : joinPath(base, path)
}

const isWindowsPath = (path: string): boolean => /^([A-Za-z]:[\\/]|\\\\)/.test(path)

const contextPrefixes = ['https://', 'http://', 'git://', 'ssh://', 'github.com/', 'git@', 'service:']
const isBuildContext = (text: string): boolean =>
  text.includes('://') || contextPrefixes.some((prefix) => text.startsWith(prefix))

const toRealPath = eachText((path, { sources }) => (isAbsolutePath(path) ? sources.realpath(path) : path))

/** Where files of a container are brought to: in the folder of the project and nowhere else, and not among what git keeps there. */
const toOwnPath: Resolver = (node, { base, sources, problems }) => {
  const path = textOf(node)
  if (path === undefined || !isAbsolutePath(path)) return node
  const root = sources.realpath(base)
  const isWithin = path === root || path.startsWith(root === '/' ? root : `${root}/`)
  if (isWithin && !path.slice(root.length).split('/').includes('.git')) return node
  problems.error(
    node,
    'service/watch-outside',
    isWithin
      ? `${path} is git's own, where nothing of a container may be brought.`
      : `${path} is outside of ${root}, and files of a container are brought nowhere else.`,
    { hint: 'Name a folder or a file below the folder of the stack file.' },
  )
  return node
}

const resolvers: Readonly<Record<PathRule, Resolver>> = {
  path: eachText(toAbsolute),
  context: eachText((text, context) => (isBuildContext(text) ? text : toAbsolute(text, context))),
  extends: eachText((text, context) => (isRemote(text) ? text : toAbsolute(text, context))),
  watch: (node, context) => toRealPath(eachText(toAbsolute)(node, context), context),
  back: (node, context) => toOwnPath(toRealPath(eachText(toAbsolute)(node, context), context), context),
  file: eachText(toHostPath),
  mount: (node, context) => {
    if (node.kind !== 'map' || textOf(node.entries.get('type')?.value) !== 'bind') return node
    if (!node.entries.has('source'))
      context.problems.error(node, 'value/incomplete', 'A bind mount needs a "source": the path on the host.', {
        losesNothing: true,
      })
    return resolveField(node, 'source', context)
  },
  driverOpts: (node, context) => {
    if (node.kind !== 'map' || textOf(node.entries.get('driver')?.value) !== 'local') return node
    const options = node.entries.get('driver_opts')?.value
    if (options?.kind !== 'map' || textOf(options.entries.get('o')?.value) !== 'bind') return node
    return withEntry(node, 'driver_opts', resolveField(options, 'device', context))
  },
}

const resolveField = (node: MapNode, field: string, context: Context): MapNode => {
  const value = node.entries.get(field)?.value
  const text = textOf(value)
  if (value?.kind !== 'scalar' || text === undefined) return node
  return withEntry(node, field, changed(value, toHostPath(text, context), context))
}
