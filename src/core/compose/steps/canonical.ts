import type { Mount, Port } from '../../project/service.ts'
import {
  isNull,
  mapAt,
  mapEntries,
  mapItems,
  type MapNode,
  type Node,
  recordAt,
  scalarAt,
  seqAt,
  type SeqNode,
  textOf,
  withEntry,
} from '../tree/node.ts'
import { scalarText, toMapping } from './merge.ts'
import { cleanPath } from '../texts/paths.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { documentRule, type FormRule, type Rule, ruleBelow } from './rules.ts'
import { withoutNodes } from '../tree/set-aside.ts'
import { parseShortMount } from '../texts/short-mount.ts'
import { parseShortPort } from '../texts/short-port.ts'

type Context = {
  readonly problems: ProblemList
  /** Short forms that cannot be read stay as they are: texts still hold their variables. */
  readonly lenient: boolean
}
type At = Context & {
  readonly path: string
  readonly rule: Rule
  /** Short forms that could not be read. */
  readonly unreadable: Set<Node>
}

/**
 * Short forms become long forms, everywhere (compose-spec: "short syntax" is shorthand for "long syntax"). One that cannot
 * be read is reported and left out.
 */
export const toCanonical = (root: MapNode, context: Context): MapNode => {
  const unreadable = new Set<Node>()
  const model = visit(root, { ...context, path: '', rule: documentRule, unreadable }) as MapNode
  return unreadable.size === 0 ? model : withoutNodes(model, unreadable)
}

/** Values that went through here and need not again: a layer that does not touch a service leaves it as it is. */
const done = new WeakMap<Node, Rule>()

const visit = (node: Node, at: At): Node => {
  if (!at.rule.has.has('form') || done.get(node) === at.rule) return node
  const result = at.rule.form === undefined ? visitBelow(node, at) : forms[at.rule.form](node, at)
  if (result.kind !== 'scalar' && !at.lenient) done.set(result, at.rule)
  return result
}

const visitBelow = (node: Node, at: At): Node => {
  if (node.kind === 'map') {
    return mapEntries(node, (value, key) => {
      const rule = ruleBelow(at.rule, key)
      if (rule === undefined || !rule.has.has('form') || done.get(value) === rule) return value
      return visit(value, {
        problems: at.problems,
        lenient: at.lenient,
        unreadable: at.unreadable,
        rule,
        path: at.path === '' ? key : `${at.path}.${key}`,
      })
    })
  }
  const below = at.rule.any
  if (node.kind !== 'seq' || below === undefined) return node
  return mapItems(node, (value, index) => visit(value, { ...at, rule: below, path: `${at.path}[${index}]` }))
}

type Form = (node: Node, at: At) => Node

/** Fields that a mapping lacks get a value. */
const withDefaults = (node: MapNode, defaults: Readonly<Record<string, string | boolean>>): MapNode => {
  let result = node
  for (const [key, value] of Object.entries(defaults)) {
    if (!result.entries.has(key)) result = withEntry(result, key, scalarAt(node, value))
  }
  return result
}

const failed = (node: Node, at: At, message: string): Node => {
  if (at.lenient) return node
  at.problems.error(node, 'value/form', message, { path: at.path })
  // A node of its own: the same text may be right at another place that an anchor brings it to.
  const unreadable = { ...node }
  at.unreadable.add(unreadable)
  return unreadable
}

const dependencyDefaults = { condition: 'service_started', required: true } as const

const forms: Readonly<Record<FormRule, Form>> = {
  build: (node, at) => (textOf(node) !== undefined ? recordAt(node, { context: node }) : visitBelow(node, at)),
  fileReference: (node) => (textOf(node) === undefined ? node : recordAt(node, { source: node })),
  list: (node) => (textOf(node) === undefined ? node : seqAt(node, [node])),
  extends: (node) => (textOf(node) === undefined ? node : recordAt(node, { service: node })),
  include: (node) => (textOf(node) === undefined ? node : recordAt(node, { path: node })),
  gpus: (node) => (textOf(node) === 'all' ? seqAt(node, [recordAt(node, { count: 'all' })]) : node),
  networks: (node) => toMapping(node, (item) => scalarAt(item, null)) ?? node,
  models: (node) => toMapping(node, (item) => scalarAt(item, null)) ?? node,
  ulimit: (node) => node,
  dependsOn: (node) => {
    const map = toMapping(node, (item) => recordAt(item, dependencyDefaults))
    if (map === undefined) return node
    return mapEntries(map, (value) => (value.kind === 'map' ? withDefaults(value, { required: true }) : value))
  },
  envFile: (node) => {
    if (textOf(node) !== undefined) return seqAt(node, [recordAt(node, { path: node, required: true })])
    if (node.kind !== 'seq') return node
    return mapItems(node, (item) => {
      if (textOf(item) !== undefined) return recordAt(item, { path: item, required: true })
      return item.kind === 'map' ? withDefaults(item, { required: true }) : item
    })
  },
  mount: (node, at) => {
    const text = textOf(node)
    if (text === undefined) return node
    const parsed = parseShortMount(text)
    return parsed.ok ? mountNode(node, parsed.mount) : failed(node, at, parsed.message)
  },
  device: (node, at) => {
    const text = textOf(node)
    if (text === undefined) return node
    const [source = '', target, permissions, ...rest] = text.split(':')
    if (rest.length > 0) return failed(node, at, `"${text}" has too many parts for a device.`)
    return recordAt(node, {
      source,
      target: target === undefined || target === '' ? source : target,
      permissions: permissions ?? 'rwm',
    })
  },
  ports: (node, at) => (node.kind === 'seq' ? portNodes(node, at) : node),
  ssh: (node, at) => {
    if (node.kind !== 'seq') return textOf(node) === undefined ? node : sshNodes(seqAt(node, [node]), at)
    return sshNodes(node, at)
  },
  keyValue: (node, at) => (node.kind === 'seq' ? keyValueNodes(node, at) : node),
  external: (node, at) => (node.kind === 'map' ? externalNode(visitBelow(node, at) as MapNode, at) : node),
  watch: (node) => node,
}

