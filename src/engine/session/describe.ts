import type { Span } from '../../core/errors/problem.ts'
import type { EventBody, ServiceSummary } from '../../core/events/event.ts'
import { toImageReference } from '../../core/project/identity.ts'
import { type Project, selectAsked } from '../../core/project/project.ts'
import type { Port } from '../../core/project/service.ts'

/** `session/started`: what a view needs to know of the project before anything happens. */
export const toSessionStarted = (
  project: Project,
  { command, opens = false }: { readonly command: string; readonly opens?: boolean },
): EventBody => ({
  type: 'session/started',
  project: project.name,
  command,
  ...(opens ? { opened: true } : {}),
  services: inFileOrder(project).map((name) => toServiceSummary(project, name)),
  files: project.context.files,
})

/** As the files have them, one after the other; the model itself is sorted by name. */
const inFileOrder = ({ services, context }: Project): readonly string[] =>
  Object.keys(selectAsked({ services, context }))
    .map((name) => ({ name, place: context.findPlace(`services.${name}`) }))
    .toSorted((a, b) => toOrder(a.place, context.files) - toOrder(b.place, context.files) || 0)
    .map(({ name }) => name)

const toOrder = (place: Span | undefined, files: readonly string[]): number => {
  if (place === undefined) return Number.POSITIVE_INFINITY
  const file = files.indexOf(place.file)
  // Lines of an included file come after those of the files that were named.
  return (file === -1 ? files.length : file) * 1e9 + place.line
}

const toServiceSummary = (project: Project, name: string): ServiceSummary => {
  const service = project.services[name]
  const tier = service?.['x-tier']
  return {
    name,
    ...(typeof tier === 'string' ? { tier } : {}),
    ...(service?.provider === undefined ? { image: toImageReference(project, name) } : {}),
    dependsOn: Object.entries(service?.depends_on ?? {}).map(([dependency, { condition }]) => ({
      service: dependency,
      condition,
    })),
    replicas: service?.scale ?? service?.deploy?.replicas ?? 1,
    hasHealthcheck: service?.healthcheck !== undefined && service.healthcheck.disable !== true,
    ports: (service?.ports ?? []).map(toPortText),
    watched: (service?.develop?.watch?.length ?? 0) > 0,
  }
}

const toPortText = ({ host_ip: ip, published, target, protocol }: Port): string =>
  `${ip === undefined ? '' : `${ip}:`}${published === undefined ? '' : `${published}:`}${target}${protocol === 'tcp' ? '' : `/${protocol}`}`
