import {
  mapEntries,
  mapItems,
  type MapNode,
  type Node,
  scalarAt,
  type ScalarValue,
  textOf,
  withEntry,
} from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { type DefaultRule, documentRule, type Rule, ruleBelow } from './rules.ts'

/** Writes out what the format says for attributes that are left out. */
export const setDefaults = (root: MapNode, problems: ProblemList): MapNode =>
  visit(root, documentRule, { problems, path: '' }) as MapNode

type At = { readonly problems: ProblemList; readonly path: string }

const visit = (node: Node, rule: Rule | undefined, at: At): Node => {
  if (rule === undefined || !rule.has.has('default')) return node
  if (rule.default !== undefined) return node.kind === 'map' ? defaults[rule.default](node, at) : node
  if (node.kind === 'map') {
    return mapEntries(node, (value, key) => {
      const below = ruleBelow(rule, key)
      if (below === undefined || !below.has.has('default')) return value
      return visit(value, below, { problems: at.problems, path: at.path === '' ? key : `${at.path}.${key}` })
    })
  }
  return node.kind === 'seq'
    ? mapItems(node, (value, index) => visit(value, rule.any, { ...at, path: `${at.path}[${index}]` }))
    : node
}

const fill = (node: MapNode, values: Readonly<Record<string, ScalarValue>>): MapNode => {
  let result = node
  for (const [key, value] of Object.entries(values)) {
    if (!result.entries.has(key)) result = withEntry(result, key, scalarAt(node, value))
  }
  return result
}

const defaults: Readonly<Record<DefaultRule, (node: MapNode, at: At) => MapNode>> = {
  build: (node) => fill(node, { context: '.' }),
  secret: (node) => {
    const source = textOf(node.entries.get('source')?.value)
    return source === undefined ? node : fill(node, { target: `/run/secrets/${source}` })
  },
  port: (node) => fill(node, { protocol: 'tcp', mode: 'ingress' }),
  deviceRequest: (node, { problems, path }) => {
    const count = node.entries.get('count')
    const ids = node.entries.get('device_ids')
    if (count === undefined) return ids === undefined ? fill(node, { count: 'all' }) : node
    if (ids !== undefined) {
      problems.error(ids.key, 'value/conflict', '"count" and "device_ids" exclude each other.', {
        path,
        related: [{ place: count.key, message: 'count is given here' }],
      })
    }
    return node
  },
}
