import type { StackEvent } from '../events/event.ts'
import { toServiceState, type ContainerEntry, type ServiceState, type State } from './state.ts'

type ServiceEvent = Extract<
  StackEvent,
  { type: 'container/changed' | 'container/removed' | 'probe/ended' | 'stats/measured' | 'step/started' }
>

const stops = new Set(['container/stop', 'container/kill'])
const starts = new Set(['container/create', 'container/start', 'container/restart'])

export const reduceService = (state: State, event: ServiceEvent): State => {
  const name = event.type === 'container/changed' ? event.container.service : event.service
  if (name === undefined) return state
  const known = state.services.find((service) => service.name === name)
  if (known === undefined)
    return event.type === 'container/changed'
      ? { ...state, services: [...state.services, changed(toOrphan(name), event)] }
      : state
  const next = changed(known, event)
  return next === known
    ? state
    : { ...state, services: state.services.map((service) => (service === known ? next : service)) }
}

/** A container of the project whose service the stack file does not name any more. */
const toOrphan = (name: string): ServiceState =>
  toServiceState({ name, dependsOn: [], replicas: 1, hasHealthcheck: false, ports: [], watched: false })

const changed = (service: ServiceState, event: ServiceEvent): ServiceState => {
  switch (event.type) {
    case 'step/started':
      if (stops.has(event.kind)) return service.stopped ? service : { ...service, stopped: true }
      if (starts.has(event.kind)) return service.stopped ? { ...service, stopped: false } : service
      return service
    case 'container/changed': {
      const before = service.containers.find((one) => one.id === event.container.id)
      const same =
        before !== undefined && before.state === event.container.state && before.health === event.container.health
      const entry: ContainerEntry = { ...event.container, since: same ? before.since : event.at }
      const others = service.containers.filter((one) => one !== before)
      // Running again, whoever started it: the next exit counts.
      const stopped =
        (service.stopped || event.container.byHand === true) &&
        !(event.container.state === 'running' && before !== undefined && before.state !== 'running')
      return {
        ...service,
        stopped,
        containers: [...others, entry].toSorted((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1)),
      }
    }
    case 'container/removed':
      if (!service.containers.some((one) => one.id === event.id)) return service
      return withoutProbe({
        ...service,
        containers: service.containers.filter((one) => one.id !== event.id),
        stats: service.stats.filter((one) => one.container !== event.id),
      })
    case 'probe/ended': {
      const failures = event.healthy ? 0 : (service.probe?.failures ?? 0) + 1
      return {
        ...service,
        probe: {
          container: event.container,
          healthy: event.healthy,
          exitCode: event.exitCode,
          output: event.output,
          at: event.at,
          failures,
        },
      }
    }
    case 'stats/measured': {
      const { container, cpuPercent, memoryBytes, memoryLimitBytes } = event
      const stats = {
        container,
        cpuPercent,
        memoryBytes,
        ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      }
      return { ...service, stats: [...service.stats.filter((one) => one.container !== container), stats] }
    }
  }
}

/** What the probe of a container said that is gone is of no use for the next one. */
const withoutProbe = (service: ServiceState): ServiceState => {
  if (service.containers.length > 0) return service
  const { probe, ...rest } = service
  return rest
}
