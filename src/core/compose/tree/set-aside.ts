import { type Entry, type MapNode, type Node, type SeqNode, withEntries, withItems } from './node.ts'

type Cuts = Map<string | number, Cuts | 'all'>

/** The document without the values at these paths, none of which is empty. */
export const setAside = (root: MapNode, paths: readonly (readonly (string | number)[])[]): MapNode => {
  const cuts: Cuts = new Map()
  for (const path of paths) addCut(cuts, path)
  return cut(root, cuts) as MapNode
}

const addCut = (cuts: Cuts, path: readonly (string | number)[]): void => {
  let at = cuts
  for (const [index, part] of path.entries()) {
    const below = at.get(part)
    if (below === 'all') return
    const next: Cuts | 'all' = index === path.length - 1 ? 'all' : (below ?? new Map())
    at.set(part, next)
    if (next === 'all') return
    at = next
  }
}

const cut = (node: Node, cuts: Cuts): Node => {
  if (node.kind === 'map') {
    const entries = new Map<string, Entry>()
    for (const [key, entry] of node.entries) {
      const below = cuts.get(key)
      if (below !== 'all')
        entries.set(key, below === undefined ? entry : { key: entry.key, value: cut(entry.value, below) })
    }
    return withEntries(node, entries)
  }
  if (node.kind === 'scalar') return node
  const items = node.items.map((item, index) => {
    const below = cuts.get(index)
    return below === undefined || below === 'all' ? item : cut(item, below)
  })
  return keepItems(withItems(node, items), (_, index) => cuts.get(index) !== 'all')
}

/** The list with some of its items, which know where they stood. */
const keepItems = (node: SeqNode, isKept: (item: Node, index: number) => boolean): SeqNode => {
  const indexes = [...node.items.keys()].filter((index) => isKept(node.items[index]!, index))
  if (indexes.length === node.items.length) return node
  return {
    ...node,
    items: indexes.map((index) => node.items[index]!),
    positions: indexes.map((index) => node.positions?.[index] ?? index),
  }
}

/** The document without some of its nodes, wherever they are. */
export const withoutNodes = (node: MapNode, unwanted: ReadonlySet<Node>): MapNode =>
  dropBelow(node, unwanted) as MapNode

const dropBelow = (node: Node, unwanted: ReadonlySet<Node>): Node => {
  if (node.kind === 'scalar') return node
  if (node.kind === 'seq') {
    const kept = keepItems(node, (item) => !unwanted.has(item))
    return withItems(
      kept,
      kept.items.map((item) => dropBelow(item, unwanted)),
    )
  }
  const left = [...node.entries].filter(([, { value }]) => !unwanted.has(value))
  return withEntries(
    node,
    new Map(left.map(([name, { key, value }]): [string, Entry] => [name, { key, value: dropBelow(value, unwanted) }])),
  )
}
