import type { ContainerSummary } from '../../core/events/event.ts'
import type { Project } from '../../core/project/project.ts'
import { dependenciesOf } from '../../core/project/graph.ts'
import type { DependencyCondition } from '../../core/project/service.ts'
import type { ContainerExit } from './monitor.ts'
import type { SessionState } from './state.ts'

// An engine that was restarted starts what its restart policies say a moment after it answers again.
const comebackMs = 10_000

export type EndingOptions = {
  readonly cascade: 'none' | 'stop' | 'fail'
  readonly exitCodeFrom?: string
  /** The services that the session is about. */
  readonly services: ReadonlySet<string>
}

/**
 * Whether the end of a container ends the session. Pure. One that others wait for to complete has done what it was there for;
 * and who asks for the code of one service waits for that one, not for a job that made something ready for others.
 */
export const endsSession = (project: Project, options: EndingOptions, exit: ContainerExit): boolean => {
  const { service } = exit.container
  if (!options.services.has(service)) return false
  if (options.exitCodeFrom !== undefined)
    return (
      service === options.exitCodeFrom ||
      exit.exitCode !== 0 ||
      !isNeeded(project, service, ['service_completed_successfully', 'service_started'])
    )
  if (options.cascade === 'none') return false
  return (
    exit.exitCode !== 0 ||
    (options.cascade === 'stop' && !isNeeded(project, service, ['service_completed_successfully']))
  )
}

const isNeeded = (project: Project, service: string, conditions: readonly DependencyCondition[]): boolean =>
  Object.keys(project.services).some((name) =>
    dependenciesOf(project.services, name).some(
      ([dependency, { condition }]) => dependency === service && conditions.includes(condition),
    ),
  )

/** The code of the service whose code was asked for, when it has ended before and is not run again. Pure. */
export const toSettledExit = (
  containers: readonly ContainerSummary[],
  exitCodeFrom: string | undefined,
): number | undefined => {
  const own = containers.filter(({ service }) => service === exitCodeFrom)
  return own.every(({ state }) => state === 'exited' || state === 'dead') ? own[0]?.exitCode : undefined
}

/** Whether nothing of the session's services runs, or is about to, any more. Pure. */
export const isOver = (containers: readonly ContainerSummary[], services: ReadonlySet<string>): boolean =>
  containers.every(
    ({ service, state }) =>
      !services.has(service) || state === 'exited' || state === 'dead' || state === 'created' || state === 'removing',
  )

/** How long containers may still be started again by an engine that was away, whose policies say so; 0 when there are none. */
export const toComeback = ({ deps, lostAt, monitor, project }: SessionState): number => {
  const comesBack = monitor
    .containers()
    .some(({ service }) => /^(always|unless-stopped)/.test(project.services[service]?.restart ?? ''))
  return comesBack && lostAt !== undefined ? Math.max(0, lostAt + comebackMs - deps.clock.now()) : 0
}
