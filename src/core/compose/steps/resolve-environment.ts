import {
  type MapNode,
  mapEntries,
  mapItems,
  type Node,
  scalarAt,
  type ScalarNode,
  withEntry,
  withEntries,
  type Entry,
} from '../tree/node.ts'

type Lookup = (name: string) => string | undefined

/** Gives the names that stand alone in `environment` lists their values in this scope. */
export const resolveEnvironment = (root: MapNode, lookup: Lookup): MapNode =>
  mapEntries(root, (section, key) => {
    if (section.kind !== 'map') return section
    if (key === 'services') {
      return mapEntries(section, (service) => {
        const environment = service.kind === 'map' ? service.entries.get('environment')?.value : undefined
        if (service.kind !== 'map' || environment?.kind !== 'seq') return service
        return withEntry(
          service,
          'environment',
          mapItems(environment, (item) => resolveItem(item, lookup)),
        )
      })
    }
    return section
  })

const resolveItem = (item: Node, lookup: Lookup): Node => {
  if (item.kind !== 'scalar' || item.type !== 'str') return item
  const name = item.value as string
  const value = name.includes('=') ? undefined : lookup(name)
  return value === undefined ? item : fromEnvironment(item, `${name}=${value}`, name)
}

const fromEnvironment = (item: ScalarNode, text: string, name: string): ScalarNode => ({
  ...scalarAt(item, text),
  template: `$${name}`,
  ...(item.replaced === undefined ? {} : { replaced: item.replaced }),
})

/** Gives names without a value (`KEY` in a list, `KEY:` in a mapping) their value; `drop` leaves out what has none. */
export const resolveNames = (node: Node, lookup: Lookup, { drop }: { drop: boolean }): Node => {
  if (node.kind === 'seq') {
    const items = node.items.map((item) => resolveItem(item, lookup))
    const kept = drop
      ? items.filter((item) => item.kind !== 'scalar' || item.type !== 'str' || String(item.value).includes('='))
      : items
    return { ...node, items: kept }
  }
  if (node.kind === 'scalar') return node
  const entries = new Map<string, Entry>()
  for (const [name, entry] of node.entries) {
    if (entry.value.kind !== 'scalar' || entry.value.value !== null) entries.set(name, entry)
    else {
      const value = lookup(name)
      if (value !== undefined)
        entries.set(name, { key: entry.key, value: { ...scalarAt(entry.value, value), template: `$${name}` } })
      else if (!drop) entries.set(name, entry)
    }
  }
  return withEntries(node, entries)
}
