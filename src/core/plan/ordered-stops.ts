import { dependenciesOf } from '../project/graph.ts'
import { label } from '../project/identity.ts'
import type { Project, ServiceName } from '../project/project.ts'
import { addStop, type ContainerStepsContext, isUp } from './container-steps.ts'
import type { Service } from '../project/service.ts'
import type { ObservedContainer } from './observed.ts'

/** What each service depends on: from the file, or else from the label that was written when its container was made. */
const dependencyNames = (
  project: Project | undefined,
  { containers, provided }: { readonly containers: readonly ObservedContainer[]; readonly provided: Provided },
): ReadonlyMap<ServiceName, readonly ServiceName[]> => {
  const names = new Map<ServiceName, readonly ServiceName[]>()
  // What a profile switches off stops in its turn as well: it runs, and others may need it.
  const services = project === undefined ? {} : { ...project.context.disabled, ...project.services }
  const readFile = (service: ServiceName): readonly ServiceName[] | undefined =>
    services[service] === undefined ? undefined : dependenciesOf(services, service).map(([name]) => name)
  for (const service of provided.keys()) names.set(service, readFile(service) ?? [])
  for (const { service, labels } of containers) {
    const fromFile = readFile(service)
    names.set(
      service,
      fromFile ?? (labels[label.dependsOn] ?? '').split(',').flatMap((entry) => entry.split(':')[0] || []),
    )
  }
  return names
}

const invert = (
  edges: ReadonlyMap<ServiceName, readonly ServiceName[]>,
): ReadonlyMap<ServiceName, readonly ServiceName[]> => {
  const inverted = new Map<ServiceName, ServiceName[]>()
  for (const [from, names] of edges) {
    for (const to of names) inverted.set(to, [...(inverted.get(to) ?? []), from])
  }
  return inverted
}

type Provided = ReadonlyMap<ServiceName, Service>

/** The services, or all without names, that a program of the host provides. */
export const providedServices = (project: Project | undefined, names: ReadonlySet<ServiceName> | undefined): Provided =>
  new Map(
    Object.entries(project?.services ?? {}).filter(
      ([name, { provider }]) => provider !== undefined && names?.has(name) !== false,
    ),
  )

/**
 * Adds a stop for every container that is up, in reverse dependency order along paths only: a container stops once all
 * that depend on its service have stopped, and waits for nothing else. A provider is told in the same order.
 */
export const addOrderedStops = (
  context: ContainerStepsContext & { readonly project?: Project },
  containers: readonly ObservedContainer[],
  { cause, provided = new Map(), verb = 'stop' }: StopOptions,
): void => {
  const dependentsOf = invert(dependencyNames(context.project, { containers, provided }))
  const byService = Map.groupBy(containers, ({ service }) => service)
  const stops = new Map<ServiceName, readonly string[]>()
  // A service of which nothing runs passes on what its dependents have to do first.
  const stopService = (name: ServiceName): readonly string[] => {
    const known = stops.get(name)
    if (known !== undefined) return known
    stops.set(name, [])
    const needs = [...new Set((dependentsOf.get(name) ?? []).flatMap(stopService))]
    const definition = provided.get(name)
    const own = [
      ...(byService.get(name) ?? []).filter(isUp).map((container) => addStop(context, container, { needs, cause })),
      ...(definition === undefined ? [] : [addProviderEnd(context, { name, definition, needs, cause, verb })]),
    ]
    stops.set(name, own.length === 0 ? needs : own)
    return stops.get(name) ?? []
  }
  for (const name of [...byService.keys(), ...provided.keys()]) stopService(name)
}

type StopOptions = {
  readonly cause: string
  readonly provided?: Provided
  /** What providers are told: to keep what they made for a later `up`, or to let go of it. */
  readonly verb?: 'stop' | 'down'
}

type ProviderEnd = {
  readonly name: ServiceName
  readonly definition: Service
  readonly needs: readonly string[]
  readonly cause: string
  readonly verb: 'stop' | 'down'
}

const addProviderEnd = (
  { steps }: Pick<ContainerStepsContext, 'steps'>,
  { name, definition, needs, cause, verb }: ProviderEnd,
): string =>
  steps.add({
    id: `${name}/${verb === 'stop' ? 'stop' : 'withdraw'}`,
    needs,
    action: { kind: `provider/${verb}`, service: name, definition },
    cause,
  })
