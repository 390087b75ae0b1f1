import {
  type Entry,
  isNull,
  mapAt,
  mapEntries,
  type MapNode,
  type Node,
  recordAt,
  scalarAt,
  seqAt,
  type SeqNode,
  textOf,
  withEntries,
} from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { type MergeRule, type Rule, ruleBelow } from './rules.ts'
import { floatText, goTimeText, timeText } from '../tree/yaml-scalar.ts'

type Context = { readonly problems: ProblemList; readonly path: string }

/**
 * Lays one document over another (compose-spec "Merge"): mappings merge, lists append, scalars are replaced, except where
 * `rules.ts` says otherwise. `!reset` and `!override` of the upper one are carried out first.
 */
export const mergeNodes = (base: Node, over: Node, context: Context & { readonly rule: Rule | undefined }): Node => {
  const { rule, ...rest } = context
  return merge(over.marked === true ? stripMarked(base, over) : base, over, { ...rest, rule })
}

/** Takes out of `base` what `over` resets or overrides. */
export const stripMarked = (base: Node, over: Node): Node => {
  if (base.kind !== 'map' || over.kind !== 'map' || over.marked !== true) return base
  return mapEntries(base, (value, key) => {
    if (over.resets?.has(key) === true) return undefined
    const upper = over.entries.get(key)?.value
    if (upper?.marked !== true) return value
    return upper.overrides === true ? undefined : stripMarked(value, upper)
  })
}

type At = Context & { readonly rule: Rule | undefined }

const merge = (base: Node, over: Node, at: At): Node => {
  if (at.rule?.merge !== undefined) return specials[at.rule.merge](base, over, at)
  if (isNull(over)) return base
  if (base.kind === 'map') return over.kind === 'map' ? mergeMaps(base, over, at) : clash(base, over, at)
  if (base.kind === 'seq') return over.kind === 'seq' ? appendItems(base, over) : clash(base, over, at)
  return isNull(base) ? over : replace(base, over)
}

const replace = (base: Node, over: Node): Node => (base === over ? over : { ...over, replaced: base })

const appendItems = (base: SeqNode, over: SeqNode): SeqNode =>
  over.items.length === 0 ? base : { ...over, items: [...base.items, ...over.items] }

const kinds = { map: 'a mapping', seq: 'a list', scalar: 'a single value' } as const

const clash = (base: Node, over: Node, { problems, path }: At): Node => {
  problems.error(
    over,
    'merge/clash',
    `${path} is ${kinds[over.kind]} here and ${kinds[base.kind]} in an earlier layer.`,
    {
      hint: 'Write both in the same form, or put !override before this one to replace the other.',
      related: [{ place: base, message: 'the earlier layer' }],
      path,
    },
  )
  return over
}

const mergeMaps = (base: MapNode, over: MapNode, at: At): MapNode => {
  if (over.entries.size === 0) return base
  const entries = new Map<string, Entry>(base.entries)
  for (const [key, upper] of over.entries) {
    const lower = entries.get(key)
    if (lower === undefined) entries.set(key, upper)
    else {
      const below: At = {
        problems: at.problems,
        path: at.path === '' ? key : `${at.path}.${key}`,
        rule: ruleBelow(at.rule, key),
      }
      entries.set(key, { key: upper.key, value: merge(lower.value, upper.value, below) })
    }
  }
  // The upper layer's marks stay: what extends another service still resets what earlier files say.
  return withEntries(over, entries)
}

const toBuild = (node: Node): MapNode | undefined =>
  node.kind === 'map' ? node : textOf(node) === undefined ? undefined : recordAt(node, { context: node })

/** A list of names as a mapping; each name gets what `make` makes for it. */
export const toMapping = (node: Node, make: (item: Node) => Node): MapNode | undefined => {
  if (node.kind === 'map') return node
  if (node.kind === 'scalar') return undefined
  const entries = new Map<string, Entry>()
  for (const item of node.items) {
    const name = textOf(item)
    if (name === undefined) return undefined
    entries.set(name, { key: item, value: make(item) })
  }
  return mapAt(node, entries)
}

const mergeAsMaps =
  (toMap: (node: Node) => MapNode | undefined) =>
  (base: Node, over: Node, at: At): Node => {
    const lower = toMap(base)
    const upper = toMap(over)
    if (lower !== undefined && upper !== undefined) return mergeMaps(lower, upper, at)
    if (isNull(over)) return base
    return isNull(base) ? over : clash(base, over, at)
  }

