import type { ContainerSummary } from '../core/events/event.ts'
import type { ObservedContainer } from '../core/plan/observed.ts'
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
  ...('oomKilled' in container && container.oomKilled && container.exitCode !== undefined ? { outOfMemory: true } : {}),
  ports: container.ports,
  ...('startedAt' in container && container.startedAt !== undefined
    ? { startedAt: Math.round(container.startedAt * 1000) }
    : {}),
  ...('restartCount' in container ? { restarts: container.restartCount } : {}),
})
