import {
  type Entry,
  isNull,
  mapAt,
  type MapNode,
  type Node,
  type Place,
  textOf,
  withEntry,
  withoutEntry,
} from '../tree/node.ts'
import { scalarText } from '../steps/merge.ts'
import { readEnvFiles } from './read-env-files.ts'
import { createVariables } from './load-context.ts'
import type { Scope } from './scope.ts'
import { dirname, isAbsolutePath, joinPath, relativePath } from '../texts/paths.ts'
import { fetchRemote, isRemote } from './remote.ts'

type Include = {
  readonly node: Node
  readonly paths: readonly { readonly text: string; readonly place: Place }[]
  readonly envFiles: readonly { readonly text: string; readonly place: Place }[]
  readonly projectDirectory: string | undefined
}

const sections = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const

/** Loads each entry of `include` as a project of its own and takes over what it defines (compose-spec "include"). */
export const applyIncludes = (root: MapNode, scope: Scope): MapNode => {
  const include = root.entries.get('include')?.value
  if (include === undefined) return root
  let model = withoutEntry(root, 'include')
  if (include.kind !== 'seq') {
    if (!isNull(include))
      scope.context.problems.error(include, 'include/not-a-list', 'include takes a list.', { path: 'include' })
    return model
  }
  for (const [index, item] of include.items.entries()) {
    const parsed = parseInclude(item)
    if (parsed === undefined) {
      scope.context.problems.error(
        item,
        'include/form',
        'An include is a path, or a mapping with path, env_file and project_directory.',
        {
          path: `include[${index}]`,
        },
      )
      continue
    }
    const imported = loadInclude(parsed, scope)
    if (imported !== undefined) model = importModel(model, imported, scope)
  }
  return model
}

/** A path or a list of paths; undefined when there is something else in it. */
const textsOf = (node: Node | undefined): Include['paths'] | undefined => {
  if (node === undefined || isNull(node)) return []
  if (node.kind === 'map') return undefined
  const items = node.kind === 'seq' ? node.items : [node]
  const texts = items.flatMap((item) => {
    const text = textOf(item)
    return text === undefined ? [] : [{ text, place: item }]
  })
  return texts.length === items.length ? texts : undefined
}

const parseInclude = (node: Node): Include | undefined => {
  const text = textOf(node)
  if (text !== undefined) return { node, paths: [{ text, place: node }], envFiles: [], projectDirectory: undefined }
  if (node.kind !== 'map') return undefined
  const paths = textsOf(node.entries.get('path')?.value)
  const envFiles = textsOf(node.entries.get('env_file')?.value)
  const directory = node.entries.get('project_directory')?.value
  if (paths === undefined || paths.length === 0 || envFiles === undefined) return undefined
  if (directory !== undefined && directory.kind !== 'scalar') return undefined
  const projectDirectory = directory === undefined ? '' : scalarText(directory)
  return { node, paths, envFiles, projectDirectory: projectDirectory === '' ? undefined : projectDirectory }
}

const loadInclude = (include: Include, scope: Scope): MapNode | undefined => {
  const { context } = scope
  const files: { readonly path: string; readonly at: Place }[] = []
  for (const { text, place } of include.paths) {
    const path = isRemote(text) ? fetchRemote(context, text, place) : absolute(scope.directory, text)
    if (path === undefined) return undefined
    files.push({ path, at: place })
  }
  const main = files[0]!
  if (scope.including.includes(main.path)) {
    const chain = [...scope.including.slice(scope.including.indexOf(main.path)), main.path]
    context.problems.error(
      main.at,
      'include/cycle',
      `Files include each other in a circle: ${chain.join(' includes ')}.`,
    )
    return undefined
  }
  const wanted = include.projectDirectory
  const directory = wanted === undefined ? dirname(main.path) : absolute(scope.directory, wanted)
  const envFiles = envFilesOf(include, directory, scope)
  const values = readEnvFiles(scope.context, envFiles, scope.environment)
  if (values === undefined) return undefined
  const environment = { ...values, ...scope.environment }
  const variableFiles = [...scope.variables.files, ...envFiles.map((file) => file.path).toReversed()]
  const base = wanted !== undefined && isAbsolutePath(wanted) ? wanted : relativePath(scope.directory, directory)
  return scope.loadModel(files, {
    scope: {
      ...scope,
      directory,
      variables: createVariables(environment, { files: variableFiles, implied: scope.context.implied }),
      environment,
    },
    base,
    resolvePaths: true,
  })
}

const absolute = (directory: string, path: string): string => (isAbsolutePath(path) ? path : joinPath(directory, path))

const envFilesOf = (
  include: Include,
  directory: string,
  scope: Scope,
): readonly { readonly path: string; readonly at: Place }[] => {
  const { sources } = scope.context
  const ownFile = joinPath(directory, '.env')
  const files =
    include.envFiles.length > 0
      ? include.envFiles.map(({ text, place }) => ({ path: absolute(scope.directory, text), at: place }))
      : sources.kindOf(ownFile) === 'file'
        ? [{ path: ownFile, at: include.node }]
        : []
  return files.filter((file) => file.path !== '/dev/null')
}

const importModel = (model: MapNode, imported: MapNode, scope: Scope): MapNode => {
  let result = model
  for (const section of sections) {
    const from = imported.entries.get(section)?.value
    if (from?.kind !== 'map') continue
    const own = result.entries.get(section)?.value
    if (own !== undefined && own.kind !== 'map') {
      if (!isNull(own)) continue
    }
    const entries = new Map<string, Entry>(own?.kind === 'map' ? own.entries : [])
    for (const [name, entry] of from.entries) {
      const local = entries.get(name)
      if (local === undefined) entries.set(name, entry)
      else if (!isSame(local.value, entry.value))
        reportConflict({ section, name, local: local.key, imported: entry.key }, scope)
    }
    result = withEntry(result, section, own?.kind === 'map' ? { ...own, entries } : mapAt(from, entries))
  }
  return result
}

type Conflict = { readonly section: string; readonly name: string; readonly local: Place; readonly imported: Place }

const reportConflict = ({ section, name, local, imported }: Conflict, { context }: Scope): void =>
  context.problems.error(
    local,
    'include/conflict',
    `${section}.${name} is defined here and, differently, by an included file.`,
    {
      hint: 'Rename one of the two, or change the included one in an override file of the include (path: [included.yaml, override.yaml]).',
      related: [{ place: imported, message: 'defined by the included file' }],
      path: `${section}.${name}`,
    },
  )

/** The same thing may come from two files; two things of one name may not. */
const isSame = (a: Node, b: Node): boolean => {
  if (a === b) return true
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.type === b.type && a.value === b.value
  if (a.kind === 'seq')
    return (
      b.kind === 'seq' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => isSame(item, b.items[index]!))
    )
  if (b.kind !== 'map' || a.entries.size !== b.entries.size) return false
  return [...a.entries].every(([key, { value }]) => b.entries.has(key) && isSame(value, b.entries.get(key)!.value))
}
