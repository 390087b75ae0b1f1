import type { ConfigParts } from '../project/config-hash.ts'
import { label } from '../project/identity.ts'
import { namespaceParents } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import { toImageReference } from '../project/identity.ts'
import { readRememberedParts, toNames } from '../project/remembered-parts.ts'
import { platformOf } from '../project/platform.ts'
import { changedMount } from './image-mounts.ts'
import { runsImage } from './image-content.ts'
import { brokenBond } from './bonds.ts'
import { isUp } from './container-steps.ts'
import type { NetworkSteps } from './plan-networks.ts'
import type { ObservedContainer } from './observed.ts'
import { serviceOf, type UpContext } from './up-context.ts'
import type { RecreatePolicy } from './up-options.ts'

/** Whether a container can stay, or why it cannot. */
export type Verdict = { readonly kind: 'keep' } | { readonly kind: 'recreate'; readonly cause: string }

const keep: Verdict = { kind: 'keep' }
const recreate = (cause: string): Verdict => ({ kind: 'recreate', cause })

const limit = 3
/** `environment DB_HOST and ports changed`: names of what differs, never a value. */
export const toChangeText = (
  before: ConfigParts,
  after: ConfigParts,
  image?: { readonly from: string; readonly to: string },
): string => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((name) => before[name] !== after[name])
  const texts = names.map((name) => {
    if (name === 'image' && image !== undefined) return `image changed ${image.from} → ${image.to}`
    const words = name
      .replace('.', ' ')
      .replace(
        /^(configs|secrets) (.*)\.content$/,
        (_, kind: string, source: string) => `content of ${kind.slice(0, -1)} ${source}`,
      )
    if (before[name] === undefined) return `${words} added`
    return after[name] === undefined ? `${words} removed` : `${words} changed`
  })
  const more = texts.length - limit
  return more > 0 ? `${texts.slice(0, limit).join(', ')} and ${more} more` : texts.join(', ')
}

const configChange = (context: UpContext, name: ServiceName, container: ObservedContainer): string | undefined => {
  // What it should be made from is not known whole.
  if (context.project.context.lacking?.[name] !== undefined) return undefined
  const before = readRememberedParts(container.labels[label.parts])
  const isHashSame = (): boolean => container.labels[label.configHash] === context.hashOf(name)
  // Made by Docker Compose: taken over as it is while it agrees that nothing changed.
  if (before === undefined)
    return isHashSame() ? undefined : 'it was not created by Stack, and its configuration changed'
  const images = { from: container.image, to: toImageReference(context.project, name) }
  const after = context.partsLike(name, before)
  if (after !== undefined) return toChangeText(before.parts, after, images) || undefined
  // Made with the key of somebody else, or with one that is lost: only the whole can be compared, as Docker Compose does it.
  if (isHashSame()) return undefined
  const names = toChangeText(toNames(before.parts), toNames(context.partsOf(name).parts))
  if (names !== '') return names
  return images.from === images.to ? 'its configuration changed' : `image changed ${images.from} → ${images.to}`
}

const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12)

const imageChange = (context: UpContext, name: ServiceName, container: ObservedContainer): string | undefined => {
  const reference = toImageReference(context.project, name)
  const image = context.observed.images.get(reference)
  const made = container.labels[label.image] ?? container.imageId
  const platform = platformOf(serviceOf(context, name), context.project.context.environment)
  if (image === undefined || made === '' || runsImage(container, { image, platform, engine: context.observed.engine }))
    return undefined
  return `${reference} is a new image ${shortId(made)} → ${shortId(image.id)}`
}

const mountedImageChange = (
  context: UpContext,
  name: ServiceName,
  container: ObservedContainer,
): string | undefined => {
  const changed = changedMount(container, { service: serviceOf(context, name), images: context.observed.images })
  return changed === undefined ? undefined : `${changed.source}, mounted at ${changed.target}, is a new image`
}

