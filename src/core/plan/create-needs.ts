import { namespaceParents } from '../project/graph.ts'
import { toImageReference, toMountedImages } from '../project/identity.ts'
import type { ServiceName } from '../project/project.ts'
import { subjectOf } from './container-steps.ts'
import type { ImageSteps } from './plan-images.ts'
import type { NetworkSteps } from './plan-networks.ts'
import type { VolumeSteps } from './plan-volumes.ts'
import { serviceOf, type UpContext } from './up-context.ts'

/** Steps of what containers are made from and joined to. */
export type Resources = { readonly images: ImageSteps; readonly networks: NetworkSteps; readonly volumes: VolumeSteps }

type Draft = {
  readonly replicas: ReadonlyMap<ServiceName, readonly { readonly made: readonly string[] }[]>
  readonly resources: Resources
}

/** Removals of containers that go for good: nobody shall share with them. */
const scaledAway = ({ steps, containersOf }: UpContext, name: ServiceName): readonly string[] =>
  containersOf(name)
    .map(subjectOf)
    .filter((subject) => steps.has(`${subject}/remove`) && !steps.has(`${subject}/create`))
    .map((subject) => `${subject}/remove`)

/** Steps that a new container waits for: its own image, networks, volumes and namespaces, and nothing else. */
export const createNeeds = (context: UpContext, draft: Draft, name: ServiceName): readonly string[] => {
  const service = serviceOf(context, name)
  const { images, networks, volumes } = draft.resources
  const ids = [
    images.get(toImageReference(context.project, name)),
    ...toMountedImages(service).map((reference) => images.get(reference)),
    ...(service.network_mode === undefined
      ? Object.keys(service.networks ?? {}).map((key) => networks.steps.get(key))
      : []),
    ...(service.volumes ?? []).map(({ type, source }) =>
      type === 'volume' && source !== undefined ? volumes.steps.get(source) : undefined,
    ),
    ...namespaceParents(service, context.project.services).flatMap((parent) => [
      // A volume that the image fills is copied into at the creation, and two creations at once would both copy.
      ...(draft.replicas.get(parent)?.[0]?.made.slice(0, 1) ?? []),
      ...scaledAway(context, parent),
    ]),
  ]
  return ids.filter((id) => id !== undefined)
}
