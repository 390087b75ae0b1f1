import { nearestName } from '../../errors/nearest-name.ts'
import { StackError } from '../../errors/stack-error.ts'
import { childOf, type MapNode, mapEntries, type Node, textOf, withEntry } from '../tree/node.ts'

/** What of a document that is printed as it is written a command asks about. */
export type DocumentChoice = {
  readonly model: MapNode
  readonly name: string
  /** The active profiles; `*` is all. */
  readonly profiles: readonly string[]
  /** Services of the command line: they and what they depend on; none stands for all that are on. */
  readonly services: readonly string[]
}

/** Sections of a document whose names can be listed. */
export type DocumentList = 'services' | 'volumes' | 'networks' | 'models' | 'profiles' | 'images'

/**
 * The document with the named services and what they depend on, or whole where none is named.
 * @throws StackError plan/unknown-service
 */
export const selectDocument = (choice: DocumentChoice): MapNode => {
  if (choice.services.length === 0) return choice.model
  const kept = selectedServices(choice)
  const all = servicesOf(choice.model)
  if (all === undefined) return choice.model
  return withEntry(
    choice.model,
    'services',
    mapEntries(all, (service, name) => (kept.has(name) ? service : undefined)),
  )
}

/**
 * The names that a document holds of one kind: of the services that are on, or are named, and of what these use. Names that hold
 * a variable are as they are written.
 * @throws StackError plan/unknown-service
 */
export const listDocument = (choice: DocumentChoice, kind: DocumentList): readonly string[] => {
  const services = selectedServices(choice)
  const nodes = [...services.values()]
  switch (kind) {
    case 'services':
      return [...services.keys()].sort()
    case 'images':
      return [...services].map(([name, node]) => textOf(childOf(node, 'image')) ?? `${choice.name}-${name}`)
    case 'profiles':
      return [
        ...new Set([...(servicesOf(choice.model)?.entries.values() ?? [])].flatMap(({ value }) => profilesOf(value))),
      ].sort()
    case 'volumes':
      return declared(choice.model, 'volumes', nodes.map(volumesOf))
    case 'networks':
      return declared(
        choice.model,
        'networks',
        nodes.map((node) => keysOf(childOf(node, 'networks'))),
      )
    case 'models': {
      const names = declared(
        choice.model,
        'models',
        nodes.map((node) => keysOf(childOf(node, 'models'))),
      )
      return names.map((name) => textOf(childOf(childOf(childOf(choice.model, 'models'), name), 'model')) ?? name)
    }
  }
}

const servicesOf = (model: MapNode): MapNode | undefined => {
  const services = childOf(model, 'services')
  return services?.kind === 'map' ? services : undefined
}

const selectedServices = ({ model, profiles, services }: DocumentChoice): ReadonlyMap<string, Node> => {
  const all = new Map([...(servicesOf(model)?.entries ?? [])].map(([name, { value }]) => [name, value]))
  const active = new Set([...profiles, ...services.flatMap((name) => profilesOf(all.get(name)))])
  const isOn = (node: Node): boolean => {
    const own = profilesOf(node)
    return own.length === 0 || active.has('*') || own.some((profile) => active.has(profile))
  }
  if (services.length === 0) return new Map([...all].filter(([, node]) => isOn(node)))
  const kept = new Set<string>()
  const open = [...services]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = all.get(name)
    if (node === undefined && services.includes(name)) throw unknownService(name, all.keys())
    if (node === undefined || kept.has(name)) continue
    kept.add(name)
    open.push(...keysOf(childOf(node, 'depends_on')))
  }
  return new Map([...all].filter(([name]) => kept.has(name)))
}

const unknownService = (service: string, known: Iterable<string>): StackError => {
  const near = nearestName(service, known)
  return new StackError('plan/unknown-service', { service, ...(near === undefined ? {} : { near }) })
}

const profilesOf = (node: Node | undefined): readonly string[] => {
  const list = childOf(node, 'profiles')
  return list?.kind === 'seq' ? list.items.flatMap((item) => textOf(item) ?? []) : []
}

/** The keys of a mapping, or the texts of a list. */
const keysOf = (node: Node | undefined): readonly string[] => {
  if (node?.kind === 'map') return [...node.entries.keys()]
  return node?.kind === 'seq' ? node.items.flatMap((item) => textOf(item) ?? []) : []
}

const volumesOf = (service: Node): readonly string[] => {
  const mounts = childOf(service, 'volumes')
  return (mounts?.kind === 'seq' ? mounts.items : []).flatMap(
    (mount) =>
      textOf(mount) ?? (textOf(childOf(mount, 'type')) === 'volume' ? (textOf(childOf(mount, 'source')) ?? []) : []),
  )
}

/** What is declared and used; all of it where a use holds a variable, which may stand for any. */
const declared = (model: MapNode, section: string, uses: readonly (readonly string[])[]): readonly string[] => {
  const used = new Set(uses.flat())
  const isOpen = [...used].some((name) => name.includes('$'))
  return keysOf(childOf(model, section))
    .filter((name) => isOpen || used.has(name))
    .sort()
}
