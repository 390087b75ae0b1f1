import { namespaceParents, restartsWith, sharesOf } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import { isUp } from './container-steps.ts'
import { findImageChildren } from './plan-images.ts'
import { serviceOf, type UpContext } from './up-context.ts'

/** A plan for what was asked for, before it is known whom that touches besides. */
export type Draft = { readonly context: UpContext; readonly renewed: ReadonlySet<ServiceName> }

const hasStep = (
  { steps, containersOf }: UpContext,
  name: ServiceName,
  verbs: readonly ('create' | 'stop' | 'start')[],
): boolean => {
  const numbers = new Set([1, ...containersOf(name).map(({ number }) => number)])
  return [...numbers].some((number) => verbs.some((verb) => steps.has(`${name}.${number}/${verb}`)))
}

/** Whether what the plan does to the services of its scope leaves this one, which is not of it, without what it shares. */
const isTouched = (context: UpContext, name: ServiceName): boolean => {
  const { project } = context
  const shared = namespaceParents(serviceOf(context, name), project.services)
  const isOf = (other: ServiceName): boolean => context.scope.includes(other) && !context.deferred.has(other)
  return (
    restartsWith(project.services, name).some((other) => isOf(other) && hasStep(context, other, ['stop'])) ||
    shared.some((other) => isOf(other) && hasStep(context, other, ['create', 'stop', 'start']))
  )
}

/**
 * Services outside of the scope that run, and that what is done to those of the scope concerns: they share namespaces or volumes
 * with one of them, or say `restart: true` of it. Those whose images are built from one that is built have to be built, too.
 */
export const findFollowers = ({ context }: Draft): readonly ServiceName[] => {
  const children = findImageChildren(context)
  return Object.keys(context.project.services).filter(
    (name) =>
      !context.scope.includes(name) &&
      (children.includes(name) || (context.containersOf(name).some(isUp) && isTouched(context, name))),
  )
}

/** Left alone on purpose (`--no-deps`), and told where it is cut off by that. */
export const warnOfLeftBehind = (context: UpContext, names: readonly ServiceName[]): void => {
  for (const name of names) {
    const service = serviceOf(context, name)
    const lender = namespaceParents(service, context.project.services).find((other) => context.scope.includes(other))
    if (lender === undefined) continue
    const isVolumes = sharesOf(service, context.project.services).every(
      (share) => share.service !== lender || share.kind === 'volumes',
    )
    context.warnings.push({
      severity: 'warning',
      code: 'plan/left-behind',
      message: isVolumes
        ? `Service "${name}" uses the volumes of "${lender}", and keeps those of the container that goes.`
        : `Service "${name}" shares a namespace of "${lender}", and is cut off when that one's container is replaced or restarted.`,
      hint: `Run "stack up ${name}" afterwards.`,
      path: `services.${name}`,
    })
  }
}
