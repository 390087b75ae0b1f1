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
    open.push(...next(name))
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

/** Services whose container must exist before this service's container can be created. */
export const namespaceParents = (service: Service): readonly ServiceName[] => {
  const shared = [service.network_mode, service.ipc, service.pid, service.uts, service.cgroup]
    .map(serviceReference)
    .filter((name) => name !== undefined)
  const from = (service.volumes_from ?? [])
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name, index) => name !== '' && service.volumes_from?.[index]?.startsWith('container:') !== true)
  return [...new Set([...shared, ...from])]
}
