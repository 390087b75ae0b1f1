/** A text that was read: a stack file, an env file, a label file. */
export type SourceText = { readonly file: string; readonly text: string }
/** A stretch of a source text, in UTF-16 units; `end` is exclusive. Line and column are computed only when somebody asks. */
export type Place = { readonly source: SourceText; readonly start: number; readonly end: number }

export type ScalarType = 'str' | 'int' | 'float' | 'bool' | 'null' | 'time'
export type ScalarValue = string | number | bigint | boolean | null

/** What a value went through, for those who ask where it comes from. */
type Past = {
  /** The value that this one took the place of, from an earlier layer. */
  readonly replaced?: Node
  /** The text with its variables, where this is what became of it. */
  readonly template?: string
  /** Its variables that had no value. */
  readonly unset?: readonly string[]
  /** Whether this value or one below carries `!reset` or `!override`. */
  readonly marked?: boolean
  /** `!override`: takes the place of what it meets instead of being merged with it. */
  readonly overrides?: boolean
}

export type ScalarNode = Place &
  Past & { readonly kind: 'scalar'; readonly type: ScalarType; readonly value: ScalarValue }
export type SeqNode = Place &
  Past & {
    readonly kind: 'seq'
    readonly items: readonly Node[]
    /** Where the items stood before some were set aside, for the paths that problems tell. */
    readonly positions?: readonly number[]
  }
export type MapNode = Place &
  Past & {
    readonly kind: 'map'
    readonly entries: ReadonlyMap<string, Entry>
    /** Keys that `!reset` took out of this mapping, with the place of each. */
    readonly resets?: ReadonlyMap<string, Place>
  }
/**
 * A value with its place. Nodes are never changed: every step of the pipeline makes new ones for what it changes and shares
 * the rest, so that an anchor used five hundred times is worked on once, and every value still knows where it was written.
 */
export type Node = ScalarNode | SeqNode | MapNode
export type Entry = { readonly key: Place; readonly value: Node }

/** A value that the pipeline itself adds, placed where its reason is written. */
export const scalarAt = (place: Place, value: ScalarValue, type?: ScalarType): ScalarNode => ({
  kind: 'scalar',
  source: place.source,
  start: place.start,
  end: place.end,
  type: type ?? typeOf(value),
  value,
})

export const mapAt = (place: Place, entries: ReadonlyMap<string, Entry>): MapNode => ({
  kind: 'map',
  source: place.source,
  start: place.start,
  end: place.end,
  entries,
})

export const seqAt = (place: Place, items: readonly Node[]): SeqNode => ({
  kind: 'seq',
  source: place.source,
  start: place.start,
  end: place.end,
  items,
})

/** A mapping made by the pipeline: plain values and nodes, all placed at `place`. */
export const recordAt = (place: Place, record: Readonly<Record<string, Node | ScalarValue | undefined>>): MapNode => {
  const entries = new Map<string, Entry>()
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue
    const node = typeof value === 'object' && value !== null ? value : scalarAt(place, value)
    entries.set(key, { key: place, value: node })
  }
  return mapAt(place, entries)
}

const typeOf = (value: ScalarValue): ScalarType => {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'str'
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int' : 'float'
}

/** The same mapping with other entries. */
export const withEntries = (node: MapNode, entries: ReadonlyMap<string, Entry>): MapNode => ({ ...node, entries })
/** The same sequence with other items. */
export const withItems = (node: SeqNode, items: readonly Node[]): SeqNode => ({ ...node, items })

/** The same mapping with one entry set; an entry that is there keeps the place of its key. */
export const withEntry = (node: MapNode, key: string, value: Node): MapNode => {
  const old = node.entries.get(key)
  if (old?.value === value) return node
  const entries = new Map(node.entries)
  entries.set(key, { key: old?.key ?? value, value })
  return withEntries(node, entries)
}

export const withoutEntry = (node: MapNode, key: string): MapNode => {
  if (!node.entries.has(key)) return node
  const entries = new Map(node.entries)
  entries.delete(key)
  return withEntries(node, entries)
}

/** Applies `change` to each entry's value and keeps the node itself when nothing changed. */
export const mapEntries = (
  node: MapNode,
  change: (value: Node, key: string, entry: Entry) => Node | undefined,
): MapNode => {
  let entries: Map<string, Entry> | undefined
  for (const [key, entry] of node.entries) {
    const value = change(entry.value, key, entry)
    if (value === entry.value) continue
    entries ??= new Map(node.entries)
    if (value === undefined) entries.delete(key)
    else entries.set(key, { key: entry.key, value })
  }
  return entries === undefined ? node : withEntries(node, entries)
}

export const mapItems = (node: SeqNode, change: (value: Node, index: number) => Node): SeqNode => {
  let items: Node[] | undefined
  for (let index = 0; index < node.items.length; index += 1) {
    const item = node.items[index]!
    const value = change(item, index)
    if (value === item) continue
    items ??= [...node.items]
    items[index] = value
  }
  return items === undefined ? node : withItems(node, items)
}

export const childOf = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.value : undefined

export const mapOf = (node: Node | undefined): MapNode | undefined => (node?.kind === 'map' ? node : undefined)
export const isNull = (node: Node | undefined): boolean => node?.kind === 'scalar' && node.value === null
/** The text of a text scalar; undefined for everything else. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && node.type === 'str' ? (node.value as string) : undefined