const networkChange = (context: UpContext, { name, container, networks }: DiffInput): string | undefined => {
  const service = serviceOf(context, name)
  if (service.network_mode !== undefined) return undefined
  for (const key of Object.keys(service.networks ?? {})) {
    const network = context.project.networks[key]
    if (network === undefined) continue
    const attached = container.networks.find((one) => one.name === network.name)
    if (attached === undefined) return `it is not connected to network ${key}`
    if (networks.remade.has(network.name)) continue
    const id = networks.ids.get(key)
    if (attached.id === '') continue
    if (id === undefined || attached.id !== id) return `network ${key} is another one now`
  }
  return undefined
}

const volumeChange = (context: UpContext, name: ServiceName, container: ObservedContainer): string | undefined => {
  for (const { type, source, target } of serviceOf(context, name).volumes ?? []) {
    if (type !== 'volume' || source === undefined) continue
    const volume = context.project.volumes[source]
    const mounted = container.mounts.some((mount) => mount.target === target && mount.source === volume?.name)
    if (volume !== undefined && !mounted) return `volume ${source} is not mounted at ${target}`
  }
  return undefined
}

export type Outdated = { readonly service: ServiceName; readonly cause: string }

/** Services in scope of which a container was made from something else than the file has now: for commands that keep what is there. */
export const findOutdated = (context: UpContext): readonly Outdated[] =>
  context.scope.flatMap((service) => {
    for (const container of context.containersOf(service)) {
      const cause = configChange(context, service, container) ?? imageChange(context, service, container)
      if (cause !== undefined) return [{ service, cause }]
    }
    return []
  })

export type DiffInput = {
  readonly name: ServiceName
  readonly container: ObservedContainer
  readonly networks: NetworkSteps
  /** Services that get new containers in this plan. */
  readonly renewed: ReadonlySet<ServiceName>
}

const policyFor = ({ options, targets, followers }: UpContext, name: ServiceName): RecreatePolicy => {
  if (followers.has(name)) return 'diverged'
  if (options.renewAnonymousVolumes === true && targets.has(name)) return 'force'
  return (targets.has(name) ? options.recreate : options.recreateDependencies) ?? 'diverged'
}

const sharingChange = (context: UpContext, { name, container, renewed }: DiffInput): string | undefined => {
  const service = serviceOf(context, name)
  const parent = namespaceParents(service, context.project.services).find((other) => renewed.has(other))
  return parent === undefined
    ? brokenBond(context.bonds, { service, container })
    : `${parent}, whose namespace or volumes it shares, gets a new container`
}

/** One that does not run and shares a namespace with a container that is gone cannot be started: there is nothing to keep. */
const keepOrFail = (context: UpContext, { name, container }: DiffInput): Verdict => {
  const service = { ...serviceOf(context, name), volumes_from: [] }
  const cause = isUp(container) ? undefined : brokenBond(context.bonds, { service, container })
  return cause === undefined ? keep : recreate(cause)
}

/** Compares what a container was made from with what the file says now. Pure; the first reason found is the answer. */
export const diffContainer = (context: UpContext, input: DiffInput): Verdict => {
  const { name, container } = input
  const policy = policyFor(context, name)
  if (policy === 'never') return keepOrFail(context, input)
  // Nobody asked for it, and it does not run: its own start brings it up to date.
  if (context.followers.has(name) && !isUp(container)) return keep
  if (policy === 'force' && context.options.before?.has(container.id) !== false) return recreate('asked for')
  if (container.state === 'dead') return recreate('it is dead')
  const sharing = sharingChange(context, input)
  if (sharing !== undefined) return recreate(sharing)
  if (context.followers.has(name)) {
    const image = context.options.settled?.has(toImageReference(context.project, name)) === true
    const change = image ? imageChange(context, name, container) : undefined
    return change === undefined ? keep : recreate(change)
  }
  const folder = container.labels[label.workingDir] ?? context.project.context.directory
  if (context.options.adopt === true && folder !== context.project.context.directory)
    return recreate(`taken over from ${folder}`)
  const cause =
    configChange(context, name, container) ??
    imageChange(context, name, container) ??
    mountedImageChange(context, name, container) ??
    networkChange(context, input) ??
    volumeChange(context, name, container)
  return cause === undefined ? keep : recreate(cause)
}
