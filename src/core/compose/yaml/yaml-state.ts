import type { Node, Place, ScalarNode } from '../tree/node.ts'

/** What reading a YAML document remembers. */
export type YamlState = {
  /** What each anchor stands for at the point that was reached, and how many values it has. */
  readonly anchors: Map<string, { readonly node: Node | undefined; readonly size: number }>
  /** Anchors whose own value is still being read: an alias to one of them is a cycle. */
  readonly open: Set<string>
  /** How many values there are so far when every alias is followed. */
  expanded: number
  readonly limit: number
}

export const createYamlState = (limit: number): YamlState => ({
  anchors: new Map(),
  open: new Set(),
  expanded: 0,
  limit,
})

/** The value of a key after which nothing stands. */
export const nullAfter = (place: Place): ScalarNode => ({
  kind: 'scalar',
  source: place.source,
  start: place.start,
  end: place.end,
  type: 'null',
  value: null,
})
