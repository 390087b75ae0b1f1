import { toImageReference } from './identity.ts'
import type { Project, ServiceName } from './project.ts'
import type { Service } from './service.ts'

/** Services whose images a service's image is built from; `below`: the one whose layers lie below its own. */
export type ImageParents = ReadonlyMap<
  ServiceName,
  { readonly all: readonly ServiceName[]; readonly below?: ServiceName }
>

/** Images that a Dockerfile names; `below`: the one whose layers lie below its own. */
export type BaseImages = { readonly all: readonly string[]; readonly below?: string }

/** One text for one image: `docker.io/library/base` and `base:latest` are the same. */
const toPlainReference = (reference: string): string => {
  const name = reference.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')
  return name.includes('@') || name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`
}

/** What `additional_contexts` says beside the Dockerfile. */
const contextServices = ({ build }: Service): readonly ServiceName[] =>
  Object.values(build?.additional_contexts ?? {}).flatMap((value) =>
    value.startsWith('service:') ? [value.slice('service:'.length)] : [],
  )

/** A name of `additional_contexts` stands before an image of the same name. */
const toImage = (reference: string, { build }: Service): string | undefined => {
  const context = build?.additional_contexts?.[reference]
  if (context === undefined) return reference
  return context.startsWith('docker-image://') ? context.slice('docker-image://'.length) : undefined
}

/** From the model and what the Dockerfiles say, by service; a service without one is known by its contexts alone. */
export const toImageParents = (project: Project, bases: ReadonlyMap<ServiceName, BaseImages>): ImageParents => {
  const built = Object.entries(project.services).filter(([, { build }]) => build !== undefined)
  const owners = new Map(built.map(([name]) => [toPlainReference(toImageReference(project, name)), name]))
  const ownersOf = (images: readonly string[], name: ServiceName, service: Service): readonly ServiceName[] =>
    images
      .flatMap((reference) => toImage(reference, service) ?? [])
      .flatMap((image) => owners.get(toPlainReference(image)) ?? [])
      .filter((owner) => owner !== name)
  const parents = built.map(([name, service]) => {
    const { all, below } = bases.get(name) ?? { all: [] }
    const named = [...new Set([...contextServices(service), ...ownersOf(all, name, service)])]
    const [owner] = ownersOf(below === undefined ? [] : [below], name, service)
    return [
      name,
      { all: named.filter((parent) => parent !== name), ...(owner === undefined ? {} : { below: owner }) },
    ] as const
  })
  return new Map(parents.filter(([, { all }]) => all.length > 0))
}
