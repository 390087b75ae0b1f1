import { dependenciesOf, restartsWith } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import { findCutOff } from './bonds.ts'
import { addStop, isUp } from './container-steps.ts'
import { type ContainerPlan, inDependencyOrder } from './plan-containers.ts'
import { toWillStart } from './must-start.ts'
import type { Replica } from './replica-steps.ts'
import { serviceOf, type UpContext } from './up-context.ts'

type Stops = {
  readonly all: readonly string[]
  /** Those that wait for a replacement to be there. */ readonly late: readonly string[]
}

/** Steps of this plan that stop a container of the service. */
const stopsOf = ({ steps, containersOf }: UpContext, name: ServiceName, replicas: readonly Replica[]): Stops => ({
  all: [...new Set(containersOf(name).map(({ number }) => `${name}.${number}/stop`))].filter((id) => steps.has(id)),
  late: replicas.flatMap(({ stopsOld }) => stopsOld ?? []),
})

/**
 * A dependent that is itself replaced stops only once its replacement is there, which may need the network that an
 * early stop makes way for: then the order of the two stops is left open.
 */
const haltReplica = (
  context: UpContext,
  replica: Replica,
  { cause, before }: { cause: string; before: Stops },
): Replica => {
  const { kept, stopsOld } = replica
  if (stopsOld !== undefined) {
    for (const id of before.late) context.steps.require(id, [stopsOld])
    return replica
  }
  if (kept === undefined || !isUp(kept)) return replica
  const stop = addStop(context, kept, { cause })
  for (const id of before.all) context.steps.require(id, [stop])
  return { ...replica, halted: true }
}

type Halting = { readonly dependency: ServiceName; readonly isReplaced: boolean }

const causeOf = (context: UpContext, name: ServiceName, { dependency, isReplaced }: Halting): string => {
  const what = isReplaced ? 'is replaced' : 'has fewer containers'
  const isAsked = dependenciesOf(context.project.services, name).some(
    ([other, { restart }]) => other === dependency && restart === true,
  )
  return isAsked
    ? `${dependency} ${what}, and depends_on says restart`
    : `${dependency}, whose namespace it shares, ${what}`
}

/** Who shares a namespace with what has ended, or ended and began anew, is cut off until it begins anew itself. */
const haltCutOff = (
  context: UpContext,
  { name, replica, willStart }: { name: ServiceName; replica: Replica; willStart: (service: ServiceName) => boolean },
): Replica => {
  const { kept, halted } = replica
  if (kept === undefined || !isUp(kept) || halted || context.options.start === false) return replica
  const lost = findCutOff(context.bonds, { service: serviceOf(context, name), container: kept })
  if (lost === undefined) return replica
  const { service: lender } = lost.share
  if (lost.hasEnded && (lender === undefined || !willStart(lender))) return replica
  addStop(context, kept, { cause: lost.cause })
  return { ...replica, halted: true }
}

/**
 * `depends_on.restart` and shared namespaces: a dependent that stays is stopped before, and started after, a dependency that
 * is replaced.
 */
export const haltDependents = (context: UpContext, containers: ContainerPlan): ContainerPlan => {
  const replicas = new Map(containers.replicas)
  const willStart = toWillStart(context, replicas)
  for (const name of inDependencyOrder(context)) {
    for (const dependency of restartsWith(context.project.services, name)) {
      const before = stopsOf(context, dependency, replicas.get(dependency) ?? [])
      const own = replicas.get(name)
      if (before.all.length === 0 || own === undefined) continue
      const isReplaced = (replicas.get(dependency) ?? []).some(({ number }) =>
        before.all.includes(`${dependency}.${number}/stop`),
      )
      const cause = causeOf(context, name, { dependency, isReplaced })
      replicas.set(
        name,
        own.map((replica) => haltReplica(context, replica, { cause, before })),
      )
    }
    const own = replicas.get(name) ?? []
    replicas.set(
      name,
      own.map((replica) => haltCutOff(context, { name, replica, willStart })),
    )
  }
  return { ...containers, replicas }
}