const mountNode = (node: Node, mount: Mount): MapNode => {
  const { bind, volume, tmpfs, image, ...fields } = mount
  const part = (value: object | undefined): Node | undefined =>
    value === undefined ? undefined : recordAt(node, value as Record<string, string | boolean>)
  return recordAt(node, {
    ...fields,
    target: cleanPath(mount.target),
    bind: part(bind),
    volume: part(volume),
    tmpfs: part(tmpfs),
    image: part(image),
  })
}

/** Ports of one service: all of an address, over TCP and UDP. */
const maxPorts = 131_072

const portNodes = (node: SeqNode, at: At): Node => {
  if (node.items.every((item) => item.kind === 'map')) return node
  const items: Node[] = []
  for (const [index, item] of node.items.entries()) {
    if (item.kind !== 'scalar') {
      items.push(item)
      continue
    }
    if (item.type === 'float') {
      items.push(
        failed(item, { ...at, path: `${at.path}[${index}]` }, `The port ${scalarText(item)} is no whole number.`),
      )
      continue
    }
    const parsed = parseShortPort(scalarText(item))
    // One that still holds a variable leaves the whole list as it is written.
    if (!parsed.ok && at.lenient) return node
    if (!parsed.ok) items.push(failed(item, { ...at, path: `${at.path}[${index}]` }, parsed.message))
    else if (items.length + parsed.ports.length > maxPorts) {
      const text = `With these, the service has more than ${maxPorts} ports.`
      return { ...node, items: [failed(item, { ...at, path: `${at.path}[${index}]` }, text)] }
    } else for (const port of parsed.ports) items.push(portNode(item, port))
  }
  return { ...node, items }
}

/** A container port 0 is as good as none, which is an error when the list is checked for repetitions. */
const portNode = (item: Node, { target, ...port }: Port): Node => ({
  ...recordAt(item, { ...port, target: target === 0 ? undefined : target }),
  ...(item.replaced === undefined ? {} : { replaced: item.replaced }),
})

const sshNodes = (node: SeqNode, at: At): Node => {
  const entries = new Map<string, { key: Node; value: Node }>()
  for (const item of node.items) {
    const text = textOf(item)
    if (text === undefined) return node
    const cut = text.indexOf('=')
    if (cut === -1 && text !== 'default')
      return failed(item, at, `"${text}" is no SSH agent: write default or id=path.`)
    entries.set(cut === -1 ? text : text.slice(0, cut), {
      key: item,
      value: scalarAt(item, cut === -1 ? null : text.slice(cut + 1)),
    })
  }
  return mapAt(node, entries)
}

const keyValueNodes = (node: SeqNode, at: At): Node => {
  const entries = new Map<string, { key: Node; value: Node }>()
  for (const item of node.items) {
    const text = textOf(item)
    if (text === undefined) return node
    const cut = text.indexOf('=')
    if (cut === -1) return failed(item, at, `"${text}" is no key=value.`)
    entries.set(text.slice(0, cut), { key: item, value: scalarAt(item, text.slice(cut + 1)) })
  }
  return mapAt(node, entries)
}

/** `external: {name: x}`, the old way to say `external: true` and `name: x`. */
const externalNode = (node: MapNode, at: At): MapNode => {
  const external = node.entries.get('external')?.value
  if (external?.kind !== 'map') return node
  const old = external.entries.get('name')?.value
  const result = withEntry(node, 'external', scalarAt(external, true))
  if (old === undefined || isNull(old)) return result
  at.problems.warn(old, 'value/old-external', `${at.path}.external.name is obsolete.`, {
    hint: 'Write external: true, and name beside it.',
    path: at.path,
  })
  const name = node.entries.get('name')?.value
  if (name === undefined) return withEntry(result, 'name', old)
  if (scalarText(name) !== scalarText(old)) {
    at.problems.error(
      old,
      'value/conflict',
      `${at.path} has the name "${scalarText(name)}" and the external name "${scalarText(old)}".`,
      {
        hint: 'Keep only name.',
        path: at.path,
      },
    )
  }
  return result
}
