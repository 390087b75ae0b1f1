import { type MapNode, mapEntries, type Node, withEntries } from './node.ts'

/** `dns` without its empty items, which variables that are not set leave behind. */
export const omitEmpty = (root: MapNode): MapNode =>
  mapEntries(root, (value, key) => {
    if (key !== 'services' || value.kind !== 'map') return value
    return mapEntries(value, (service) =>
      service.kind === 'map' && service.entries.has('dns') ? omitEmptyDns(service) : service,
    )
  })

const omitEmptyDns = (service: MapNode): MapNode => {
  const entry = service.entries.get('dns')!
  if (entry.value.kind !== 'seq' || !entry.value.items.some(isEmpty)) return service
  const items = entry.value.items.filter((item) => !isEmpty(item))
  return withEntries(service, new Map(service.entries).set('dns', { key: entry.key, value: { ...entry.value, items } }))
}

const isEmpty = (node: Node): boolean => node.kind === 'scalar' && (node.value === null || node.value === '')
