import type {
  Observed,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../core/plan/observed.ts'
import { sharesOf } from '../core/project/graph.ts'
import { toHookImages, toImageReference, toMountedImages } from '../core/project/identity.ts'
import type { Project } from '../core/project/project.ts'
import type { CallOptions } from './ports/call-options.ts'
import { observeMachine } from './observe-machine.ts'
import type { Clock } from './ports/clock.ts'
import type { Machine } from './ports/machine.ts'
import type { Runtime } from './ports/runtime.ts'

export type ObserveTarget = Project | { readonly name: string }

export type ObserveOptions = CallOptions & {
  /** Whether images are looked at; they are when there is a project. */
  readonly images?: boolean
  /** Looked at as well, for commands that make something. */
  readonly machine?: Machine | undefined
  /** Stamps the observation. */
  readonly clock?: Clock
}

/**
 * What the engine shows of a project at this moment. One list each of containers, networks and volumes by label and one
 * look at each distinct image, all at once; a second round only for networks and volumes that the project names and that
 * do not carry its label (external ones, and those made by others), and for containers that share namespaces or volumes.
 */
export const observeProject = async (
  runtime: Runtime,
  target: ObserveTarget,
  options: ObserveOptions = {},
): Promise<Observed> => {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal }
  const filter = { project: target.name }
  const project = 'services' in target ? target : undefined
  const references = project === undefined || options.images === false ? [] : [...selectImageReferences(project)]
  const [engine, containers, outsiders, networks, volumes, images] = await Promise.all([
    runtime.facts(call),
    runtime.listContainers(filter, call).then((found) => withBonds(runtime, { project, found, call })),
    observeOutsiders(runtime, { project, call }),
    observeNetworks(runtime, target, call),
    observeVolumes(runtime, target, call),
    Promise.all(references.map(async (reference) => [reference, await runtime.inspectImage(reference, call)] as const)),
  ])
  const found = images.filter((entry): entry is [string, ObservedImage] => entry[1] !== undefined)
  const machine =
    project === undefined || options.machine === undefined
      ? undefined
      : await observeMachine({ runtime, machine: options.machine }, { project, engine, containers, call })
  return {
    ...(machine === undefined ? {} : { machine }),
    engine,
    containers,
    networks,
    volumes,
    images: new Map(found),
    ...(outsiders.size === 0 ? {} : { outsiders }),
    ...(options.clock === undefined ? {} : { observedAt: options.clock.now() }),
  }
}

/** A list does not say with whom a container shares, nor since when it runs: those who share are looked at one by one. */
const withBonds = async (
  runtime: Runtime,
  {
    project,
    found,
    call,
  }: {
    readonly project: Project | undefined
    readonly found: readonly ObservedContainer[]
    readonly call: CallOptions
  },
): Promise<readonly ObservedContainer[]> => {
  const involved = new Set(
    Object.entries(project?.services ?? {}).flatMap(([name, service]) => {
      const shares = sharesOf(service, project?.services)
      return shares.length === 0 ? [] : [name, ...shares.flatMap((share) => share.service ?? [])]
    }),
  )
  if (involved.size === 0) return found
  return Promise.all(
    found.map(async (container) => {
      if (container.oneOff || container.state === 'removing' || !involved.has(container.service)) return container
      const details = await runtime.inspectContainer(container.id, call)
      if (details === undefined) return container
      const { bonds, startedAt } = details
      return {
        ...container,
        ...(bonds === undefined ? {} : { bonds }),
        ...(startedAt === undefined ? {} : { startedAt }),
      }
    }),
  )
}

const observeOutsiders = async (
  runtime: Runtime,
  { project, call }: { readonly project: Project | undefined; readonly call: CallOptions },
): Promise<ReadonlyMap<string, ObservedContainer>> => {
  const names = new Set(
    Object.values(project?.services ?? {}).flatMap((service) =>
      sharesOf(service, project?.services).flatMap((share) => share.container ?? []),
    ),
  )
  const looks = [...names].map(async (name) => [name, await runtime.inspectContainer(name, call)] as const)
  const found = await Promise.all(looks)
  return new Map(found.flatMap(([name, container]) => (container === undefined ? [] : [[name, container] as const])))
}

const observeNetworks = async (
  runtime: Runtime,
  target: ObserveTarget,
  call: CallOptions,
): Promise<readonly ObservedNetwork[]> => {
  const wanted = 'networks' in target ? Object.values(target.networks) : []
  const isExternal = new Set(wanted.filter((network) => network.external === true).map((network) => network.name))
  const [own, external] = await Promise.all([
    runtime.listNetworks({ project: target.name }, call),
    Promise.all([...isExternal].map((name) => runtime.findNetwork(name, call))),
  ])
  const seen = new Set(own.map((network) => network.name))
  const missing = new Set(
    wanted.map((network) => network.name).filter((name) => !seen.has(name) && !isExternal.has(name)),
  )
  const foreign = await Promise.all([...missing].map((name) => runtime.findNetwork(name, call)))
  return [
    ...own,
    ...[...external, ...foreign]
      .filter((network) => network !== undefined && !seen.has(network.name))
      .map((network) => network as ObservedNetwork),
  ]
}

const observeVolumes = async (
  runtime: Runtime,
  target: ObserveTarget,
  call: CallOptions,
): Promise<readonly ObservedVolume[]> => {
  const wanted = 'volumes' in target ? Object.values(target.volumes) : []
  const isExternal = new Set(wanted.filter((volume) => volume.external === true).map((volume) => volume.name))
  const [own, external] = await Promise.all([
    runtime.listVolumes({ project: target.name }, call),
    Promise.all([...isExternal].map((name) => runtime.findVolume(name, call))),
  ])
  const seen = new Set(own.map((volume) => volume.name))
  const missing = new Set(
    wanted.map((volume) => volume.name).filter((name) => !seen.has(name) && !isExternal.has(name)),
  )
  const foreign = await Promise.all([...missing].map((name) => runtime.findVolume(name, call)))
  return [
    ...own,
    ...[...external, ...foreign]
      .filter((volume) => volume !== undefined && !seen.has(volume.name))
      .map((volume) => volume as ObservedVolume),
  ]
}

const selectImageReferences = (project: Project): ReadonlySet<string> => {
  const references = new Set<string>()
  const { disabled } = project.context
  for (const [name, service] of Object.entries(project.services)) {
    if (service.provider === undefined) references.add(toImageReference(project, name))
    for (const reference of [...toMountedImages(service), ...toHookImages(service)]) references.add(reference)
    // What is mounted may be the image of a service that is off, by the name of the service.
    for (const source of toMountedImages(service))
      if (disabled[source] !== undefined)
        references.add(toImageReference({ name: project.name, services: disabled }, source))
  }
  return references
}
