import type { Span } from '../../core/errors/problem.ts'
import type { EventBody, ServiceSummary } from '../../core/events/event.ts'
import { toImageReference } from '../../core/project/identity.ts'
import { type Project, selectAsked } from '../../core/project/project.ts'
import type { Port } from '../../core/project/service.ts'

type Described = {
  readonly command: string
  readonly opens?: boolean
  /** Other numbers of containers than the files say. */
  readonly scale?: Readonly<Record<string, number>>
}

/** `session/started`: what a view needs to know of the project before anything happens. */
export const toSessionStarted = (project: Project, { command, opens = false, scale = {} }: Described): EventBody => ({
  type: 'session/started',
  project: project.name,
  command,
  ...(opens ? { opened: true } : {}),
  services: inFileOrder(project).map((name) => {
    const summary = toServiceSummary(project, name)
    return { ...summary, replicas: scale[name] ?? summary.replicas }
  }),
  files: project.context.files,
  ...toTiers(project),
})

/** As `x-tiers` lists them; each service names one of them. */
const toTiers = ({ extensions }: Project): { readonly tiers?: readonly string[] } => {
  const tiers = extensions['x-tiers']
  return Array.isArray(tiers) ? { tiers: tiers.map(String) } : {}
}

/** As the files have them, one after the other; the model itself is sorted by name. */
const inFileOrder = ({ services, context }: Project): readonly string[] =>
  Object.keys(selectAsked({ services, context }))
    .map((name) => ({ name, place: context.findPlace(`services.${name}`) }))
    .toSorted((a, b) => comparePlaces(a.place, b.place, context.files))
    .map(({ name }) => name)

const comparePlaces = (a: Span | undefined, b: Span | undefined, files: readonly string[]): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return toFileOrder(a, files) - toFileOrder(b, files) || a.line - b.line || a.column - b.column
}

/** Included files come after those that were named. */
const toFileOrder = ({ file }: Span, files: readonly string[]): number => {
  const index = files.indexOf(file)
  return index === -1 ? files.length : index
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
