import type { ContainerSummary } from '../../core/events/event.ts'
import { sharesOf } from '../../core/project/graph.ts'
import { attempt } from './enqueue-plan.ts'
import type { SessionState } from './state.ts'

/** Pairs of a container and the later start of one with whom it shares a namespace. */
const findCutOff = ({ project, monitor }: SessionState): readonly string[] => {
  const all = monitor.containers()
  const running = all.filter(({ state }) => state === 'running')
  const isLater = (lender: ContainerSummary, container: ContainerSummary): boolean =>
    (lender.startedAt ?? 0) > (container.startedAt ?? Number.POSITIVE_INFINITY)
  return all.flatMap((container) => {
    const service = project.services[container.service]
    const isUp = running.includes(container)
    // The kernel kills all that shares the process namespace of one that ends.
    const kinds = isUp ? ['network', 'ipc', 'pid', 'uts', 'cgroup'] : container.exitCode === 137 ? ['pid'] : []
    const lenders = (service === undefined ? [] : sharesOf(service, project.services)).flatMap((share) =>
      kinds.includes(share.kind) ? (share.service ?? []) : [],
    )
    return running
      .filter((other) => lenders.includes(other.service) && isLater(other, container))
      .map((lender) => `${container.id} ${lender.id} ${lender.startedAt}`)
  })
}

/**
 * What the engine, or somebody else, restarts takes its namespaces with it: whoever shares them is restarted. Each restart is
 * answered once; what goes wrong with it is told, and not tried for ever.
 */
export const rejoin = (state: SessionState): void => {
  if (state.phase !== 'running' || state.jobs.isBusy()) return
  if (state.request.opens === true && state.request.watch !== true) return
  const fresh = findCutOff(state).filter((pair) => !state.rejoined.has(pair))
  if (fresh.length === 0) return
  for (const pair of fresh) state.rejoined.add(pair)
  const { graceSeconds } = state.request
  const plan = state.plans.rejoin(graceSeconds === undefined ? {} : { graceSeconds })
  void attempt(state, 'rejoin', { plan, trigger: 'command' })
}
