import { label, toImageReference, toMountedImages } from '../project/identity.ts'
import type { Project, ServiceName } from '../project/project.ts'
import type { Service } from '../project/service.ts'
import type { Action, Plan, Step } from './action.ts'
import { withMountableImages } from './image-mounts.ts'
import type { Observed } from './observed.ts'
import { planUp } from './plan-up.ts'
import type { UpOptions } from './up-options.ts'

export type OneOff = {
  readonly service: ServiceName
  /** The service as the command line changed it. */
  readonly definition: Service
  readonly name: string
  /** `com.docker.compose.slug`: what tells one-offs of a service apart. */
  readonly slug: string
  readonly labels: Readonly<Record<string, string>>
  readonly servicePorts: boolean
  readonly useAliases: boolean
  readonly autoRemove: boolean
}

/**
 * `run`: everything that the service needs is made and ready, and the last step creates a container of its own. Its start is not in
 * the plan: whoever runs it wants to be attached before. It is planned as the first replica of a service that has none yet, so
 * that images, networks, volumes, dependencies and what they wait for are those of `up`.
 */
export const planRun = (
  project: Project,
  observed: Observed,
  { oneOff: asked, options }: { readonly oneOff: OneOff; readonly options: UpOptions },
): Plan => {
  const { service } = asked
  const definition = withMountableImages(asked.definition, { project, images: observed.images })
  const oneOff = { ...asked, definition }
  const others = observed.containers.filter((container) => container.service !== service)
  const plan = planUp(
    project,
    { ...observed, containers: others },
    { ...options, services: [service], scale: { [service]: 1 } },
  )
  const first = `${service}.1`
  const isDropped = (step: Step): boolean => isOwnStart(step, service) || isForOwnHooks(step, project, service)
  const dropped = new Set(plan.steps.filter(isDropped).map((step) => step.id))
  const steps = plan.steps.flatMap((step) =>
    dropped.has(step.id) ? [] : [toRunStep(step, { oneOff, first, dropped })],
  )
  return { ...plan, steps, warnings: plan.warnings.filter(({ code }) => code !== 'plan/orphans') }
}

/** The start of the replica, and what comes with it and after it. */
const isOwnStart = ({ id, action }: Step, service: ServiceName): boolean => {
  if (!('service' in action) || action.service !== service) return false
  return (
    id === `${service}.1/start` ||
    action.kind === 'hook/exec' ||
    action.kind === 'hook/run' ||
    action.kind === 'service/await'
  )
}

/** Its hooks are not run, so that nobody waits for their images. */
const isForOwnHooks = ({ action }: Step, project: Project, service: ServiceName): boolean => {
  const definition = project.services[service]
  return (
    action.kind === 'image/pull' &&
    definition !== undefined &&
    action.services.every((name) => name === service) &&
    action.image !== toImageReference(project, service) &&
    !toMountedImages(definition).includes(action.image)
  )
}

type RunStep = { readonly oneOff: OneOff; readonly first: string; readonly dropped: ReadonlySet<string> }

const toRunStep = (step: Step, { oneOff, first, dropped }: RunStep): Step => {
  const kept: Step = {
    ...step,
    needs: step.needs.filter((id) => !dropped.has(id)),
    ...(step.after === undefined ? {} : { after: step.after.filter((id) => !dropped.has(id)) }),
  }
  return step.id.startsWith(`${first}/`)
    ? { ...kept, action: toRunAction(step.action, oneOff), cause: 'asked for' }
    : kept
}

const toRunAction = (
  action: Action,
  { definition, name, slug, labels, servicePorts, useAliases, autoRemove }: OneOff,
): Action => {
  if (action.kind === 'container/copy') return { ...action, container: { ...action.container, name } }
  if (action.kind !== 'container/create') return action
  const { platform } = action.definition
  return {
    ...action,
    definition: platform === undefined ? definition : { ...definition, platform },
    name,
    labels: { ...action.labels, ...labels, [label.oneOff]: 'True', [label.slug]: slug },
    oneOff: { servicePorts, useAliases, autoRemove },
  }
}
