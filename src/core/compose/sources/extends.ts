import {
  type Entry,
  isNull,
  type MapNode,
  type Node,
  type Place,
  scalarAt,
  textOf,
  withEntries,
  withEntry,
  withoutEntry,
} from '../tree/node.ts'
import { type LoadContext, unknownHint } from './load-context.ts'
import { mergeNodes } from '../steps/merge.ts'
import { isAbsolutePath, joinPath } from '../texts/paths.ts'
import { fetchRemote, isRemote } from './remote.ts'
import { serviceRule } from '../steps/rules.ts'

type Extending = {
  readonly context: LoadContext
  /** The absolute directory that `extends.file` is relative to. */
  readonly directory: string
  /** The services of another file, its paths made relative to `directory`; undefined when it cannot be read (and was reported). */
  readonly servicesOf: (file: string, at: Place) => MapNode | undefined
}
type Link = { readonly services: MapNode; readonly name: string; readonly place: Place }
type Job = Extending & { readonly resolved: Map<MapNode, Map<string, Node>> }

/** Replaces each service that extends another by the two of them merged (compose-spec "extends"). */
export const applyExtends = (root: MapNode, extending: Extending): MapNode => {
  const services = root.entries.get('services')?.value
  if (services?.kind !== 'map') return root
  const job: Job = { ...extending, resolved: new Map() }
  let entries: Map<string, Entry> | undefined
  for (const [name, entry] of services.entries) {
    const value = extendService({ services, name, place: entry.key }, job)
    if (value === entry.value) continue
    entries ??= new Map(services.entries)
    entries.set(name, { key: entry.key, value })
  }
  return entries === undefined ? root : withEntry(root, 'services', withEntries(services, entries))
}

/** A service on the way to its base, which comes from further on. */
type Step = { readonly link: Link; readonly service: MapNode }

/** The service with what it extends. No recursion: a chain may be thousands long. */
const extendService = (first: Link, job: Job): Node => {
  const chain: Step[] = []
  let base = findEnd(first, chain, job)
  for (let step = chain.pop(); step !== undefined; step = chain.pop()) {
    base = mergeWithBase(step, base, job)
    const { services, name } = step.link
    const resolved = job.resolved.get(services) ?? new Map<string, Node>()
    job.resolved.set(services, resolved.set(name, base))
  }
  return base!
}

/** Follows `extends` to a service that has none or is known; `chain` takes the services on the way. */
const findEnd = (first: Link, chain: Step[], job: Job): Node | undefined => {
  const seen = new Map<MapNode, Set<string>>()
  for (let link: Link | undefined = first; link !== undefined;) {
    const service: Node = link.services.entries.get(link.name)!.value
    const extended = service.kind === 'map' ? service.entries.get('extends')?.value : undefined
    if (service.kind !== 'map' || extended === undefined || isNull(extended)) return service
    const known = job.resolved.get(link.services)?.get(link.name)
    if (known !== undefined) return known
    const names = seen.get(link.services) ?? new Set<string>()
    if (names.has(link.name)) return reportCycle(extended, fromLink(chain, link), job)
    seen.set(link.services, names.add(link.name))
    chain.push({ link, service })
    link = findBase(extended, link, job)
  }
  return undefined
}

const fromLink = (chain: readonly Step[], { services, name }: Link): readonly Link[] => {
  const links = chain.map(({ link }) => link)
  return links.slice(links.findIndex((one) => one.services === services && one.name === name))
}

const mergeWithBase = ({ link, service }: Step, base: Node | undefined, job: Job): Node => {
  if (base?.kind !== 'map') return withoutEntry(service, 'extends')
  const { problems } = job.context
  return withoutEntry(
    mergeNodes(base, service, { problems, path: `services.${link.name}`, rule: serviceRule }) as MapNode,
    'extends',
  )
}

const findBase = (extended: Node, link: Link, job: Job): Link | undefined => {
  const service = extended.kind === 'map' ? extended.entries.get('service')?.value : extended
  const name = textOf(service)
  const file = extended.kind === 'map' ? extended.entries.get('file')?.value : undefined
  const { problems } = job.context
  if (service === undefined || name === undefined) {
    problems.error(
      extended,
      'extends/no-service',
      'extends takes the name of a service, or a mapping with service and file.',
      {
        path: `services.${link.name}.extends`,
      },
    )
    return undefined
  }
  const fileName = textOf(file)
  const services = file === undefined || fileName === undefined ? link.services : otherServices(fileName, file, job)
  if (services === undefined) return undefined
  const entry = services.entries.get(name)
  if (entry !== undefined) return { services, name, place: service }
  problems.error(
    service,
    'extends/unknown-service',
    `The service "${link.name}" extends "${name}", and ${fileName ?? 'this file'} has no such service.`,
    {
      hint: () => unknownHint(name, services.entries.keys()),
      path: `services.${link.name}.extends`,
    },
  )
  return undefined
}

const otherServices = (fileName: string, at: Place, job: Job): MapNode | undefined => {
  const path = isRemote(fileName)
    ? fetchRemote(job.context, fileName, at)
    : isAbsolutePath(fileName)
      ? fileName
      : joinPath(job.directory, fileName)
  return path === undefined ? undefined : job.servicesOf(path, at)
}

const reportCycle = (at: Place, cycle: readonly Link[], job: Job): Node => {
  const names = [...cycle, cycle[0]!].map((link) => `"${link.name}"`)
  job.context.problems.error(
    at,
    'extends/cycle',
    `Services extend each other in a circle: ${names.join(' extends ')}.`,
    {
      hint: 'Move what they share to a service of its own.',
    },
  )
  return scalarAt(at, null)
}
