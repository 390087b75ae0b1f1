import { type MapNode, type Node, type Place, withoutEntry } from './tree/node.ts'
import { toCanonical } from './steps/canonical.ts'
import { checkShape } from './check/check-shape.ts'
import { emptyModel } from './tree/empty-model.ts'
import { applyExtends } from './sources/extends.ts'
import { applyIncludes } from './sources/include.ts'
import { interpolate } from './steps/interpolate.ts'
import { readDocuments } from './sources/load-context.ts'
import { mergeNodes } from './steps/merge.ts'
import { omitEmpty } from './tree/omit-empty.ts'
import { dirname, relativePath } from './texts/paths.ts'
import type { ParsedDocument } from './yaml/parse-yaml.ts'
import type { Scope } from './sources/scope.ts'
import { resolvePaths } from './sources/resolve-paths.ts'
import { documentRule } from './steps/rules.ts'
import { enforceUnique } from './steps/unique.ts'

/**
 * Lays the documents of one file over what was read before, as the reference does it, per document: interpolate, extend,
 * include, merge, make unique, check the shape, make canonical, make unique again.
 */
export const loadFile = (
  base: MapNode,
  file: string,
  { scope, at }: { scope: Scope; at: Place | undefined },
): MapNode => {
  const documents = readDocuments(scope.context, file, at)
  scope.context.filledFrom.set(file, scope.variables)
  let model = base
  for (const document of documents ?? []) {
    const root = rootOf(document, scope)
    if (root !== undefined) model = layDocument(model, root, { scope, file })
  }
  return model
}

const rootOf = (document: ParsedDocument, { context }: Scope): MapNode | undefined => {
  if (document.root?.kind === 'map') return document.root
  context.problems.error(
    document.root ?? document.place,
    'file/not-a-mapping',
    'A stack file is a mapping: keys such as "services:" with values.',
  )
  return undefined
}

const layDocument = (base: MapNode, root: MapNode, { scope, file }: { scope: Scope; file: string }): MapNode => {
  const { context } = scope
  const { problems, steps } = context
  const { nextStage } = problems.damage
  nextStage()
  const filled = steps.interpolate
    ? interpolate(root, { variables: scope.variables, problems, missing: context.missing })
    : root
  nextStage()
  const extended = applyExtends(filled, {
    context,
    directory: scope.directory,
    servicesOf: (path, at) => extendedServices(path, scope, at),
  })
  const included = applyIncludes(extended, { ...scope, including: [...scope.including, file] })
  nextStage()
  const merged = enforceUnique(
    mergeNodes(base, included, { problems, path: '', rule: documentRule }) as MapNode,
    problems,
  )
  nextStage()
  const shaped = checkShape(merged, problems)
  nextStage()
  const canonical = toCanonical(warnVersion(shaped, scope), { problems, lenient: steps.lenient })
  nextStage()
  return enforceUnique(omitEmpty(canonical), problems)
}

const warnVersion = (model: MapNode, { context }: Scope): MapNode => {
  const version = model.entries.get('version')
  if (version === undefined) return model
  context.problems.warn(version.key, 'file/obsolete-version', 'The attribute "version" is obsolete and ignored.', {
    hint: 'Remove the line.',
    path: 'version',
  })
  return withoutEntry(model, 'version')
}

/** The services of a file that `extends` names: interpolated and canonical, but neither extended nor checked on their own. */
const extendedServices = (path: string, scope: Scope, at: Place): MapNode | undefined => {
  const { context } = scope
  const known = context.extended.get(scope.variables) ?? new Map<string, MapNode | undefined>()
  context.extended.set(scope.variables, known)
  const key = `${scope.directory}\0${path}`
  if (known.has(key)) return known.get(key)
  const services = readExtended(path, scope, at)
  known.set(key, services)
  return services
}

const readExtended = (path: string, scope: Scope, at: Place): MapNode | undefined => {
  const { context } = scope
  const { problems, steps } = context
  const documents = readDocuments(context, path, at)
  context.filledFrom.set(path, scope.variables)
  let model: MapNode | undefined
  for (const document of documents ?? []) {
    const root = rootOf(document, scope)
    if (root === undefined) continue
    const filled = steps.interpolate
      ? interpolate(root, { variables: scope.variables, problems, missing: context.missing })
      : root
    problems.damage.nextStage()
    const merged = mergeNodes(model ?? emptyModel, filled, { problems, path: '', rule: documentRule }) as MapNode
    model = enforceUnique(
      omitEmpty(toCanonical(enforceUnique(merged, problems), { problems, lenient: steps.lenient })),
      problems,
    )
  }
  if (model === undefined) return undefined
  const base = relativePath(scope.directory, dirname(path))
  const services: Node | undefined = resolvePaths(model, { ...context, base }).entries.get('services')?.value
  if (services?.kind === 'map') return services
  problems.error(at, 'extends/no-services', `${path} has no services to extend.`)
  return undefined
}
