import { toImageReference } from '../project/identity.ts'
import type { ServiceName } from '../project/project.ts'
import type { Service } from '../project/service.ts'
import { platformOf } from '../project/platform.ts'
import { parseDuration } from '../project/units.ts'
import { isForPlatform } from './image-content.ts'
import type { Observed, ObservedImage } from './observed.ts'
import { serviceOf, type UpContext } from './up-context.ts'

export type ImageNeed = { readonly kind: 'pull' | 'build'; readonly cause: string } | { readonly kind: 'none' }

const daily = 86_400
const refreshSeconds = (policy: string): number | undefined => {
  if (policy === 'daily') return daily
  if (policy === 'weekly') return 7 * daily
  const every = policy.startsWith('every_') ? parseDuration(policy.slice('every_'.length)) : undefined
  return every === undefined ? undefined : every / 1e9
}

const buildNeed = (context: UpContext, name: ServiceName, present: boolean): ImageNeed => {
  const service = serviceOf(context, name)
  const { build = 'missing' } = context.options
  if (build === 'always') return { kind: 'build', cause: 'asked for with --build' }
  if (context.options.buildAnew?.has(name) === true && build !== 'never')
    return { kind: 'build', cause: 'how it is built was edited' }
  if (service.pull_policy === 'build' && build !== 'never') return { kind: 'build', cause: 'pull_policy is build' }
  if (present) return { kind: 'none' }
  if (build === 'never') return { kind: 'none' }
  return { kind: 'build', cause: 'the image is missing' }
}

/** The platform that a service runs on, when one is named. */
export const platformFor = (context: UpContext, name: ServiceName): string | undefined =>
  platformOf(serviceOf(context, name), context.project.context.environment)

/** What the engine has for the service to run: an image of that name for another platform is none. */
export const presentImage = (
  context: UpContext,
  name: ServiceName,
  reference = toImageReference(context.project, name),
): ObservedImage | undefined => {
  const image = context.observed.images.get(reference)
  return image !== undefined && isForPlatform(image, platformFor(context, name)) ? image : undefined
}

/** Whether a policy wants an image pulled that is there, or is not. */
export const pullNeed = (
  policy: string,
  image: ObservedImage | undefined,
  { observedAt: now }: Pick<Observed, 'observedAt'>,
): ImageNeed => {
  if (policy === 'always') return { kind: 'pull', cause: 'pull_policy is always' }
  if (policy === 'never') return { kind: 'none' }
  if (image === undefined) return { kind: 'pull', cause: 'the image is missing' }
  const seconds = refreshSeconds(policy)
  const newest = image.taggedAt ?? image.createdAt
  if (seconds === undefined || now === undefined || now / 1000 - newest < seconds) return { kind: 'none' }
  return { kind: 'pull', cause: `pull_policy is ${policy}` }
}

export const needOf = (context: UpContext, name: ServiceName): ImageNeed => {
  const service = serviceOf(context, name)
  const reference = toImageReference(context.project, name)
  if (service.provider !== undefined || context.options.settled?.has(reference) === true) return { kind: 'none' }
  const image = presentImage(context, name)
  // Nobody asked for it: it runs, and is made again of what it was made of where that is still there.
  if (context.followers.has(name) && image !== undefined) return { kind: 'none' }
  const policy = context.options.pull ?? service.pull_policy
  if (service.build !== undefined) {
    const need = buildNeed(context, name, image !== undefined)
    return need.kind === 'build' && isPulled(service) && context.options.build !== 'always'
      ? { kind: 'pull', cause: need.cause }
      : need
  }
  return pullNeed(policy ?? 'missing', image, context.observed)
}

/** A build section says where the image comes from, unless the file asks for a pull by name. */
export const isPulled = ({ image, pull_policy: policy }: Service): boolean =>
  image !== undefined && (policy === 'always' || policy === 'missing')
