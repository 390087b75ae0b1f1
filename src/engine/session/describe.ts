import type { EventBody, ServiceSummary } from '../../core/events/event.ts'
import { toImageReference } from '../../core/project/identity.ts'
import type { Project } from '../../core/project/project.ts'
import type { Port } from '../../core/project/service.ts'

/** `session/started`: what a view needs to know of the project before anything happens. */
export const toSessionStarted = (project: Project, command: string): EventBody => ({
  type: 'session/started',
  project: project.name,
  command,
  services: Object.keys(project.services).map((name) => toServiceSummary(project, name)),
  files: project.context.files,
})

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
