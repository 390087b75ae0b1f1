import type {
  ListedImage,
  ListedNetwork,
  ListedVolume,
  ObjectUser,
  ProjectObjects,
} from '../../core/events/project-objects.ts'
import type { ObservedContainer, ObservedImage, ObservedNetwork, ObservedVolume } from '../../core/plan/observed.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { Project } from '../../core/project/project.ts'
import { isCutOff } from '../await-engine.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'

type ListingDeps = Pick<EngineDeps, 'runtime'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly current: () => { readonly project: Project }
}

export type ObjectListing = {
  /** Tells `objects/listed` at once, and again with the sizes of volumes. Whoever asks meanwhile is answered after that. */
  ask(): void
}

/** Looks at the volumes, networks and images of a session's project, on demand. */
export const createObjectListing = (deps: ListingDeps): ObjectListing => {
  const { emit, signal, runtime } = deps
  let isWanted = false
  let isLooking = false
  let hasFailed = false

  const look = async (): Promise<void> => {
    const objects = await listObjects(deps, deps.current().project)
    emit({ type: 'objects/listed', objects: { ...objects, isMeasuring: objects.volumes.length > 0 } })
    if (objects.volumes.length === 0) return
    try {
      const sizes = await runtime.measureVolumes({ signal })
      const volumes = objects.volumes.map((volume) => {
        const bytes = sizes.get(volume.name)
        return bytes === undefined ? volume : { ...volume, bytes }
      })
      emit({ type: 'objects/listed', objects: { ...objects, volumes, isMeasuring: false } })
    } catch (error) {
      if (!signal.aborted) emit({ type: 'objects/listed', objects: { ...objects, isMeasuring: false } })
      throw error
    }
  }
  const run = async (): Promise<void> => {
    isLooking = true
    try {
      while (isWanted && !signal.aborted) {
        isWanted = false
        await look()
      }
      if (hasFailed) emit({ type: 'problem/cleared', id: 'list' })
      hasFailed = false
    } catch (error) {
      // A cut connection is the affair of the stream of events.
      if (signal.aborted || isCutOff(error)) return
      hasFailed = true
      emit({ type: 'problem/raised', id: 'list', problem: toProblem(error) })
    } finally {
      isLooking = false
    }
  }
  return {
    ask: () => {
      isWanted = true
      if (!isLooking) void run()
    },
  }
}

type Unmeasured = Omit<ProjectObjects, 'isMeasuring'>

/** Containers of others use a project's networks and volumes, too, so that all are looked at: one list of each kind. */
const listObjects = async ({ runtime, signal }: ListingDeps, project: Project): Promise<Unmeasured> => {
  const call = { signal }
  const [containers, networks, volumes, made] = await Promise.all([
    runtime.listContainers({}, call),
    runtime.listNetworks({}, call),
    runtime.listVolumes({}, call),
    runtime.listImages({ labels: [`${label.project}=${project.name}`] }, call),
  ])
  const used = toUsedImages(project, containers)
  const images = await Promise.all(
    [...used].map(async ([key, one]) => ({ ...one, image: await runtime.inspectImage(key, call) })),
  )
  return {
    volumes: toVolumes({ project, containers, volumes }),
    networks: toNetworks({ project, containers, networks }),
    images: toImages(images, made),
  }
}

type Seen = { readonly project: Project; readonly containers: readonly ObservedContainer[] }

const isOwn = ({ labels }: { readonly labels: Readonly<Record<string, string>> }, project: Project): boolean =>
  labels[label.project] === project.name

const toUser = (container: ObservedContainer, project: Project, at?: string): ObjectUser => ({
  name: container.project === project.name ? container.service : container.name,
  container: container.name,
  ...(at === undefined ? {} : { at }),
})

const toVolumes = ({
  project,
  containers,
  volumes,
}: Seen & { readonly volumes: readonly ObservedVolume[] }): readonly ListedVolume[] => {
  const named = new Set(Object.values(project.volumes).map(({ name }) => name))
  return volumes
    .flatMap((volume): readonly ListedVolume[] => {
      const users = containers.flatMap((container) =>
        container.mounts
          .filter(({ type, source }) => type === 'volume' && source === volume.name)
          .map(({ target, anonymous }) => ({ container, target, anonymous })),
      )
      const isUsed = users.some(({ container }) => container.project === project.name)
      if (!isOwn(volume, project) && !named.has(volume.name) && !isUsed) return []
      const isAnonymous = users.some(({ anonymous }) => anonymous)
      return [
        {
          name: volume.name,
          driver: volume.driver,
          isExternal: !isOwn(volume, project) && !isAnonymous,
          isAnonymous,
          users: users.map(({ container, target }) => toUser(container, project, target)),
          ...(volume.mountpoint === undefined ? {} : { mountpoint: volume.mountpoint }),
        },
      ]
    })
    .toSorted((a, b) => Number(a.isAnonymous) - Number(b.isAnonymous) || byName(a, b))
}

const toNetworks = ({
  project,
  containers,
  networks,
}: Seen & { readonly networks: readonly ObservedNetwork[] }): readonly ListedNetwork[] => {
  const named = new Set(Object.values(project.networks).map(({ name }) => name))
  return networks
    .flatMap((network): readonly ListedNetwork[] => {
      const users = containers.filter((container) => container.networks.some(({ name }) => name === network.name))
      const isUsed = users.some((container) => container.project === project.name)
      if (!isOwn(network, project) && !named.has(network.name) && !isUsed) return []
      const { id, name, driver } = network
      return [
        {
          id,
          name,
          driver,
          isExternal: !isOwn(network, project),
          users: users.map((container) => toUser(container, project)),
        },
      ]
    })
    .toSorted(byName)
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

type UsedImage = { readonly reference: string; readonly users: readonly ObjectUser[] }

/** By what it is looked for with: the image that a container was made from, or the one that a service would be. */
const toUsedImages = (project: Project, containers: readonly ObservedContainer[]): ReadonlyMap<string, UsedImage> => {
  const own = containers.filter((container) => container.project === project.name)
  const used = new Map<string, UsedImage>()
  for (const container of own) {
    const known = used.get(container.imageId)
    const users = [...(known?.users ?? []), toUser(container, project)]
    used.set(container.imageId, { reference: known?.reference ?? container.image, users })
  }
  const present = new Set(own.map(({ service }) => service))
  for (const [name, { provider }] of Object.entries(project.services)) {
    const reference = toImageReference(project, name)
    const isKnown = [...used.values()].some((one) => one.reference === reference)
    if (provider === undefined && !present.has(name) && !isKnown && reference !== '')
      used.set(reference, { reference, users: [] })
  }
  return used
}

type Looked = UsedImage & { readonly image: ObservedImage | undefined }

const toImages = (used: readonly Looked[], made: readonly ObservedImage[]): readonly ListedImage[] => {
  const ids = new Set(used.flatMap(({ image }) => image?.id ?? []))
  const left = made
    .filter(({ id }) => !ids.has(id))
    .map((image) => ({ reference: image.tags[0] ?? image.id, users: [], image }))
  return [...used.toSorted((a, b) => (a.reference < b.reference ? -1 : 1)), ...left].map(
    ({ reference, users, image }) => ({
      reference,
      users,
      ...(image === undefined ? {} : { id: image.id, bytes: image.size, createdAt: image.createdAt * 1000 }),
    }),
  )
}
