import { nearestName } from '../errors/nearest-name.ts'
import { StackError } from '../errors/stack-error.ts'
import { type Project, type ServiceName, withPlaces } from '../project/project.ts'
import type { Plan } from './action.ts'
import { assertPossible, checkScope } from './check-scope.ts'
import { addStop, isUp, refOf, subjectOf } from './container-steps.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { type Draft, findFollowers, warnOfLeftBehind } from './follow.ts'
import { haltDependents } from './halt-dependents.ts'
import { planContainers } from './plan-containers.ts'
import { planImages } from './plan-images.ts'
import { planModels } from './plan-models.ts'
import { planFormerNetworks, planNetworks } from './plan-networks.ts'
import { planStarts } from './plan-start.ts'
import { planVolumes } from './plan-volumes.ts'
import { createUpContext, type UpContext } from './up-context.ts'
import { checkMachine } from './preflight.ts'
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

const isUntouched = (context: UpContext, plan: readonly { action: { kind: string } }[], name: ServiceName): boolean =>
  !context.deferred.has(name) && !plan.some(({ action }) => 'service' in action && action.service === name)

const planOnce = (project: Project, observed: Observed, options: UpOptions): Draft => {
  const context = createUpContext(project, observed, options)
  checkScope(context)
  const images = planImages(context)
  const networks = planNetworks(context)
  const volumes = planVolumes(context)
  const containers = haltDependents(context, planContainers(context, { images, networks, volumes }))
  if (options.start !== false) planStarts(context, containers, images)
  planModels(context, containers.replicas)
  return { context, renewed: containers.renewed }
}

/**
 * What `up` does: pull, build, create, start, wait, and hooks, in the order that each needs. Pure: the same project and
 * the same world give the same plan. Throws a `StackError` for what cannot be planned (an unknown service, an
 * external network that is missing).
 */
export const planUp = (project: Project, observed: Observed, options: UpOptions): Plan => {
  assertProjectServices(project, options.services ?? [])
  assertProjectServices(project, Object.keys(options.scale ?? {}))
  let draft = planOnce(project, observed, options)
  let followers = findFollowers(draft)
  const leavesBehind = options.noDeps === true && options.takesAlong !== true
  while (followers.length > 0 && !leavesBehind) {
    draft = planOnce(project, observed, {
      ...options,
      followers: new Set([...draft.context.followers, ...followers]),
    })
    followers = findFollowers(draft)
  }
  const { context } = draft
  warnOfLeftBehind(context, followers)
  planOrphans(context)
  planFormerNetworks(context)
  const steps = context.steps.sorted()
  context.problems.push(...checkMachine(context, steps))
  assertPossible(context)
  return {
    steps,
    warnings: withPlaces(project, context.warnings),
    unchanged: context.scope.filter((name) => isUntouched(context, steps, name)),
  }
}
