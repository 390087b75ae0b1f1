import type { MapNode, Place, SourceText } from '../tree/node.ts'
import type { MissingVariables, Variables } from '../steps/interpolate.ts'
import { didYouMean } from '../tree/nearest.ts'
import { type ParsedDocument, parseYaml } from '../yaml/parse-yaml.ts'
import type { LoadRequest } from './load-request.ts'
import { createProblemList, type ProblemList } from '../tree/problem-list.ts'
import { leadsOutOfRepository, outsideMessage } from './repositories.ts'
import { faultMessage, type Sources } from './sources.ts'

export type LoadSteps = {
  readonly interpolate: boolean
  readonly normalize: boolean
  readonly resolvePaths: boolean
  readonly consistency: boolean
  /** What still holds variables need not fit: short forms that cannot be read stay as they are written. */
  readonly lenient: boolean
}

/** What one load carries along: where it reads from, what it found, and what it read already. */
export type LoadContext = {
  readonly sources: Sources
  readonly problems: ProblemList
  readonly missing: MissingVariables
  readonly steps: LoadSteps
  /** The absolute directory of the whole project. */
  readonly directory: string
  /** Every text that was read, by file, in the order of reading. */
  readonly texts: Map<string, SourceText>
  readonly parsed: Map<string, readonly ParsedDocument[] | undefined>
  /** The services of files that `extends` names, read once for each directory and set of variables. */
  readonly extended: Map<Variables, Map<string, MapNode | undefined>>
  /** Values of variables that nothing gives one. */
  readonly implied: Readonly<Record<string, string>>
  /** What filled the variables of each stack file. */
  readonly filledFrom: Map<string, Variables>
  /** Git checkouts, by URL. */
  readonly fetched: Map<string, string | undefined>
  /** The folders of these checkouts. */
  readonly repositories: Set<string>
}

/** A context in which nothing was read yet. The directory is known once the stack files are. */
export const createLoadContext = (
  request: LoadRequest,
  sources: Sources,
  { lenient = false }: { lenient?: boolean } = {},
): Omit<LoadContext, 'directory'> => ({
  sources,
  problems: createProblemList(),
  missing: new Map(),
  steps: {
    interpolate: request.interpolate !== false,
    normalize: request.normalize !== false,
    resolvePaths: request.resolvePaths !== false,
    consistency: request.consistency !== false,
    lenient,
  },
  texts: new Map(),
  parsed: new Map(),
  extended: new Map(),
  filledFrom: new Map(),
  implied: request.implied ?? {},
  fetched: new Map(),
  repositories: new Set(),
})

/** Reads a file once. A fault is reported at `at`, the place that names the file. */
export const readSource = (context: LoadContext, path: string, at: Place | undefined): SourceText | undefined => {
  const known = context.texts.get(path)
  if (known !== undefined) return known
  if (leadsOutOfRepository(path, context)) {
    context.problems.error(at ?? placeInUnread(path, {}), 'remote/outside', outsideMessage(path))
    return undefined
  }
  const result = context.sources.read(path)
  if (!result.ok) {
    const { message, hint } = faultMessage(path, result.fault, result.detail)
    const inFile = placeInUnread(path, result)
    context.problems.error(result.line === undefined ? (at ?? inFile) : inFile, `file/${result.fault}`, message, {
      hint,
    })
    return undefined
  }
  const source: SourceText = { file: path, text: result.text }
  context.texts.set(path, source)
  return source
}

/** A place in a file whose text there is none of: where it stops being one, or its start. */
const placeInUnread = (
  path: string,
  { line = 1, column = 1 }: { readonly line?: number; readonly column?: number },
): Place => {
  const text = `${'\n'.repeat(line - 1)}${' '.repeat(column)}`
  return { source: { file: path, text }, start: text.length - 1, end: text.length }
}

/** The documents of a stack file, parsed once however many refer to it. */
export const readDocuments = (
  context: LoadContext,
  path: string,
  at: Place | undefined,
): readonly ParsedDocument[] | undefined => {
  if (context.parsed.has(path)) return context.parsed.get(path)
  const source = readSource(context, path, at)
  const documents = source === undefined ? undefined : parseYaml(source, context.problems)
  context.parsed.set(path, documents)
  return documents
}

export const createVariables = (
  values: Readonly<Record<string, string>>,
  { files = [], implied = {} }: { files?: readonly string[]; implied?: Readonly<Record<string, string>> } = {},
): Variables => ({
  files,
  lookup: lookupIn(values),
  implied: lookupIn(implied),
  names: () => Object.keys(values),
})

/** The own values of a record, by name. */
export const lookupIn =
  (values: Readonly<Record<string, string>>): ((name: string) => string | undefined) =>
  (name) =>
    Object.hasOwn(values, name) ? values[name] : undefined

export const unknownHint = (name: string, candidates: Iterable<string>): string | undefined => {
  const names = [...candidates]
  const near = didYouMean(name, names)
  if (near !== undefined || names.length === 0) return near
  return names.length > 8 ? undefined : `There is ${names.map((one) => `"${one}"`).join(', ')}.`
}
