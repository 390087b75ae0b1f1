import { type Alias, isAlias, isMap, isScalar, type Node as YamlNode, type Pair, parseAllDocuments, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Entry, MapNode, Node, Place, ScalarNode, SeqNode, SourceText } from './node.ts'
import type { ProblemList } from './problem-list.ts'
import { parseYamlFast } from './parse-yaml-fast.ts'
import { mergeInto } from './yaml-merge.ts'
import { resolvePlainScalar } from './yaml-scalar.ts'
import { createYamlState, nullAfter, type YamlState } from './yaml-state.ts'

/** Nesting of collections that is still read: real files stay below twenty; the limit keeps recursion off the stack's end. */
const maxDepth = 500
/** How many values a document may have once every alias is followed. */
const maxExpanded = 2_000_000
/** UTF-16 units that the library is given: it reads about 2 MB a second. */
const maxLibraryText = 2_000_000

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
  if (source.text.length <= maxLibraryText) return parseWithLibrary(source, problems)
  problems.error({ source, start: 0, end: 1 }, 'yaml/too-large', 'This file is too large to be read in full: it is more than 2 MB of YAML that is not written in the usual block style, or is not valid.')
  return undefined
}

/** As `parseYaml`, by the library alone: for everything that the fast reader leaves to it, and to compare the two. */
export const parseWithLibrary = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] | undefined => {
  const documents = parseAllDocuments(source.text, {
    schema: 'failsafe',
    version: '1.2',
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    logLevel: 'silent',
    resolveKnownTags: false,
  })
  if (!Array.isArray(documents)) return []
  let failed = false
  for (const document of documents) {
    for (const error of document.errors) {
      failed = true
      problems.error({ source, start: error.pos[0], end: error.pos[1] }, 'yaml/syntax', sentence(error.message), yamlHint(error.code))
    }
  }
  if (failed) return undefined
  const before = problems.errorCount()
  for (const document of documents) checkDirective(document.directives?.yaml.explicit, source, problems)
  const roots = documents.map((document) => {
    const state: State = { source, problems, ...createYamlState(maxExpanded) }
    const root = document.contents === null ? undefined : convert(document.contents as YamlNode, state)
    return { root: root === undefined || isEmptyRoot(root) ? undefined : root, place: placeOf(document, state) }
  })
  return problems.errorCount() > before ? undefined : roots
}

/** The reference's reader knows YAML 1.1 by name only, so that a file with another version in it would not work there. */
const checkDirective = (isExplicit: boolean | undefined, source: SourceText, problems: ProblemList): void => {
  const found = isExplicit === true ? /^%YAML[ \t]+(?!1\.1\b)\S+/m.exec(source.text) : null
  if (found === null) return
  const place = { source, start: found.index, end: found.index + found[0].length }
  problems.error(place, 'yaml/version', `Docker Compose does not read files that begin with "${found[0]}".`, { hint: 'Remove the line; it changes nothing here.' })
}

type State = YamlState & { readonly source: SourceText; readonly problems: ProblemList }

const isEmptyRoot = (root: Node): boolean => root.kind === 'scalar' && root.value === null

/** `undefined`: the value was taken out by `!reset`. */
const convert = (node: YamlNode | null, state: State): Node | undefined => {
  if (node === null) return undefined
  if (isAlias(node)) return followAlias(node, state)
  const { anchor } = node as { anchor?: string }
  const before = state.expanded
  state.expanded += 1
  if (anchor !== undefined) state.open.add(anchor)
  const plain = isScalar(node) ? scalarNode(node, state) : isMap(node) ? mapNode(node, state) : seqNode(node as YAMLSeq, state)
  const result = node.tag === '!reset' ? undefined : node.tag === '!override' ? overriding(plain) : plain
  if (anchor !== undefined) {
    state.open.delete(anchor)
    state.anchors.set(anchor, { node: result, size: state.expanded - before })
  }
  return result
}

const overriding = (node: Node): Node => ({ ...node, overrides: true, marked: true })

const followAlias = (node: Alias, state: State): Node | undefined => {
  const place = placeOf(node, state)
  if (state.open.has(node.source)) {
    state.problems.error(place, 'yaml/alias-cycle', `The alias "*${node.source}" is inside of what it stands for.`)
    return undefined
  }
  const target = state.anchors.get(node.source)
  if (target === undefined) {
    state.problems.error(place, 'yaml/unknown-alias', `There is no anchor "&${node.source}" before this alias.`)
    return undefined
  }
  state.expanded += target.size
  if (state.expanded > maxExpanded) {
    state.problems.error(place, 'yaml/alias-bomb', `The aliases of this document stand for more than ${maxExpanded} values.`)
    return undefined
  }
  return target.node
}

const placeOf = (node: { range?: readonly [number, number, number] | null | undefined }, state: State): Place => {
  const range = node.range ?? [0, 0, 0]
  return { source: state.source, start: range[0], end: Math.max(range[0], range[1]) }
}

