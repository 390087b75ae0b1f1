import { nearestName } from '../errors/nearest-name.ts'
import { StackError } from '../errors/stack-error.ts'
import { dependenciesOf } from '../project/graph.ts'
import { type Project, type ServiceName, withPlaces } from '../project/project.ts'
import type { Plan } from './action.ts'
import { checkScope } from './check-scope.ts'
import { addStop, isUp, refOf, subjectOf } from './container-steps.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { type ContainerPlan, inDependencyOrder, planContainers } from './plan-containers.ts'
import type { Replica } from './replica-steps.ts'
import { planImages } from './plan-images.ts'
import { planModels } from './plan-models.ts'
import { planNetworks } from './plan-networks.ts'
import { planStarts } from './plan-start.ts'
import { planVolumes } from './plan-volumes.ts'
import { createUpContext, type UpContext } from './up-context.ts'
import type { UpOptions } from './up-options.ts'

/** Throws `plan/unknown-service` for a name that the project does not have. */
export const assertProjectServices = (project: Pick<Project, 'services'>, names: readonly ServiceName[]): void => {
  for (const service of names) {
    if (project.services[service] !== undefined) continue
    const near = nearestName(service, Object.keys(project.services))
    throw new StackError('plan/unknown-service', { service, ...(near === undefined ? {} : { near }) })
  }
}

const isOrphan = (project: Project, { service }: ObservedContainer): boolean =>
  project.services[service] === undefined && project.context.disabled[service] === undefined

/** Containers of services that the file no longer has, and one-offs that have ended. */
const planOrphans = (context: UpContext): void => {
  const { observed, options, project, warnings, steps } = context
  const strays = observed.containers.filter(
    (container) => isOrphan(project, container) || (container.oneOff && !isUp(container)),
  )
  if (options.removeOrphans === true) {
    for (const container of strays) {
      const cause = isOrphan(project, container) ? 'its service is not in the file' : 'a one-off that has ended'
      const needs = isUp(container) ? [addStop(context, container, { cause })] : []
      const id = `${subjectOf(container)}/remove-orphan`
      if (steps.has(id)) continue
      steps.add({
        id,
        needs,
        cause,
        action: {
          kind: 'container/remove',
          container: refOf(container),
          service: container.service,
          force: true,
          anonymousVolumes: false,
        },
      })
    }
    return
  }
  const orphans = strays.filter((container) => isOrphan(project, container) && !container.oneOff)
  if (orphans.length === 0 || options.ignoreOrphans === true) return
  warnings.push({
    severity: 'warning',
    code: 'plan/orphans',
    message: `Found containers of services that are not in the stack file: ${orphans.map(({ name }) => name).join(', ')}.`,
    hint: 'If you renamed or removed them on purpose, run this command with --remove-orphans.',
  })
}

type Stops = {
  readonly all: readonly string[]
  /** Those that wait for a replacement to be there. */ readonly late: readonly string[]
}

/** Steps of this plan that stop a container of the service. */
const stopsOf = ({ steps }: UpContext, name: ServiceName, replicas: readonly Replica[]): Stops => ({
  all: replicas.map(({ number }) => `${name}.${number}/stop`).filter((id) => steps.has(id)),
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

/** `depends_on.restart`: a dependent that stays is stopped before, and started after, a dependency that is replaced. */
const haltDependents = (context: UpContext, containers: ContainerPlan): ContainerPlan => {
  const replicas = new Map(containers.replicas)
  for (const name of inDependencyOrder(context)) {
    for (const [dependency, { restart }] of dependenciesOf(context.project.services, name)) {
      const before = stopsOf(context, dependency, replicas.get(dependency) ?? [])
      const own = replicas.get(name)
      if (restart !== true || before.all.length === 0 || own === undefined) continue
      const cause = `${dependency} is replaced, and depends_on says restart`
      replicas.set(
        name,
        own.map((replica) => haltReplica(context, replica, { cause, before })),
      )
    }
  }
  return { ...containers, replicas }
}

const isUntouched = (context: UpContext, plan: readonly { action: { kind: string } }[], name: ServiceName): boolean =>
  !context.deferred.has(name) && !plan.some(({ action }) => 'service' in action && action.service === name)

/**
 * What `up` does: pull, build, create, start, wait, and hooks, in the order that each needs. Pure: the same project and
 * the same world give the same plan. Throws a `StackError` for what cannot be planned (an unknown service, an
 * external network that is missing).
 */
export const planUp = (project: Project, observed: Observed, options: UpOptions): Plan => {
  assertProjectServices(project, options.services ?? [])
  assertProjectServices(project, Object.keys(options.scale ?? {}))
  const context = createUpContext(project, observed, options)
  checkScope(context)
  const images = planImages(context)
  const networks = planNetworks(context)
  const volumes = planVolumes(context)
  const containers = haltDependents(context, planContainers(context, { images, networks, volumes }))
  if (options.start !== false) planStarts(context, containers, images)
  planModels(context, containers.replicas)
  planOrphans(context)
  const steps = context.steps.sorted()
  return {
    steps,
    warnings: withPlaces(project, context.warnings),
    unchanged: context.scope.filter((name) => isUntouched(context, steps, name)),
  }
}