/** A mapping as the list of texts `key=value`, sorted; a list stays, a single text becomes a list of one. */
export const toSequence = (node: Node): SeqNode | undefined => {
  if (node.kind === 'seq') return node
  if (node.kind === 'scalar')
    return node.value === null ? seqAt(node, []) : textOf(node) === undefined ? undefined : seqAt(node, [node])
  const items: { readonly text: string; readonly node: Node }[] = []
  for (const [key, { key: place, value }] of node.entries) {
    const values = value.kind === 'seq' ? value.items : [value]
    for (const one of values) {
      if (one.kind !== 'scalar') return undefined
      const text =
        one.value === null ? key : `${key}=${one.type === 'time' ? goTimeText(one.value as string) : scalarText(one)}`
      const start = one.value === null ? place : one
      items.push({
        text,
        node: {
          ...scalarAt(start, text),
          ...(one.template === undefined ? {} : { template: `${key}=${one.template}` }),
        },
      })
    }
  }
  items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  return seqAt(
    node,
    items.map((item) => item.node),
  )
}

/** A scalar's value as text, as Go prints it. */
export const scalarText = (node: Node): string => {
  if (node.kind !== 'scalar' || node.value === null) return ''
  if (node.type === 'time') return timeText(node.value as string)
  return node.type === 'float' ? floatText(Number(node.value)) : String(node.value)
}

const asSequences = (base: Node, over: Node, at: At): { lower: SeqNode; upper: SeqNode } | undefined => {
  const lower = toSequence(base)
  const upper = toSequence(over)
  if (lower !== undefined && upper !== undefined) return { lower, upper }
  at.problems.error(
    lower === undefined ? base : over,
    'value/type',
    `${at.path} takes a list, or a mapping with single values.`,
    {
      path: at.path,
    },
  )
  return undefined
}

type Special = (base: Node, over: Node, at: At) => Node

const specials: Readonly<Record<MergeRule, Special>> = {
  replace: (base, over) => replace(base, over),
  ulimit: (base, over) => replace(base, over),
  sequence: (base, over, at) => {
    const both = asSequences(base, over, at)
    return both === undefined ? over : appendItems(both.lower, both.upper)
  },
  extraHosts: (base, over, at) => {
    const both = asSequences(base, over, at)
    if (both === undefined) return over
    const known = new Set(both.lower.items.map(scalarText))
    return appendItems(
      both.lower,
      seqAt(
        both.upper,
        both.upper.items.filter((item) => !known.has(scalarText(item))),
      ),
    )
  },
  build: mergeAsMaps(toBuild),
  dependsOn: mergeAsMaps((node) =>
    toMapping(node, (item) => recordAt(item, { condition: 'service_started', required: true })),
  ),
  networks: mergeAsMaps((node) => toMapping(node, (item) => scalarAt(item, null))),
  models: mergeAsMaps((node) => toMapping(node, (item) => scalarAt(item, null))),
  logging: (base, over, at) => {
    if (base.kind !== 'map' || over.kind !== 'map')
      return isNull(over) ? base : isNull(base) ? over : clash(base, over, at)
    const lower = base.entries.get('driver')?.value
    const upper = over.entries.get('driver')?.value
    const isSame = lower === undefined || upper === undefined || scalarText(lower) === scalarText(upper)
    return isSame ? mergeMaps(base, over, at) : replace(base, over)
  },
  ipam: (base, over, at) => {
    if (base.kind !== 'seq' || over.kind !== 'seq')
      return isNull(over) ? base : isNull(base) ? over : clash(base, over, at)
    return mergeSubnets(base, over, at)
  },
}

const subnetOf = (node: Node): string | undefined =>
  node.kind === 'map' ? textOf(node.entries.get('subnet')?.value) : undefined

/** Entries with the same subnet merge. The order of comparisons, and so what is left, is that of the reference. */
const mergeSubnets = (base: SeqNode, over: SeqNode, at: At): SeqNode => {
  const items: Node[] = []
  for (const original of base.items) {
    let lower = original
    for (const upper of over.items) {
      if (lower.kind !== 'map' || upper.kind !== 'map') return over
      const isKnown = items.some((item) => subnetOf(item) === subnetOf(upper))
      if (subnetOf(upper) !== subnetOf(lower) && !isKnown) {
        items.push(upper)
        continue
      }
      lower = mergeMaps(lower, upper, at)
      const merged = lower
      const index = items.findIndex((item) => subnetOf(item) === subnetOf(merged))
      if (index === -1) items.push(merged)
      else items[index] = merged
    }
  }
  return { ...over, items }
}
