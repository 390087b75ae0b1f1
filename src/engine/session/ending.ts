import type { ContainerSummary } from '../../core/events/event.ts'
import type { Project } from '../../core/project/project.ts'
import { dependenciesOf } from '../../core/project/graph.ts'
import type { ContainerExit } from './monitor.ts'

export type EndingOptions = {
  readonly cascade: 'none' | 'stop' | 'fail'
  readonly exitCodeFrom?: string
  /** The services that the session is about. */
  readonly services: ReadonlySet<string>
}

/** Whether the end of a container ends the session. Pure. */
export const endsSession = (project: Project, options: EndingOptions, exit: ContainerExit): boolean => {
  const { service } = exit.container
  if (!options.services.has(service)) return false
  const mode = options.exitCodeFrom === undefined ? options.cascade : 'stop'
  if (mode === 'none' || (mode === 'fail' && exit.exitCode === 0)) return false
  // One that others wait for to complete has done what it was there for.
  return exit.exitCode !== 0 || !isAwaited(project, service)
}

const isAwaited = (project: Project, service: string): boolean =>
  Object.keys(project.services).some((name) =>
    dependenciesOf(project.services, name).some(
      ([dependency, { condition }]) => dependency === service && condition === 'service_completed_successfully',
    ),
  )

/** Whether nothing of the session's services runs, or is about to, any more. Pure. */
export const isOver = (containers: readonly ContainerSummary[], services: ReadonlySet<string>): boolean =>
  containers.every(
    ({ service, state }) =>
      !services.has(service) || state === 'exited' || state === 'dead' || state === 'created' || state === 'removing',
  )
