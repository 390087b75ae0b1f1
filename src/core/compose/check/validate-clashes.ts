import { toContainerName, toHookImages, toImageReference } from '../../project/identity.ts'
import { isImageName } from '../../project/image-name.ts'
import type { Service } from '../../project/service.ts'
import type { Clashes } from '../sources/load-request.ts'
import type { CheckedProject, Contradiction } from './contradiction.ts'
import { bindingsOf, isSameBinding, type Binding } from './host-bindings.ts'
import type { Services } from './select-services.ts'

/** Containers of a service whose names are looked at. */
const maxNumber = 100

type Selection = Pick<CheckedProject, 'name' | 'services' | 'networks'> & {
  /** Numbers of containers that the command line gives. */
  readonly scale: Readonly<Record<string, number>>
}

/**
 * What each service alone allows, and an engine refuses to the containers of those that are wanted together: names, images and
 * ports of the host. Docker Compose takes all but equal names for granted until it creates and starts, so that a mere look at the
 * file only warns of it.
 */
export const validateClashes = (selection: Selection, clashes: Clashes): readonly Contradiction[] => {
  const warn = (found: readonly Contradiction[]): readonly Contradiction[] =>
    found.map((one) => ({ ...one, severity: 'warning' }))
  const images = [...imagesOf(selection), ...takenNames(selection), ...scaledNames(selection)]
  const ports = [...portClashes(selection), ...replicaPorts(selection)]
  return [
    ...equalNames(selection.services),
    ...(clashes === 'warn' ? warn(images) : images),
    ...(clashes === 'start' ? ports : warn(ports)),
  ]
}

const countOf = ({ scale }: Selection, name: string, service: Service): number =>
  scale[name] ?? service.scale ?? service.deploy?.replicas ?? 1

const equalNames = (services: Services): readonly Contradiction[] => {
  const owners = new Map<string, string>()
  return Object.entries(services).flatMap(([name, { container_name: own }]): readonly Contradiction[] => {
    if (own === undefined) return []
    const owner = owners.get(own)
    if (owner === undefined) {
      owners.set(own, name)
      return []
    }
    return [
      {
        path: ['services', name, 'container_name'],
        code: 'service/name-used-twice',
        message: `Services "${owner}" and "${name}" both name their container "${own}".`,
        hint: 'Give one of them another name, or leave "container_name" out.',
        related: [{ path: ['services', owner, 'container_name'], message: 'the other one is here' }],
      },
    ]
  })
}

/** Several containers by the command line; several by the file are refused in any case. */
const scaledNames = ({ services, scale }: Selection): readonly Contradiction[] =>
  Object.entries(services).flatMap(([name, { container_name: own }]): readonly Contradiction[] => {
    const count = scale[name] ?? 1
    if (own === undefined || count < 2) return []
    return [
      {
        path: ['services', name, 'container_name'],
        code: 'service/name-with-scale',
        message: `Service "${name}" would have ${count} containers, which cannot all be called "${own}".`,
        hint: 'Remove "container_name", or have one container only.',
      },
    ]
  })

/** A `container_name` that a container of another service gets by itself. */
const takenNames = (selection: Selection): readonly Contradiction[] => {
  const { services } = selection
  const given = new Map(
    Object.entries(services).flatMap(([name, { container_name: own }]) => (own === undefined ? [] : [[own, name]])),
  )
  if (given.size === 0) return []
  return Object.entries(services).flatMap(([other, service]): readonly Contradiction[] => {
    if (service.container_name !== undefined || service.provider !== undefined) return []
    const count = Math.min(countOf(selection, other, service), maxNumber)
    return Array.from({ length: Math.max(count, 0) }, (_, index) =>
      toContainerName(selection, other, { number: index + 1 }),
    ).flatMap((own): readonly Contradiction[] => {
      const name = given.get(own)
      if (name === undefined) return []
      return [
        {
          path: ['services', name, 'container_name'],
          code: 'service/name-used-twice',
          message: `Service "${name}" names its container "${own}", which is the name that a container of service "${other}" gets.`,
          hint: 'Give it another name, or leave "container_name" out.',
          related: [{ path: ['services', other], message: `"${other}" is here` }],
        },
      ]
    })
  })
}

