import type { ContainerSummary, EventBody } from '../core/events/event.ts'
import type { Observed, ObservedContainer } from '../core/plan/observed.ts'
import type { ContainerDetails } from './ports/container-runtime.ts'

/** A container as events tell it. With details (from an inspect) it also says since when and how often restarted. */
export const toContainerSummary = (container: ObservedContainer | ContainerDetails): ContainerSummary => ({
  id: container.id,
  name: container.name,
  service: container.service,
  number: container.number,
  state: container.state,
  ...(container.health === undefined ? {} : { health: container.health }),
  ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
  ports: container.ports,
  ...('startedAt' in container && container.startedAt !== undefined
    ? { startedAt: Math.round(container.startedAt * 1000) }
    : {}),
  ...('restartCount' in container ? { restarts: container.restartCount } : {}),
})

/** One `container/changed` for each container, ordered by service and number: where a view starts from. */
export const toContainerEvents = (observed: Pick<Observed, 'containers'>): readonly EventBody[] =>
  observed.containers
    .toSorted((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : a.number - b.number))
    .map((container) => ({ type: 'container/changed', container: toContainerSummary(container) }))