const scalarNode = (node: Scalar, state: State): ScalarNode => {
  const { source, start, end } = placeOf(node, state)
  const text = String(node.value ?? '')
  const tag = node.tag ?? ''
  if (tag === 'tag:yaml.org,2002:binary') return { kind: 'scalar', source, start, end, type: 'str', value: decodeBase64(node.source ?? text) }
  const isPlain = node.type === 'PLAIN' || node.type === undefined
  const known = /^tag:yaml\.org,2002:(int|float|bool|null|timestamp)$/.test(tag)
  const resolved = (isPlain && !tag.endsWith(':str') && !isForeign(tag)) || known ? resolvePlainScalar(text) : undefined
  if (resolved === undefined) return { kind: 'scalar', source, start, end, type: 'str', value: text }
  return { kind: 'scalar', source, start, end, type: resolved.type, value: resolved.value }
}

/** The text of base64 without the platform: its bytes are read as UTF-8. */
const decodeBase64 = (text: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const char of text) {
    const value = alphabet.indexOf(char)
    if (value === -1) continue
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

const isForeign = (tag: string): boolean => tag.startsWith('!') && tag !== '!'

const seqNode = (node: YAMLSeq, state: State): SeqNode => {
  const items: Node[] = []
  let marked = false
  for (const item of node.items) {
    const value = convert(item as YamlNode, state)
    if (value === undefined) continue
    marked ||= value.marked === true
    items.push(value)
  }
  return { kind: 'seq', ...placeOf(node, state), items, ...(marked ? { marked } : {}) }
}

const mapNode = (node: YAMLMap, state: State): MapNode => {
  const entries = new Map<string, Entry>()
  const resets = new Map<string, Place>()
  const merged: Node[] = []
  let mergeKey: Place | undefined
  let marked = false
  for (const pair of node.items as Pair<YamlNode, YamlNode | null>[]) {
    const key = keyOf(pair.key, state)
    if (key === undefined) {
      convert(pair.value, state)
      continue
    }
    const value = pair.value === null ? nullAfter(key.place) : convert(pair.value, state)
    if (key.isMerge) {
      if (mergeKey !== undefined) reportDuplicate(key, mergeKey, state)
      mergeKey = key.place
      if (value !== undefined) merged.push(value)
      continue
    }
    const earlier = entries.get(key.text)?.key ?? resets.get(key.text)
    if (earlier !== undefined) reportDuplicate(key, earlier, state)
    if (value === undefined) resets.set(key.text, key.place)
    else entries.set(key.text, { key: key.place, value })
    marked ||= value === undefined || value.marked === true
  }
  for (const value of merged) {
    const wasMarked = mergeInto(entries, value, { resets })
    if (wasMarked === undefined) state.problems.error(value, 'yaml/merge-key', 'A merge key "<<" takes a mapping or a list of mappings.')
    marked ||= wasMarked === true
  }
  return { kind: 'map', ...placeOf(node, state), entries, ...(resets.size > 0 ? { resets } : {}), ...(marked ? { marked } : {}) }
}

type Key = { readonly text: string; readonly place: Place; readonly isMerge: boolean }

const keyOf = (node: YamlNode | null, state: State): Key | undefined => {
  const resolved = node === null ? undefined : isAlias(node) ? followAlias(node, state) : convert(node, state)
  const place = node === null ? { source: state.source, start: 0, end: 0 } : placeOf(node as Scalar, state)
  if (resolved?.kind === 'scalar' && resolved.type === 'str') {
    const isMerge = resolved.value === '<<' && isScalar(node) && node.type === 'PLAIN'
    return { text: resolved.value as string, place, isMerge }
  }
  const written = state.source.text.slice(place.start, place.end).trim()
  state.problems.error(place, 'yaml/key-not-text', `The key ${written === '' ? '' : `${shorten(written)} `}is not a text.`, {
    hint: resolved?.kind === 'scalar' && written !== '' ? `Put it in quotes: "${shorten(written)}".` : undefined,
  })
  return undefined
}

const shorten = (text: string): string => {
  const line = text.split('\n', 1)[0]!
  return line.length > 40 ? `${line.slice(0, 40)}…` : line
}

const reportDuplicate = (key: Key, earlier: Place, state: State): void =>
  state.problems.error(key.place, 'yaml/duplicate-key', `The key "${key.text}" is given twice in this mapping.`, {
    hint: 'Keep one of the two.',
    related: [{ place: earlier, message: 'first given here' }],
  })

/** Where the text nests too deep for a recursive reader, found without one. Counts brackets and indentation, not meaning. */
const tooDeep = (source: SourceText): Place | undefined => {
  const { text } = source
  let flow = 0
  const indents: number[] = []
  for (let at = 0; at < text.length; ) {
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
  const text = message.trim().replace(/^Missing closing (["'])quote$/, 'A text that begins with $1 has no $1 at its end')
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