const imagesOf = ({ name: project, services }: Selection): readonly Contradiction[] =>
  Object.entries(services).flatMap(([name, service]): readonly Contradiction[] => {
    if (service.provider !== undefined) return []
    const own = { path: ['services', name, 'image'], image: toImageReference({ name: project, services }, name) }
    const mounted = (service.volumes ?? []).flatMap(({ type, source }, index) =>
      type === 'image' && source !== undefined
        ? [{ path: ['services', name, 'volumes', index, 'source'], image: source }]
        : [],
    )
    const hooks = toHookImages(service).length === 0 ? [] : (service.pre_start ?? [])
    const hooked = hooks.flatMap(({ image }, index) =>
      image === undefined ? [] : [{ path: ['services', name, 'pre_start', index, 'image'], image }],
    )
    return [own, ...mounted, ...hooked].flatMap(({ path, image }) =>
      isImageName(image)
        ? []
        : [
            {
              path,
              code: 'service/bad-image',
              message: `"${image}" of service "${name}" is no name of an image.`,
              hint: imageHint(image),
            },
          ],
    )
  })

const imageHint = (image: string): string => {
  if (image.endsWith(':')) return 'Write a tag behind the colon, or leave the colon out.'
  if (/\s/.test(image)) return 'There is no blank in the name of an image.'
  return /[A-Z]/.test(image) && isImageName(image.toLowerCase())
    ? `Names of images are in small letters: ${image.toLowerCase()}.`
    : 'Write it as name:tag, or host/name:tag.'
}

type Owned = Binding & { readonly owner: string; readonly index: number }

const portClashes = (selection: Selection): readonly Contradiction[] => {
  const { services } = selection
  const byPort = new Map<string, Owned[]>()
  const found: Contradiction[] = []
  for (const [owner, service] of Object.entries(services)) {
    if (countOf(selection, owner, service) < 1) continue
    for (const binding of bindingsOf(service, selection.networks)) {
      if (binding.first !== binding.last) continue
      const key = `${binding.first}/${binding.protocol}`
      const known = byPort.get(key) ?? []
      byPort.set(key, known)
      const one = { ...binding, owner }
      const other = known.find((earlier) => isClash(earlier, one, services))
      if (other !== undefined) found.push(portClash(other, one))
      known.push(one)
    }
  }
  return found
}

const isClash = (a: Owned, b: Owned, services: Services): boolean =>
  isSameBinding(a, b) &&
  (a.owner === b.owner
    ? a.target !== b.target || a.ip !== b.ip
    : !endsBefore(a.owner, b.owner, services) && !endsBefore(b.owner, a.owner, services))

const portClash = (other: Owned, { owner, index, first, protocol }: Owned): Contradiction => ({
  path: ['services', owner, 'ports', index],
  code: 'service/port-used-twice',
  message:
    other.owner === owner
      ? `Service "${owner}" publishes two ports at port ${first}/${protocol} of the host.`
      : `Services "${other.owner}" and "${owner}" both publish a port at port ${first}/${protocol} of the host.`,
  hint: 'Give one of them another port, or leave the one of the host out: then the engine picks a free one.',
  related: [{ path: ['services', other.owner, 'ports', other.index], message: 'the other one is here' }],
})

/** Whether one service has run to its end when another starts. */
const endsBefore = (first: string, then: string, services: Services): boolean => {
  const seen = new Set([then])
  const open = [then]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [other, { condition }] of Object.entries(services[name]?.depends_on ?? {})) {
      if (other === first && condition === 'service_completed_successfully') return true
      if (seen.has(other)) continue
      seen.add(other)
      open.push(other)
    }
  }
  return false
}

/** More containers than the ports that they may have. */
const replicaPorts = (selection: Selection): readonly Contradiction[] =>
  Object.entries(selection.services).flatMap(([name, service]): readonly Contradiction[] => {
    const count = countOf(selection, name, service)
    if (count < 2) return []
    const fixed = bindingsOf(service, selection.networks).find(({ first, last }) => last - first + 1 < count)
    if (fixed === undefined) return []
    const { first, last } = fixed
    return [
      {
        path: ['services', name, 'ports', fixed.index],
        code: 'service/port-with-scale',
        message: `Service "${name}" has ${count} containers, and ${first === last ? `all of them publish port ${first}` : `there are ports for ${last - first + 1} of them`}.`,
        hint: `Leave the port of the host out, so that the engine picks free ones, or write a range such as "${first}-${first + count - 1}:${fixed.target}".`,
      },
    ]
  })
