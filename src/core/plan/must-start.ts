import { dependenciesOf } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import type { ObservedContainer } from './observed.ts'
import type { ContainerPlan } from './plan-containers.ts'
import type { Replica } from './replica-steps.ts'
import type { UpContext } from './up-context.ts'

/** What the start stage needs to know; `start` and `restart` use it with what exists and no more. */
export type StartContext = Pick<UpContext, 'project' | 'observed' | 'scope' | 'followers' | 'deferred' | 'steps'> & {
  readonly options: {
    readonly rerunCompleted?: boolean
    readonly wait?: boolean
    readonly start?: boolean
    readonly graceSeconds?: number
  }
}

/** Services whose end is what another one waits for: run once, and not again while nothing changed. */
export const toOneShots = (context: StartContext): ReadonlySet<ServiceName> =>
  new Set(
    Object.keys(context.project.services).flatMap((name) =>
      dependenciesOf(context.project.services, name)
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([dependency]) => dependency),
    ),
  )

export const hasSucceeded = (container: ObservedContainer | undefined): boolean =>
  container?.state === 'exited' && container.exitCode === 0

/** A dependency that has a container for the first time has nothing of what an earlier run left in it. */
const isFresh = ({ replicas, renewed }: ContainerPlan, name: ServiceName): boolean =>
  (replicas.get(name) ?? []).some(({ kept }) => kept === undefined) && !renewed.has(name)

export const mustStart = (
  context: StartContext,
  containers: ContainerPlan,
  { name, replica, oneShot }: { name: ServiceName; replica: Replica; oneShot: boolean },
): boolean => {
  const { kept, halted } = replica
  if (kept === undefined || halted) return true
  if (kept.state === 'running' || kept.state === 'restarting' || context.followers.has(name)) return false
  if (!oneShot || context.options.rerunCompleted === true || !hasSucceeded(kept)) return true
  return dependenciesOf(context.project.services, name).some(([dependency]) => isFresh(containers, dependency))
}

/** Whether the plan will start a service of which nothing runs: a one-shot that has succeeded stays as it is. */
export const toWillStart = (
  context: StartContext,
  replicas: ContainerPlan['replicas'],
): ((name: ServiceName) => boolean) => {
  const oneShots = toOneShots(context)
  return (name) =>
    (replicas.get(name) ?? []).some((replica) =>
      mustStart(context, { replicas, renewed: new Set() }, { name, replica, oneShot: oneShots.has(name) }),
    )
}
