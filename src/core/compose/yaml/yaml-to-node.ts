import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  type Node as YamlNode,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Entry, MapNode, Node, Place, ScalarNode, SeqNode, SourceText } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { mergeInto } from './yaml-merge.ts'
import { resolvePlainScalar } from '../tree/yaml-scalar.ts'
import { nullAfter, type YamlState } from './yaml-state.ts'

/** How many values a document may have once every alias is followed. */
export const maxExpanded = 2_000_000

type State = YamlState & { readonly source: SourceText; readonly problems: ProblemList }

/**
 * The values of a tree as the reader of the reference gives them: aliases followed, merge keys carried out, `!reset` and
 * `!override` as marks. Equal keys and keys that are no text are problems. `undefined`: the value was taken out by `!reset`. */
export const toNode = (tree: YamlNode, state: State): Node | undefined => {
  if (isAlias(tree)) return followAlias(tree, state)
  const { anchor } = tree as { readonly anchor?: string }
  const before = state.expanded
  state.expanded += 1
  if (anchor !== undefined) openAnchor(anchor, placeOf(tree, state), state)
  const plain = isScalar(tree) ? scalarNode(tree, state) : isMap(tree) ? mapNode(tree, state) : seqNode(tree, state)
  const result = tree.tag === '!reset' ? undefined : tree.tag === '!override' ? overriding(plain) : plain
  if (anchor !== undefined) {
    state.open.delete(anchor)
    state.anchors.set(anchor, { node: result, size: state.expanded - before })
  }
  return result
}

/** A name that the reference's reader does not take is told where it stands. */
const openAnchor = (name: string, { start }: Place, { source, problems, open }: State): void => {
  open.add(name)
  if (/^[\w-]+$/.test(name)) return
  const at = source.text.lastIndexOf(`&${name}`, start)
  problems.error(
    { source, start: at, end: at + 1 },
    'yaml/syntax',
    'The name of an anchor has letters, digits, "_" and "-" only.',
    {
      hint: 'Choose another name, such as my-default.',
    },
  )
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
    state.problems.error(
      place,
      'yaml/alias-bomb',
      `The aliases of this document stand for more than ${maxExpanded} values.`,
    )
    return undefined
  }
  return target.node
}

const placeOf = ({ range }: Pick<YamlNode, 'range'>, { source }: State): Place => {
  const [start, end] = range ?? [0, 0]
  return { source, start, end: Math.max(start, end) }
}

const standard = 'tag:yaml.org,2002:'

const scalarNode = (tree: Scalar, state: State): ScalarNode => {
  const place = placeOf(tree, state)
  const { type, value } = resolveScalar(tree, state)
  return { kind: 'scalar', source: place.source, start: place.start, end: place.end, type, value }
}

/**
 * What a scalar stands for, by its tag: without one by what it looks like, unless it is in quotes; a known type must fit what
 * it looks like; any other tag leaves it the text that it is.
 */
const resolveScalar = (tree: Scalar, state: State): ReturnType<typeof resolvePlainScalar> => {
  const text = textOf(tree)
  const tag = tree.tag === '!' ? '' : (tree.tag ?? '')
  if (tag === '') return isPlain(tree) ? resolvePlainScalar(text) : { type: 'str', value: text }
  const wanted = tag.startsWith(standard) ? tagTypes[tag.slice(standard.length)] : undefined
  if (wanted === 'binary') return { type: 'str', value: decodeBase64(tree, state) }
  if (wanted === undefined || wanted === 'str') return { type: 'str', value: text }
  const resolved = resolvePlainScalar(text)
  if (resolved.type === wanted) return resolved
  if (wanted === 'float' && resolved.type === 'int') return { type: 'float', value: Number(resolved.value) }
  state.problems.error(
    placeOf(tree, state),
    'yaml/tag',
    `${text === '' ? 'Nothing' : `"${shorten(text)}"`} is not what its tag !!${tag.slice(standard.length)} says.`,
    {
      hint: 'Remove the tag, or write a value that fits it.',
    },
  )
  return resolved
}

const tagTypes: Readonly<Record<string, ScalarNode['type'] | 'binary'>> = {
  str: 'str',
  int: 'int',
  float: 'float',
  bool: 'bool',
  null: 'null',
  timestamp: 'time',
  binary: 'binary',
}

/** The text of base64 without the platform: its bytes are read as UTF-8. */
const decodeBase64 = (tree: Scalar, state: State): string => {
  const digits = textOf(tree).replace(/[\r\n]/g, '')
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Uint8Array.from(atob(digits), (char) => char.charCodeAt(0)),
    )
  }
  state.problems.error(placeOf(tree, state), 'yaml/tag', 'This is no base64, which its tag !!binary asks for.', {
    hint: 'Remove the tag.',
  })
  return textOf(tree)
}

const seqNode = (node: YAMLSeq, state: State): SeqNode => {
  const items: Node[] = []
  let marked = false
  for (const item of node.items) {
    const value = toNode(item as YamlNode, state)
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
    const value =
      pair.value === null || isNothing(pair.value)
        ? nullAfter(key?.place ?? placeOf(node, state))
        : toNode(pair.value, state)
    if (key === undefined) continue
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
    if (wasMarked === undefined)
      state.problems.error(value, 'yaml/merge-key', 'A merge key "<<" takes a mapping or a list of mappings.')
    marked ||= wasMarked === true
  }
  return {
    kind: 'map',
    ...placeOf(node, state),
    entries,
    ...(resets.size > 0 ? { resets } : {}),
    ...(marked ? { marked } : {}),
  }
}

type Key = { readonly text: string; readonly place: Place; readonly isMerge: boolean }

/** Where nothing at all is written. */
const isNothing = (tree: YamlNode): boolean =>
  isScalar(tree) && tree.range?.[0] === tree.range?.[1] && tree.anchor === undefined && tree.tag === undefined

/** The text of a scalar as it is meant, without quotes and escapes. */
const textOf = ({ value }: Scalar): string => String(value ?? '')

const isPlain = ({ type }: Scalar): boolean => type === 'PLAIN' || type === undefined

const keyOf = (tree: YamlNode, state: State): Key | undefined => {
  const resolved = toNode(tree, state)
  const place = placeOf(tree, state)
  if (resolved?.kind === 'scalar' && resolved.type === 'str') {
    const isMerge =
      resolved.value === '<<' &&
      isScalar(tree) &&
      (tree.tag === `${standard}merge` || (isPlain(tree) && (tree.tag ?? '!') === '!'))
    return { text: resolved.value as string, place, isMerge }
  }
  const written = state.source.text.slice(place.start, place.end).trim()
  state.problems.error(
    place,
    'yaml/key-not-text',
    `The key ${written === '' ? '' : `${shorten(written)} `}is not a text.`,
    {
      hint: resolved?.kind === 'scalar' && written !== '' ? `Put it in quotes: "${shorten(written)}".` : undefined,
    },
  )
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
