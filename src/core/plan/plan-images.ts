import { StackError } from '../errors/stack-error.ts'
import { withDependents } from '../project/graph.ts'
import { toHookImages, toImageReference, toMountedImages } from '../project/identity.ts'
import type { ServiceName } from '../project/project.ts'
import { toStableText } from '../project/config-hash.ts'
import { type ImageNeed, isPulled, needOf, platformFor, presentImage, pullNeed } from './image-need.ts'
import { selectBuildPlatforms } from './build-platforms.ts'
import { refuse, serviceOf, type UpContext } from './up-context.ts'

const assertPresent = (
  context: UpContext,
  name: ServiceName,
  reference = toImageReference(context.project, name),
): void => {
  const service = serviceOf(context, name)
  if (service.provider !== undefined || presentImage(context, name, reference) !== undefined) return
  if (context.options.settled?.has(reference) === true) return
  const why = service.build === undefined ? 'its pull policy is "never"' : 'building was switched off'
  const platform = context.observed.images.has(reference) ? platformFor(context, name) : undefined
  const missing = new StackError('plan/image-missing', {
    service: name,
    image: reference,
    why,
    ...(platform === undefined ? {} : { platform }),
  })
  refuse(context, missing, `services.${name}${service.image === undefined ? '' : '.image'}`)
}

/** `image.<reference>/pull` or `/build` for an image that a step makes present; by reference. */
export type ImageSteps = ReadonlyMap<string, string>

const usesImage = (context: UpContext, name: ServiceName, reference: string): boolean => {
  const service = serviceOf(context, name)
  return (
    toImageReference(context.project, name) === reference ||
    toHookImages(service).includes(reference) ||
    toMountedImages(service).includes(reference)
  )
}

const addPull = (context: UpContext, reference: string, cause: string): string => {
  const services = context.scope.filter((name) => usesImage(context, name, reference))
  const platform = services.map((name) => platformFor(context, name)).find((value) => value !== undefined)
  return context.steps.add({
    id: `image.${reference}/pull`,
    action: { kind: 'image/pull', image: reference, services, ...(platform === undefined ? {} : { platform }) },
    cause,
  })
}

/** Services whose images are the same build share it: one build, several names of its image would be two. */
const addBuild = (context: UpContext, name: ServiceName, cause: string): string => {
  const definition = serviceOf(context, name)
  const reference = toImageReference(context.project, name)
  return context.steps.add({
    id: `${name}/build`,
    action: {
      kind: 'image/build',
      service: name,
      image: reference,
      definition,
      platforms: selectBuildPlatforms(definition, { all: false, environment: context.project.context.environment }),
    },
    cause,
  })
}

/** What is missing, or is always asked for, of the images of a service's hooks and of those that it mounts. */
const sideNeed = (context: UpContext, name: ServiceName, reference: string): ImageNeed => {
  const { settled, pull } = context.options
  if (settled?.has(reference) === true) return { kind: 'none' }
  const service = serviceOf(context, name)
  const policy = pull ?? service.pull_policy ?? 'missing'
  // What is mounted stays mounted in a container that runs: to fetch it again would change nothing.
  const isFixed = policy === 'build' || (policy !== 'never' && !toHookImages(service).includes(reference))
  return pullNeed(isFixed ? 'missing' : policy, presentImage(context, name, reference), context.observed)
}

/** The images that services need beside their own, each once; one that a service builds is built and not pulled. */
const planSideImages = (context: UpContext, steps: Map<string, string>): void => {
  const { project } = context
  for (const name of context.scope) {
    const service = serviceOf(context, name)
    if (service.provider !== undefined) continue
    for (const reference of [...toHookImages(service), ...toMountedImages(service)]) {
      if (steps.has(reference)) continue
      const builder = Object.keys(project.services).find(
        (other) => project.services[other]?.build !== undefined && toImageReference(project, other) === reference,
      )
      const need = builder === undefined ? sideNeed(context, name, reference) : needOf(context, builder)
      if (need.kind === 'pull') steps.set(reference, addPull(context, reference, need.cause))
      else if (need.kind === 'build' && builder !== undefined && presentImage(context, name, reference) === undefined)
        steps.set(reference, addBuild(context, builder, need.cause))
      else assertPresent(context, name, reference)
    }
  }
}

/** Services whose images this one's is built from: by its Dockerfile, or as contexts. */
const parentsOf = (context: UpContext, name: ServiceName): readonly ServiceName[] => {
  const named = Object.values(serviceOf(context, name).build?.additional_contexts ?? {}).flatMap((value) =>
    value.startsWith('service:') ? [value.slice('service:'.length)] : [],
  )
  return [...new Set([...named, ...(context.options.imageParents?.get(name)?.all ?? [])])]
}

const isBuild = (context: UpContext, steps: ReadonlyMap<string, string>, name: ServiceName): boolean => {
  const step = steps.get(toImageReference(context.project, name))
  return step !== undefined && step.endsWith('/build')
}

