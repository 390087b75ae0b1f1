import type { Entry, Node, Place, ScalarNode, SourceText } from '../tree/node.ts'
import { nullAfter, type YamlState } from './yaml-state.ts'
import { readFlow, readQuoted } from './parse-flow-fast.ts'
import { readLiteral } from './parse-literal-fast.ts'
import {
  atEnd,
  colon,
  dash,
  endLine,
  finishValue,
  hash,
  isBlank,
  nextLine,
  type Reader,
  space,
  unusual,
} from './yaml-reader.ts'
import { mergeInto } from './yaml-merge.ts'
import { resolvePlainScalar } from '../tree/yaml-scalar.ts'

/**
 * A reader for the YAML that stack files are mostly written in: block mappings and lists, scalars on one line, literal
 * blocks, flow collections on one line, anchors, aliases, merge keys, `!reset` and `!override`. It gives exactly what the
 * full grammar gives (a test compares them) some times faster, and gives up at whatever it is not sure of, errors included:
 * then the full grammar reads the text, and what is wrong with it is told.
 */
export const parseYamlFast = (source: SourceText, state: YamlState): Node | undefined => {
  if (unusualText.test(source.text)) return undefined
  const reader: Reader = { source, text: source.text, state, at: 0, lineStart: 0, indent: 0 }
  try {
    if (/^---(?: +#.*| *)\n/.test(reader.text)) reader.at = reader.text.indexOf('\n') + 1
    if (!nextLine(reader)) return undefined
    const root = readMap(reader, reader.indent)
    return atEnd(reader) ? root : undefined
  } catch (error) {
    if (error === unusual) return undefined
    throw error
  }
}

const unusualText =
  /[\t\r\uFEFF\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|^(?:%|\.\.\.|---(?!(?: +#.*| *)\n))|\n(?:%|\.\.\.|---)/

/** A block collection or a lone value at the current position, which is the first thing in its column. */
const readBlock = (reader: Reader, parent: number): Node => {
  const { text } = reader
  if (text.charCodeAt(reader.at) === dash && isBlank(text.charCodeAt(reader.at + 1)))
    return readList(reader, reader.indent)
  if (keyEnd(reader) !== undefined) return readMap(reader, reader.indent)
  const node = readValue(reader, parent)
  if (node === undefined) throw unusual
  return node
}

type Key = { readonly text: string; readonly place: Place; readonly after: number }

const plainFirst = /[A-Za-z0-9_./~<$(\\+=^;\u0080-\uFFFF]/

/** The key at the current position and where its colon ends; undefined when there is none on this line. */
const keyEnd = (reader: Reader): Key | undefined => {
  const { text, source } = reader
  const start = reader.at
  const first = text.charCodeAt(start)
  if (first === 34 || first === 39) {
    const quoted = readQuoted(reader, start)
    let at = quoted.end
    while (text.charCodeAt(at) === space) at += 1
    if (text.charCodeAt(at) !== colon) return undefined
    if (!isBlank(text.charCodeAt(at + 1))) throw unusual
    return { text: quoted.value, place: { source, start, end: quoted.end }, after: at + 1 }
  }
  // A flow collection: that it is no key shows at its end.
  if (first === 91 || first === 123) return undefined
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10) return undefined
    if (code === hash && at > start && text.charCodeAt(at - 1) === space) return undefined
    if (code !== colon || !isBlank(text.charCodeAt(at + 1))) continue
    if (!plainFirst.test(text[start]!) && !(first === dash && !isBlank(text.charCodeAt(start + 1)))) throw unusual
    let end = at
    while (text.charCodeAt(end - 1) === space) end -= 1
    return { text: text.slice(start, end), place: { source, start, end }, after: at + 1 }
  }
  return undefined
}

const readMap = (reader: Reader, column: number): Node => {
  const { source, state } = reader
  const start = reader.at
  const entries = new Map<string, Entry>()
  const resets = new Map<string, Place>()
  let merged: Node | undefined
  let marked = false
  state.expanded += 1
  do {
    const key = keyEnd(reader)
    if (key === undefined || entries.has(key.text) || resets.has(key.text)) throw unusual
    const isPlain = reader.text.charCodeAt(key.place.start) !== 34 && reader.text.charCodeAt(key.place.start) !== 39
    if (isPlain && resolvePlainScalar(key.text).type !== 'str') throw unusual
    state.expanded += 1
    reader.at = key.after
    const value = readAfter(reader, column, { key: key.place, inMap: true })
    if (isPlain && key.text === '<<') {
      if (merged !== undefined || value === undefined) throw unusual
      merged = value
      continue
    }
    if (value === undefined) resets.set(key.text, key.place)
    else entries.set(key.text, { key: key.place, value })
    marked ||= value === undefined || value.marked === true
  } while (continues(reader, column))
  if (merged !== undefined) {
    const wasMarked = mergeInto(entries, merged, { resets })
    if (wasMarked === undefined) throw unusual
    marked ||= wasMarked
  }
  const end = Math.max(start, reader.lineStart - 1)
  return {
    kind: 'map',
    source,
    start,
    end,
    entries,
    ...(resets.size > 0 ? { resets } : {}),
    ...(marked ? { marked } : {}),
  }
}

/** Whether the collection in `column` goes on; a line that belongs to nothing is unusual. */
const continues = (reader: Reader, column: number): boolean => {
  if (reader.indent > column) throw unusual
  return reader.indent === column && !atEnd(reader)
}

const isDash = (reader: Reader): boolean =>
  reader.text.charCodeAt(reader.at) === dash && isBlank(reader.text.charCodeAt(reader.at + 1))

const readList = (reader: Reader, column: number): Node => {
  const { source, state, text } = reader
  const start = reader.at
  const items: Node[] = []
  let marked = false
  state.expanded += 1
  do {
    const dashAt = reader.at
    reader.at += 1
    let content = reader.at
    while (text.charCodeAt(content) === space) content += 1
    const isInline = content < text.length && text.charCodeAt(content) !== 10 && text.charCodeAt(content) !== hash
    let value: Node | undefined
    if (isInline && !startsProperty(text.charCodeAt(content))) {
      reader.at = content
      reader.indent = content - reader.lineStart
      value = readBlock(reader, column)
    } else value = readAfter(reader, column, { key: { source, start: dashAt, end: dashAt + 1 }, inMap: false })
    if (value === undefined) continue
    marked ||= value.marked === true
    items.push(value)
  } while (reader.indent >= column && continues(reader, column) && isDash(reader))
  const end = Math.max(start, reader.lineStart - 1)
  return { kind: 'seq', source, start, end, items, ...(marked ? { marked } : {}) }
}

const startsProperty = (code: number): boolean => code === 38 || code === 33

type Property = { readonly anchor: string | undefined; readonly tag: string | undefined }

const propertyPattern = /([&!])([0-9A-Za-z_-]+)(?= |\n|$)/y

const readProperties = (reader: Reader): Property => {
  const { text } = reader
  let anchor: string | undefined
  let tag: string | undefined
  for (;;) {
    while (text.charCodeAt(reader.at) === space) reader.at += 1
    if (!startsProperty(text.charCodeAt(reader.at))) return { anchor, tag }
    propertyPattern.lastIndex = reader.at
    const found = propertyPattern.exec(text)
    if (found === null) throw unusual
    if (found[1] === '&' && anchor === undefined) anchor = found[2]
    else if (found[1] === '!' && tag === undefined && (found[2] === 'reset' || found[2] === 'override')) tag = found[2]
    else throw unusual
    reader.at += found[0].length
  }
}

/** What stands after a colon or a dash: on the same line, or as a deeper block on the next ones. Undefined after `!reset`. */
const readAfter = (
  reader: Reader,
  column: number,
  { key, inMap }: { key: Place; inMap: boolean },
): Node | undefined => {
  const { state, text } = reader
  const before = state.expanded
  const { anchor, tag } = readProperties(reader)
  if (anchor !== undefined) state.open.add(anchor)
  const code = text.charCodeAt(reader.at)
  const isEmpty = reader.at >= text.length || code === 10 || code === hash
  let node: Node | undefined
  if (isEmpty) {
    if (code === hash && text.charCodeAt(reader.at - 1) !== space) throw unusual
    if (code === hash) reader.at -= 1
    endLine(reader)
    const isDeeper = reader.indent > column || (inMap && reader.indent === column && !atEnd(reader) && isDash(reader))
    if (isDeeper) node = readBlock(reader, column)
    else {
      state.expanded += 1
      node = nullAfter(key)
    }
  } else {
    if (code === 42 && (anchor !== undefined || tag !== undefined)) throw unusual
    node = readValue(reader, column)
  }
  if (tag === 'override' && node !== undefined) node = override(node)
  if (tag === 'reset') node = undefined
  if (anchor !== undefined) {
    state.open.delete(anchor)
    state.anchors.set(anchor, { node, size: state.expanded - before })
  }
  return node
}

/** A scalar that a custom tag stands before is a text, whatever it looks like. */
const override = (node: Node): Node => {
  if (node.kind === 'scalar') throw unusual
  return { ...node, overrides: true, marked: true }
}

const aliasPattern = /\*([0-9A-Za-z_-]+)(?= |\n|$)/y

/** A value that starts here, and the rest of its line. `parent`: the column that its continuation would be deeper than. */
const readValue = (reader: Reader, parent: number): Node | undefined => {
  const { text, source, state } = reader
  const start = reader.at
  const code = text.charCodeAt(start)
  if (code === 42) {
    aliasPattern.lastIndex = start
    const name = aliasPattern.exec(text)?.[1]
    const target = name === undefined || state.open.has(name) ? undefined : state.anchors.get(name)
    if (name === undefined || target === undefined) throw unusual
    state.expanded += target.size
    if (state.expanded > state.limit) throw unusual
    reader.at += name.length + 1
    finishValue(reader, parent)
    return target.node
  }
  if (code === 124 || code === 62) return readLiteral(reader, parent)
  state.expanded += 1
  if (code === 34 || code === 39) {
    const { value, end } = readQuoted(reader, start)
    reader.at = end
    finishValue(reader, parent)
    return { kind: 'scalar', source, start, end, type: 'str', value }
  }
  if (code === 91 || code === 123) {
    const node = readFlow(reader)
    finishValue(reader, parent)
    return node
  }
  const node = readPlain(reader)
  finishValue(reader, parent)
  return node
}

const readPlain = (reader: Reader): ScalarNode => {
  const { text, source } = reader
  const start = reader.at
  const first = text[start]!
  if (!plainFirst.test(first) && !(first === '-' && !isBlank(text.charCodeAt(start + 1)))) throw unusual
  let end = start
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10) break
    if (code === hash && text.charCodeAt(at - 1) === space) break
    if (code === colon && isBlank(text.charCodeAt(at + 1))) throw unusual
    if (code !== space) end = at + 1
  }
  reader.at = end
  return { kind: 'scalar', source, start, end, ...resolvePlainScalar(text.slice(start, end)) }
}
