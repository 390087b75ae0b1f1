import type { StackEvent } from '../events/event.ts'
import { type Probe, toEndedProbe, toInspectedProbe, withProbes } from './probes.ts'
import {
  samplesKept,
  toServiceState,
  type ContainerEntry,
  type ServiceState,
  type State,
  type Stats,
  type StatsSample,
} from './state.ts'

type ServiceEvent = Extract<
  StackEvent,
  {
    type:
      | 'container/changed'
      | 'container/removed'
      | 'probe/ended'
      | 'service/inspected'
      | 'stats/measured'
      | 'step/started'
  }
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
        // What ended uses nothing; what runs again is another process.
        stats: event.container.state === 'running' ? service.stats : withoutStats(service, entry.id),
        containers: [...others, entry].toSorted((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1)),
      }
    }
    case 'container/removed':
      if (!service.containers.some((one) => one.id === event.id)) return service
      return withoutProbe({
        ...service,
        containers: service.containers.filter((one) => one.id !== event.id),
        stats: withoutStats(service, event.id),
      })
    case 'probe/ended':
      return withHistory(service, withProbes(service.probes, [toEndedProbe(event)]))
    case 'service/inspected':
      return withInspection(service, event)
    case 'stats/measured':
      return measured(service, event)
  }
}

const measured = (
  service: ServiceState,
  { container, memoryLimitBytes, ...event }: Extract<ServiceEvent, { type: 'stats/measured' }>,
): ServiceState => {
  const { cpuPercent, memoryBytes, networkInBytes, networkOutBytes } = event
  const sample: StatsSample = { cpuPercent, memoryBytes, networkInBytes, networkOutBytes }
  const before = service.stats.find((one) => one.container === container)
  const isStill =
    before?.past.length === samplesKept &&
    before.memoryLimitBytes === memoryLimitBytes &&
    before.past.every((one) => isSameSample(one, sample))
  if (isStill || !service.containers.some((one) => one.id === container && one.state === 'running')) return service
  const stats: Stats = {
    container,
    ...sample,
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    past: [...(before?.past ?? []), sample].slice(-samplesKept),
  }
  return { ...service, stats: [...service.stats.filter((one) => one !== before), stats] }
}

const isSameSample = (a: StatsSample, b: StatsSample): boolean =>
  a.cpuPercent === b.cpuPercent &&
  a.memoryBytes === b.memoryBytes &&
  a.networkInBytes === b.networkInBytes &&
  a.networkOutBytes === b.networkOutBytes

const withoutStats = ({ stats }: ServiceState, container: string): readonly Stats[] =>
  stats.some((one) => one.container === container) ? stats.filter((one) => one.container !== container) : stats

/** What the last one of all says is what counts now. */
const withHistory = (service: ServiceState, probes: readonly Probe[]): ServiceState => {
  const probe = probes.at(-1)
  return probes === service.probes || probe === undefined ? service : { ...service, probes, probe }
}

const withInspection = (
  service: ServiceState,
  { at, inspection }: Extract<ServiceEvent, { type: 'service/inspected' }>,
): ServiceState => ({
  ...withHistory(service, withProbes(service.probes, inspection.probes.map(toInspectedProbe))),
  inspected: { at, inspection },
})

/** What the probe of a container said that is gone is of no use for the next one. */
const withoutProbe = (service: ServiceState): ServiceState => {
  if (service.containers.length > 0) return service
  const { probe, ...rest } = service
  return rest
}
