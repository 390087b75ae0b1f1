import { parseAllDocuments } from 'yaml'
import type { Node, Place, SourceText } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { parseYamlFast } from './parse-yaml-fast.ts'
import { isYamlFault, yamlFault, type YamlFault } from './yaml-scanner-state.ts'
import { createYamlState } from './yaml-state.ts'
import { maxExpanded, toNode } from './yaml-to-node.ts'
import { readYamlTrees, type YamlTree } from './yaml-tree.ts'

/** Nesting of collections that is still read: real files stay below twenty; the limit keeps recursion off the stack's end. */
const maxDepth = 500

/** UTF-16 units that the library is given to say what is wrong: it reads about 2 MB a second. */
const maxLibraryText = 1_000_000

/** One YAML document. `undefined` stands for an empty one. */
export type ParsedDocument = { readonly root: Node | undefined; readonly place: Place }

/**
 * Reads the documents of a text. Values are those of the YAML reader that Compose uses (see `resolvePlainScalar`), aliases
 * and merge keys are resolved, equal keys and keys that are no text are problems. `!reset` and `!override` become marks.
 */
export const parseYaml = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] | undefined => {
  const deep = tooDeep(source)
  if (deep !== undefined) {
    problems.error(deep, 'yaml/too-deep', `Collections are nested more than ${maxDepth} deep.`)
    return undefined
  }
  const root = parseYamlFast(source, createYamlState(maxExpanded))
  if (root !== undefined) return [{ root, place: root }]
  return parseInFull(source, problems)
}

/** As `parseYaml`, by the full grammar: for everything that the fast reader leaves to it, and to compare the two. */
export const parseInFull = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] | undefined => {
  const trees = readTrees(source)
  if (!Array.isArray(trees)) {
    reportSyntax(source, trees as YamlFault, problems)
    return undefined
  }
  const before = problems.errorCount()
  const documents = (trees as readonly YamlTree[]).map((tree) => {
    const root = toNode(tree, { source, problems, ...createYamlState(maxExpanded) })
    const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null)
    return { root: isEmpty ? undefined : root, place: { source, start: tree.start, end: tree.end } }
  })
  return problems.errorCount() > before ? undefined : documents
}

const forbidden =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const readTrees = ({ text }: SourceText): readonly YamlTree[] | YamlFault => {
  const control = text.search(forbidden)
  if (control !== -1)
    return yamlFault(
      control,
      `A control character (U+${text.charCodeAt(control).toString(16).padStart(4, '0').toUpperCase()}) cannot stand in YAML.`,
    )
  try {
    return readYamlTrees(text)
  } catch (error) {
    if (isYamlFault(error)) return error
    throw error
  }
}

/** The library finds every mistake and has words for them; where it takes the text, the reference's own reader does not. */
const reportSyntax = (source: SourceText, fault: YamlFault, problems: ProblemList): void => {
  const errors =
    source.text.length > maxLibraryText || fault.message.endsWith('is never closed.') ? [] : libraryErrors(source.text)
  for (const { pos, message, code } of errors)
    problems.error({ source, start: pos[0], end: pos[1] }, 'yaml/syntax', sentence(message), yamlHint(code))
  if (errors.length > 0) return
  if (fault.message.startsWith('Docker Compose does not read')) {
    const end = source.text.indexOf('\n', fault.at)
    problems.error(
      { source, start: fault.at, end: end === -1 ? source.text.length : end },
      'yaml/version',
      fault.message,
      { hint: 'Remove the line; it changes nothing here.' },
    )
    return
  }
  const at = Math.min(fault.at, Math.max(0, source.text.length - 1))
  problems.error({ source, start: at, end: at + 1 }, 'yaml/syntax', fault.message, faultHint(source.text, at))
}

const libraryErrors = (text: string) => {
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    version: '1.2',
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    logLevel: 'silent',
    resolveKnownTags: false,
  })
  return Array.isArray(documents) ? documents.flatMap(({ errors }) => errors) : []
}

const faultHint = (text: string, at: number): { hint: string } => {
  if (text[at] === '\t')
    return { hint: 'YAML is indented with spaces only; a line that is empty but for a tab counts too.' }
  if (text[at] === '"' || text[at] === "'")
    return { hint: 'Close it, or put a text that holds such a mark in quotes of the other kind.' }
  if ('&*'.includes(text[at] ?? '')) return { hint: 'Choose another name, such as my-default.' }
  return { hint: 'If this is meant as text, put it in quotes.' }
}

/** Where the text nests too deep for a recursive reader, found without one. Counts brackets and indentation, not meaning. */
const tooDeep = (source: SourceText): Place | undefined => {
  const { text } = source
  let flow = 0
  const indents: number[] = []
  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at)
    if (end === -1) end = text.length
    let first = at
    while (first < end && text.charCodeAt(first) === 32) first += 1
    let dashes = 0
    while (text.charCodeAt(first + dashes * 2) === 45 && text.charCodeAt(first + dashes * 2 + 1) === 32) dashes += 1
    while (indents.length > 0 && indents.at(-1)! >= first - at) indents.pop()
    indents.push(first - at)
    for (let column = first; column < end; column += 1) {
      const code = text.charCodeAt(column)
      if (code === 91 || (code === 123 && text.charCodeAt(column - 1) !== 36)) flow += 1
      else if ((code === 93 || code === 125) && flow > 0) flow -= 1
      if (flow > maxDepth) return { source, start: column, end: column + 1 }
    }
    if (indents.length + dashes > maxDepth) return { source, start: first, end }
    at = end + 1
  }
  return undefined
}

const sentence = (message: string): string => {
  const text = message.trim()
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const yamlHint = (code: string): { hint?: string } => {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { hint: 'YAML is indented with spaces only.' }
    case 'MULTILINE_IMPLICIT_KEY':
      return { hint: 'A ":" may be missing on the line above, or the indentation is wrong.' }
    case 'BAD_INDENT':
      return { hint: 'Lines of one mapping or list start in the same column.' }
    default:
      return {}
  }
}
