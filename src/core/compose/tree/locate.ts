import type { Node, Place } from './node.ts'

export type PathPart = string | number

/** The node at a path, as far as the path leads; `depth` is how many parts were found. */
export const findNode = (
  root: Node,
  path: readonly PathPart[],
): { readonly node: Node; readonly key: Place; readonly depth: number } => {
  let node = root
  let key: Place = root
  let depth = 0
  for (const part of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(part))
      if (entry === undefined) break
      key = entry.key
      node = entry.value
    } else if (node.kind === 'seq') {
      const item = node.items[Number(part)] ?? namedItem(node.items, String(part))
      if (item === undefined) break
      key = item
      node = item
    } else break
    depth += 1
  }
  return { node, key, depth }
}

/** The item `NAME=…` or `NAME` of a list that the model shows as a mapping. */
const namedItem = (items: readonly Node[], name: string): Node | undefined =>
  items.find((item) => {
    if (item.kind !== 'scalar' || item.type !== 'str') return false
    const text = item.value as string
    return text === name || text.startsWith(`${name}=`) || text.startsWith(`${name}:`)
  })

/** Where to point for a problem at a path: the value or its key, or the key of the nearest thing that is there. */
export const placeAt = (root: Node, path: readonly PathPart[], at: 'key' | 'value'): Place => {
  const { node, key, depth } = findNode(root, path)
  if (depth < path.length || at === 'key') return key
  return node.kind === 'scalar' && node.end > node.start ? node : key
}

export const pathText = (path: readonly PathPart[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  )