/** Built alone, by a command or another tool, an image has others below it than those that were built from it before. */
const isOutdated = (context: UpContext, name: ServiceName, parent: ServiceName): boolean => {
  const { options, project } = context
  if (options.imageParents?.get(name)?.below !== parent || serviceOf(context, name).build?.pull === true) return false
  const own = presentImage(context, name)?.layers ?? []
  const below = context.observed.images.get(toImageReference(project, parent))?.layers ?? []
  return own.length > 0 && below.some((layer, index) => own[index] !== layer)
}

/**
 * An image that is built from another service's is built again when that one is, or has been since, and so are those that are
 * built from it.
 */
const rebuildChildren = (context: UpContext, steps: Map<string, string>): void => {
  const { options, project } = context
  if (options.build === 'never') return
  const waiting = new Set(
    context.scope.filter((name) => serviceOf(context, name).build !== undefined && !isPulled(serviceOf(context, name))),
  )
  const next = (): readonly [ServiceName, string] | undefined => {
    for (const name of waiting) {
      const reference = toImageReference(project, name)
      if (steps.has(reference) || options.settled?.has(reference) === true) continue
      const parents = parentsOf(context, name)
      const built = parents.find((other) => isBuild(context, steps, other))
      if (built !== undefined) return [name, `${built}, whose image it is built from, is built`]
      const old = parents.find((other) => isOutdated(context, name, other))
      if (old !== undefined) return [name, `${old}, whose image it is built from, has another image now`]
    }
    return undefined
  }
  for (let found = next(); found !== undefined; found = next()) {
    const [name, cause] = found
    waiting.delete(name)
    steps.set(toImageReference(project, name), addBuild(context, name, cause))
  }
}

/** Whether one is built from the other, by way of others too. */
const isBuiltFrom = (context: UpContext, name: ServiceName, other: ServiceName): boolean => {
  const seen = new Set<ServiceName>()
  const visit = (at: ServiceName): boolean => {
    if (at === other) return true
    if (seen.has(at) || context.project.services[at] === undefined) return false
    seen.add(at)
    return parentsOf(context, at).some(visit)
  }
  return visit(name)
}

/** Builds that are made from another service's image wait for its build; two that name each other wait for neither. */
const orderBuilds = (context: UpContext, steps: ReadonlyMap<string, string>): void => {
  for (const name of context.scope) {
    const own = steps.get(toImageReference(context.project, name))
    for (const parent of parentsOf(context, name)) {
      const other = steps.get(toImageReference(context.project, parent))
      if (own === undefined || other === undefined || own === other) continue
      if (!isBuiltFrom(context, parent, name)) context.steps.require(own, [other])
    }
  }
}

/** Services outside of the scope whose images are built from one that is built, or was in an earlier round of this command. */
export const findImageChildren = (context: UpContext): readonly ServiceName[] => {
  const { options, project, scope, steps } = context
  if (options.build === 'never') return []
  const isBuilt = (name: ServiceName): boolean =>
    scope.includes(name) &&
    serviceOf(context, name).build !== undefined &&
    (steps.has(`${name}/build`) || options.settled?.has(toImageReference(project, name)) === true)
  return Object.keys(project.services).filter(
    (name) =>
      !scope.includes(name) &&
      parentsOf(context, name).some((parent) => project.services[parent] !== undefined && isBuilt(parent)),
  )
}

/**
 * A service that has containers and whose image is about to be pulled or built: whether it must be recreated is known
 * only afterwards. It is left to the next round, with what waits for it; everything else goes on.
 */
const deferUndecided = (context: UpContext, images: ImageSteps): void => {
  const undecided = context.scope.filter(
    (name) =>
      context.containersOf(name).length > 0 &&
      [toImageReference(context.project, name), ...toMountedImages(serviceOf(context, name))].some((each) =>
        images.has(each),
      ),
  )
  if (undecided.length === 0) return
  for (const name of withDependents(context.project.services, undecided)) {
    if (context.scope.includes(name)) context.deferred.add(name)
  }
}

/** Adds a pull or a build for each image that the scope needs and that is not there as it should be. */
export const planImages = (context: UpContext): ImageSteps => {
  const steps = new Map<string, string>()
  const builds = new Map<string, string>()
  for (const name of context.scope) {
    const reference = toImageReference(context.project, name)
    if (steps.has(reference)) continue
    const need = needOf(context, name)
    if (need.kind === 'none') assertPresent(context, name)
    else if (need.kind === 'pull') steps.set(reference, addPull(context, reference, need.cause))
    else {
      const key = toStableText(serviceOf(context, name).build) + reference
      const step = builds.get(key) ?? addBuild(context, name, need.cause)
      builds.set(key, step)
      steps.set(reference, step)
    }
  }
  rebuildChildren(context, steps)
  planSideImages(context, steps)
  orderBuilds(context, steps)
  deferUndecided(context, steps)
  return steps
}
