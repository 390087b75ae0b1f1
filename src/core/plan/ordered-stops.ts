import { dependenciesOf } from '../project/graph.ts'
import { label } from '../project/identity.ts'
import type { Project, ServiceName } from '../project/project.ts'
import { addStop, type ContainerStepsContext, isUp } from './container-steps.ts'
import type { ObservedContainer } from './observed.ts'

/** What each service depends on: from the file, or else from the label that was written when its container was made. */
const dependencyNames = (
  project: Project | undefined,
  containers: readonly ObservedContainer[],
): ReadonlyMap<ServiceName, readonly ServiceName[]> => {
  const names = new Map<ServiceName, readonly ServiceName[]>()
  // What a profile switches off stops in its turn as well: it runs, and others may need it.
  const services = project === undefined ? {} : { ...project.context.disabled, ...project.services }
  for (const { service, labels } of containers) {
    const fromFile =
      services[service] === undefined ? undefined : dependenciesOf(services, service).map(([name]) => name)
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

/**
 * Adds a stop for every container that is up, in reverse dependency order along paths only: a container stops once all
 * that depend on its service have stopped, and waits for nothing else.
 */
export const addOrderedStops = (
  context: ContainerStepsContext & { readonly project?: Project },
  containers: readonly ObservedContainer[],
  { cause }: { readonly cause: string },
): void => {
  const dependentsOf = invert(dependencyNames(context.project, containers))
  const byService = Map.groupBy(containers, ({ service }) => service)
  const stops = new Map<ServiceName, readonly string[]>()
  // A service of which nothing runs passes on what its dependents have to do first.
  const stopService = (name: ServiceName): readonly string[] => {
    const known = stops.get(name)
    if (known !== undefined) return known
    stops.set(name, [])
    const needs = [...new Set((dependentsOf.get(name) ?? []).flatMap(stopService))]
    const own = (byService.get(name) ?? [])
      .filter(isUp)
      .map((container) => addStop(context, container, { needs, cause }))
    stops.set(name, own.length === 0 ? needs : own)
    return stops.get(name) ?? []
  }
  for (const name of byService.keys()) stopService(name)
}
