import type { Node, ScalarNode } from './node.ts'
import { timeText } from './yaml-scalar.ts'

/** Plain data of a node, for what has no use for places. Times become dates; whole numbers beyond 2^53 lose digits. */
export const toPlain = (node: Node): unknown => {
  if (node.kind === 'scalar') return plainScalar(node)
  if (node.kind === 'seq') return node.items.map(toPlain)
  return plainRecord([...node.entries].map(([key, entry]) => [key, toPlain(entry.value)]))
}

/** An object of entries that is safe for any key: `__proto__` is an own property like the others. */
export const plainRecord = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> => {
  const record: Record<string, unknown> = {}
  for (const [key, value] of entries) {
    if (key === '__proto__')
      Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
    else record[key] = value
  }
  return record
}

const plainScalar = (node: ScalarNode): unknown => {
  if (node.type === 'time') return new Date(timeText(node.value as string))
  return typeof node.value === 'bigint' ? Number(node.value) : node.value
}
