import { label, toImageReference } from '../project/identity.ts'
import type { Project } from '../project/project.ts'
import type { Mount, Service } from '../project/service.ts'
import type { ObservedContainer, ObservedImage } from './observed.ts'

type Images = ReadonlyMap<string, ObservedImage>

/**
 * `source` of a mounted image is an image, or the name of a service whose image is meant: the engine is told the image. It knows
 * names and ids, and no digest of what one platform has of an image. The service may be off: its image is there or it is not.
 */
export const withMountableImages = <S extends Pick<Service, 'volumes'>>(
  service: S,
  { project, images }: { readonly project: Project; readonly images: Images },
): S => {
  if (service.volumes?.some(({ type }) => type === 'image') !== true) return service
  const services = { ...project.context.disabled, ...project.services }
  const isService = ({ type, source }: Mount): boolean =>
    type === 'image' && source !== undefined && !images.has(source) && services[source] !== undefined
  return service.volumes.some(isService)
    ? {
        ...service,
        volumes: service.volumes.map((mount) =>
          isService(mount)
            ? { ...mount, source: toImageReference({ name: project.name, services }, mount.source ?? '') }
            : mount,
        ),
      }
    : service
}

/** The whole project so, as Docker Compose hashes it. */
export const withMountableServices = (project: Project, images: Images): Project => ({
  ...project,
  services: Object.fromEntries(
    Object.entries(project.services).map(([name, each]) => [name, withMountableImages(each, { project, images })]),
  ),
})

/** What a container remembers of the images that it mounts: by target, the id. */
export const toMountLabel = (
  mounts: readonly { readonly target: string; readonly image: ObservedImage }[],
): Readonly<Record<string, string>> => {
  const ids = mounts.map(({ target, image }) => [target, image.contents?.[0]?.id ?? image.id])
  return mounts.length === 0 ? {} : { [label.mountedImages]: JSON.stringify(Object.fromEntries(ids)) }
}

/** The mount whose image is another one by now. A container that remembers nothing keeps what it has. */
export const changedMount = (
  container: Pick<ObservedContainer, 'labels'>,
  { service, images }: { readonly service: Pick<Service, 'volumes'>; readonly images: Images },
): Mount | undefined => {
  const remembered = readLabel(container.labels[label.mountedImages])
  return service.volumes?.find(({ type, source, target }) => {
    const [made, image] = [remembered[target], images.get(source ?? '')]
    if (type !== 'image' || made === undefined || image === undefined) return false
    return made !== image.id && image.contents?.some(({ id }) => id === made) !== true
  })
}

const readLabel = (text: string | undefined): Readonly<Record<string, string>> => {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as Readonly<Record<string, string>>
  } catch {
    return {}
  }
}
