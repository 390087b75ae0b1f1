import type { Entry, Node, Place } from '../tree/node.ts'
import { type Reader, unusual } from './yaml-reader.ts'
import { nullAfter } from './yaml-state.ts'
import { resolvePlainScalar } from '../tree/yaml-scalar.ts'

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  '/': '/',
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
}

/** A quoted text that ends on its line. */
export const readQuoted = (reader: Reader, start: number): { readonly value: string; readonly end: number } => {
  const { text } = reader
  const quote = text[start]!
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '\n') throw unusual
    if (char === '\\' && quote === '"') {
      const escaped = simpleEscapes[text[at + 1] ?? '']
      if (escaped === undefined) throw unusual
      value += text.slice(from, at) + escaped
      at += 1
      from = at + 1
    } else if (char === quote) {
      value += text.slice(from, at)
      if (quote !== "'" || text[at + 1] !== "'") return { value, end: at + 1 }
      value += "'"
      at += 1
      from = at + 1
    }
  }
  throw unusual
}

/** A flow collection that ends on its line. */
export const readFlow = (reader: Reader): Node => {
  const isList = reader.text[reader.at] === '['
  return isList ? readFlowList(reader) : readFlowMap(reader)
}

const skipSpaces = (reader: Reader): string => {
  while (reader.text[reader.at] === ' ') reader.at += 1
  const char = reader.text[reader.at]
  if (char === undefined || char === '\n' || char === '#') throw unusual
  return char
}

const readFlowList = (reader: Reader): Node => {
  const { source } = reader
  const start = reader.at
  const items: Node[] = []
  reader.at += 1
  while (skipSpaces(reader) !== ']') {
    items.push(readFlowValue(reader))
    const next = skipSpaces(reader)
    if (next === ',') reader.at += 1
    else if (next !== ']') throw unusual
  }
  reader.at += 1
  const marked = items.some((item) => item.marked === true)
  return { kind: 'seq', source, start, end: reader.at, items, ...(marked ? { marked } : {}) }
}

const readFlowMap = (reader: Reader): Node => {
  const { source, state } = reader
  const start = reader.at
  const entries = new Map<string, Entry>()
  reader.at += 1
  while (skipSpaces(reader) !== '}') {
    const key = readFlowKey(reader)
    if (entries.has(key.text) || key.text === '<<') throw unusual
    state.expanded += 1
    const after = reader.text[reader.at]
    const value = after === ',' || after === '}' ? nullAfter(key.place) : readFlowValue(reader)
    entries.set(key.text, { key: key.place, value })
    const next = skipSpaces(reader)
    if (next === ',') reader.at += 1
    else if (next !== '}') throw unusual
  }
  reader.at += 1
  const marked = [...entries.values()].some(({ value }) => value.marked === true)
  return { kind: 'map', source, start, end: reader.at, entries, ...(marked ? { marked } : {}) }
}

const flowKey = /([A-Za-z0-9_./][A-Za-z0-9_./-]*(?: +[A-Za-z0-9_./-]+)*) *:(?= )/y

const readFlowKey = (reader: Reader): { readonly text: string; readonly place: Place } => {
  const { text, source } = reader
  const start = reader.at
  if (text[start] === '"' || text[start] === "'") {
    const { value, end } = readQuoted(reader, start)
    if (text[end] !== ':' || text[end + 1] !== ' ') throw unusual
    reader.at = end + 1
    skipSpaces(reader)
    return { text: value, place: { source, start, end } }
  }
  flowKey.lastIndex = start
  const name = flowKey.exec(text)
  if (name === null || resolvePlainScalar(name[1]!).type !== 'str') throw unusual
  reader.at = start + name[0].length
  skipSpaces(reader)
  return { text: name[1]!, place: { source, start, end: start + name[1]!.length } }
}

const flowPlain =
  /[A-Za-z0-9_./~$(+=^\u00a0-\uFFFF-][^,[\]{}:#\n"'&*!|>%@`]*(?::(?![ ,[\]{}\n])[^,[\]{}:#\n"'&*!|>%@`]*)*/y
const flowAlias = /\*([0-9A-Za-z_-]+)(?=[\s,[\]{}])/y

const readFlowValue = (reader: Reader): Node => {
  const { text, source, state } = reader
  const start = reader.at
  const first = text[start]!
  if (first === '*') {
    flowAlias.lastIndex = start
    const name = flowAlias.exec(text)?.[1]
    const target = name === undefined || state.open.has(name) ? undefined : state.anchors.get(name)
    if (name === undefined || target?.node === undefined) throw unusual
    state.expanded += target.size
    if (state.expanded > state.limit) throw unusual
    reader.at += name.length + 1
    return target.node
  }
  state.expanded += 1
  if (first === '[' || first === '{') return readFlow(reader)
  if (first === '"' || first === "'") {
    const { value, end } = readQuoted(reader, start)
    if (text[end] === ':') throw unusual
    reader.at = end
    return { kind: 'scalar', source, start, end, type: 'str', value }
  }
  flowPlain.lastIndex = start
  const written = flowPlain.exec(text)?.[0].trimEnd()
  if (written === undefined || (first === '-' && (written.length === 1 || written[1] === ' '))) throw unusual
  reader.at = start + written.length
  return { kind: 'scalar', source, start, end: reader.at, ...resolvePlainScalar(written) }
}
