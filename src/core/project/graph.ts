import type { Dependency, Service } from './service.ts'
import type { ServiceName } from './project.ts'

/** The services and what each depends on; the loader has made links and shared namespaces into dependencies. */
type Services = Readonly<Record<ServiceName, Service>>

/** What a service depends on, without what is not there (an optional dependency that a profile switches off). */
export const dependenciesOf = (
  services: Services,
  name: ServiceName,
): readonly (readonly [ServiceName, Dependency])[] =>
  Object.entries(services[name]?.depends_on ?? {}).filter(([dependency]) => services[dependency] !== undefined)

/** The services that depend on each service directly. */
export const toDependents = (services: Services): ReadonlyMap<ServiceName, readonly ServiceName[]> => {
  const dependents = new Map<ServiceName, ServiceName[]>()
  for (const name of Object.keys(services)) {
    for (const [dependency] of dependenciesOf(services, name)) {
      const list = dependents.get(dependency)
      if (list === undefined) dependents.set(dependency, [name])
      else list.push(name)
    }
  }
  return dependents
}

/** The named services and all that `next` leads to from them. */
const closure = (
  names: Iterable<ServiceName>,
  next: (name: ServiceName) => Iterable<ServiceName>,
): ReadonlySet<ServiceName> => {
  const found = new Set<ServiceName>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    for (const other of next(name)) open.push(other)
  }
  return found
}

/** The named services and everything they need. */
export const withDependencies = (services: Services, names: Iterable<ServiceName>): ReadonlySet<ServiceName> =>
  closure(names, (name) => dependenciesOf(services, name).map(([dependency]) => dependency))

/** The named services and everything that needs them. */
export const withDependents = (services: Services, names: Iterable<ServiceName>): ReadonlySet<ServiceName> => {
  const dependents = toDependents(services)
  return closure(names, (name) => dependents.get(name) ?? [])
}

/** The service whose container a namespace attribute such as `network_mode: service:db` names. */
export const serviceReference = (value: string | undefined): ServiceName | undefined =>
  value?.startsWith('service:') === true ? value.slice('service:'.length) : undefined

/** What of another container a service uses: `service` names one of this project, `container` any of the engine. */
export type Share = {
  readonly kind: 'network' | 'ipc' | 'pid' | 'uts' | 'cgroup' | 'volumes'
  readonly service?: ServiceName
  readonly container?: string
}

const toShare = (kind: Share['kind'], text: string): Share | undefined => {
  const [scheme, ...name] = text.split(':')
  if (scheme !== 'service' && scheme !== 'container') return undefined
  return { kind, [scheme]: name.join(':') }
}

const ownerOf = (container: string, services: Services): ServiceName | undefined =>
  Object.keys(services).find((name) => services[name]?.container_name === container)

/** With the services of the project, a container that one of them names as its own stands for that one. */
const withOwner = (share: Share, services: Services): Share => {
  const owner = share.container === undefined ? undefined : ownerOf(share.container, services)
  return owner === undefined ? share : { kind: share.kind, service: owner }
}

/** The namespaces and volumes that a service does not have for itself. */
export const sharesOf = (service: Service, services: Services = {}): readonly Share[] => {
  const modes = [
    ['network', service.network_mode],
    ['ipc', service.ipc],
    ['pid', service.pid],
    ['uts', service.uts],
    ['cgroup', service.cgroup],
  ] as const
  const shared = modes.flatMap(([kind, mode]) => toShare(kind, mode ?? '') ?? [])
  const from = (service.volumes_from ?? []).map((entry): Share => {
    const [first = '', second = ''] = entry.split(':')
    return first === 'container' ? { kind: 'volumes', container: second } : { kind: 'volumes', service: first }
  })
  return [...shared, ...from].map((share) => withOwner(share, services))
}

/**
 * The service as it is created: a container of the project goes by its service, for a new one has its name only when the old
 * one is gone.
 */
export const withOwnContainers = (service: Service, services: Services): Service => {
  const modes = (['network_mode', 'ipc', 'pid', 'uts', 'cgroup'] as const).flatMap((key) => {
    const [scheme, name = ''] = service[key]?.split(':') ?? []
    const owner = scheme === 'container' ? ownerOf(name, services) : undefined
    return owner === undefined ? [] : [[key, `service:${owner}`] as const]
  })
  return modes.length === 0 ? service : { ...service, ...Object.fromEntries(modes) }
}

/** Services whose container must exist before this service's container can be created. */
export const namespaceParents = (service: Service, services: Services = {}): readonly ServiceName[] => [
  ...new Set(sharesOf(service, services).flatMap((share) => share.service ?? [])),
]

/** Services without whose process this service's namespaces are empty: what they go through, it goes through. */
const processParents = (service: Service, services: Services): readonly ServiceName[] =>
  sharesOf(service, services).flatMap((share) => (share.kind === 'volumes' ? [] : (share.service ?? [])))

/** What a service is restarted with: `depends_on.restart`, and whose namespaces it shares, whatever `depends_on` says of them. */
export const restartsWith = (services: Services, name: ServiceName): readonly ServiceName[] => {
  const service = services[name]
  if (service === undefined) return []
  const asked = dependenciesOf(services, name).flatMap(([dependency, { restart }]) =>
    restart === true ? [dependency] : [],
  )
  return [
    ...new Set([...asked, ...processParents(service, services).filter((parent) => services[parent] !== undefined)]),
  ]
}

/** The named services and all that are restarted with them, by way of others too. */
export const withRestarted = (services: Services, names: Iterable<ServiceName>): ReadonlySet<ServiceName> => {
  const followers = Map.groupBy(
    Object.keys(services).flatMap((name) => restartsWith(services, name).map((leader) => ({ name, leader }))),
    ({ leader }) => leader,
  )
  return closure(names, (name) => (followers.get(name) ?? []).map((follower) => follower.name))
}
