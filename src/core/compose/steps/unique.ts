import { mapEntries, mapItems, type MapNode, type Node, type SeqNode, textOf } from '../tree/node.ts'
import { scalarText } from './merge.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { documentRule, type Rule, ruleBelow, type UniqueRule } from './rules.ts'
import { parseShortMount } from '../texts/short-mount.ts'

type At = { readonly problems: ProblemList; readonly path: string }
type ItemAt = At & { readonly index: number }

/** Removes repeated items of the lists whose items have a key: the last one wins, in the place of the first. */
export const enforceUnique = (root: MapNode, problems: ProblemList): MapNode =>
  visit(root, documentRule, { problems, path: '' }) as MapNode

/** Nodes that hold no repetition. */
const clean = new WeakMap<Node, Rule>()

const visit = (node: Node, rule: Rule | undefined, at: At): Node => {
  if (rule === undefined || node.kind === 'scalar' || !rule.has.has('unique') || clean.get(node) === rule) return node
  const before = at.problems.errorCount()
  const result = visitBelow(node, rule, at)
  if (at.problems.errorCount() === before) clean.set(result, rule)
  return result
}

const visitBelow = (node: MapNode | SeqNode, rule: Rule, at: At): Node => {
  if (node.kind === 'map') {
    return mapEntries(node, (value, key) => {
      const below = ruleBelow(rule, key)
      // Most values have no such rule: for them not even a path is made.
      if (below === undefined || value.kind === 'scalar' || !below.has.has('unique') || clean.get(value) === below)
        return value
      return visit(value, below, { problems: at.problems, path: at.path === '' ? key : `${at.path}.${key}` })
    })
  }
  if (rule.unique !== undefined) return uniqueItems(node, rule.unique, at)
  return mapItems(node, (value) => visit(value, rule.any, at))
}

const uniqueItems = (node: SeqNode, rule: UniqueRule, at: At): Node => {
  const places = new Map<string, number>()
  const items: Node[] = []
  for (const [index, item] of node.items.entries()) {
    const key = keyOf(item, rule, { problems: at.problems, path: at.path, index }) ?? `#${index}`
    const known = places.get(key)
    if (known === undefined) {
      places.set(key, items.length)
      items.push(item)
    } else items[known] = item === items[known] ? item : { ...item, replaced: items[known]! }
  }
  return items.length === node.items.length ? node : { ...node, items }
}

const lacks = (item: Node, { problems, path, index }: ItemAt, what: string): undefined => {
  problems.error(item, 'value/incomplete', `This entry has no ${what}.`, { path: `${path}[${index}]` })
  return undefined
}

/** `undefined`: the item has no key; that is reported here, or by the schema. */
const keyOf = (item: Node, rule: UniqueRule, at: ItemAt): string | undefined => {
  switch (rule) {
    case 'keyValue':
      return textOf(item)?.split('=', 1)[0]
    case 'expose':
      return exposeKey(item, at)
    case 'envFile':
      return textOf(item) ?? fieldText(item, 'path')
    case 'device':
      return textOf(item) === undefined ? targetOf(item, at) : deviceTarget(textOf(item))
    case 'mount':
      return mountKey(item, at)
    case 'config':
      return referenceKey(item, '')
    case 'secret':
      return referenceKey(item, '/run/secrets')
    case 'port':
      return portKey(item, at)
  }
}

const exposeKey = (item: Node, { problems, path, index }: ItemAt): string | undefined => {
  if (item.kind === 'scalar' && (item.type === 'str' || item.type === 'int')) return scalarText(item)
  problems.error(
    item,
    'value/invalid',
    'A port to expose is a whole number or a text such as "3000-3005" or "53/udp".',
    { path: `${path}[${index}]` },
  )
  return undefined
}

const targetOf = (item: Node, at: ItemAt): string | undefined =>
  item.kind === 'map' ? (fieldText(item, 'target') ?? lacks(item, at, '"target"')) : undefined

const fieldText = (item: Node, field: string): string | undefined =>
  item.kind === 'map' ? textOf(item.entries.get(field)?.value) : undefined

const deviceTarget = (text: string | undefined): string | undefined => {
  const parts = text?.split(':')
  return parts?.[1] ?? parts?.[0]
}

const mountKey = (item: Node, at: ItemAt): string | undefined => {
  const text = textOf(item)
  if (text === undefined) return targetOf(item, at)
  const parsed = parseShortMount(text)
  if (parsed.ok) return parsed.mount.target
  at.problems.error(item, 'value/volume', parsed.message, { path: `${at.path}[${at.index}]` })
  return undefined
}

const referenceKey = (item: Node, folder: string): string | undefined => {
  const text = textOf(item)
  if (text !== undefined) return `${folder}/${text}`
  return (
    fieldText(item, 'target') ??
    (fieldText(item, 'source') === undefined ? undefined : `${folder}/${fieldText(item, 'source')}`)
  )
}

/** A published port written as a number and one written as text are two: the reference compares them with their types. */
const portKey = (item: Node, at: ItemAt): string | undefined => {
  if (item.kind === 'scalar') return scalarText(item)
  if (item.kind !== 'map') return undefined
  if (!item.entries.has('target')) return lacks(item, at, 'container port: "target"')
  const part = (field: string, missing: string): string => {
    const value = item.entries.get(field)?.value
    if (value?.kind !== 'scalar') return missing
    return value.type === 'str' ? (value.value as string) : `${value.type} ${scalarText(value)}`
  }
  return `${part('host_ip', '0.0.0.0')}:${part('published', '')}:${part('target', '')}/${part('protocol', 'tcp')}`
}
