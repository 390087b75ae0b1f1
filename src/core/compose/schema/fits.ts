import type { MapNode, Node, ScalarNode, SeqNode } from '../tree/node.ts'
import type { Entries, List, Mapping, Shape } from './shape.ts'

/** Whether a node is as its shape demands: yes or no, and nothing more. Nearly every file is right, and this is quick. */
export const fits = (node: Node, shape: Shape): boolean => {
  switch (shape.kind) {
    case 'anything':
      return true
    case 'one-of':
      for (const option of shape.options) if (fits(node, option)) return true
      return false
    case 'mapping':
      return node.kind === 'map' && fitsMapping(node, shape)
    case 'entries':
      return node.kind === 'map' && fitsEntries(node, shape)
    case 'list':
      return node.kind === 'seq' && fitsList(node, shape)
    default:
      return node.kind === 'scalar' && fitsScalar(node, shape)
  }
}

const fitsMapping = (node: MapNode, shape: Mapping): boolean => {
  for (const name of shape.required) if (!node.entries.has(name)) return false
  for (const [name, entry] of node.entries) {
    const key = shape.keys.get(name)
    if (key === undefined) {
      if (!shape.loose && !(shape.extensible && name.startsWith('x-'))) return false
    } else if (!fits(entry.value, key)) {
      return false
    }
  }
  return true
}

const fitsEntries = (node: MapNode, shape: Entries): boolean => {
  for (const [name, entry] of node.entries) {
    if (!shape.names.test(name)) {
      if (!shape.loose) return false
    } else if (!fits(entry.value, shape.value)) {
      return false
    }
  }
  return true
}

const fitsList = (node: SeqNode, shape: List): boolean => {
  for (const item of node.items) if (!fits(item, shape.item)) return false
  return !shape.unique || repeatedItem(node) === undefined
}

export const fitsScalar = (node: ScalarNode, shape: Shape): boolean => {
  const { type, value } = node
  switch (shape.kind) {
    case 'text':
      if (type !== 'str') return false
      if (shape.words !== undefined) return shape.words.includes(value as string)
      return shape.pattern === undefined || shape.pattern.test(value as string)
    case 'number':
      return (type === 'int' || type === 'float') && fitsNumber(value as number | bigint, shape)
    case 'boolean':
      return type === 'bool'
    case 'nothing':
      return type === 'null'
    default:
      return shape.kind === 'anything'
  }
}

const fitsNumber = (value: number | bigint, { whole, min, max }: Extract<Shape, { kind: 'number' }>): boolean =>
  (!whole || typeof value === 'bigint' || Number.isInteger(value)) &&
  (min === undefined || value >= min) &&
  (max === undefined || value <= max)

/** The index of the first item that stood in the list before. */
export const repeatedItem = (node: SeqNode): number | undefined => {
  if (node.items.length < 2) return undefined
  const seen = new Set<string>()
  for (const [index, item] of node.items.entries()) {
    const text = fingerprint(item)
    if (seen.has(text)) return index
    seen.add(text)
  }
  return undefined
}

/** Equal for equal values, whatever the order of keys; numbers are equal by value. */
const fingerprint = (node: Node): string => {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? `"${node.value}"` : String(node.value)
  if (node.kind === 'seq') return `[${node.items.map(fingerprint).join(',')}]`
  const parts = [...node.entries].map(([name, entry]) => `${JSON.stringify(name)}:${fingerprint(entry.value)}`)
  return `{${parts.sort().join(',')}}`
}
