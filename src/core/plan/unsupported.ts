import type { Problem } from '../errors/problem.ts'
import type { Service } from '../project/service.ts'
import type { EngineFacts } from './observed.ts'

/** What may be asked before anything is created: a specification of a container has it, and so has a service of a project. */
export type SupportQuestion = { readonly serviceName: string; readonly service: Service }

type SupportFacts = Pick<EngineFacts, 'api' | 'os' | 'podman' | 'socketPath'>

type Rule = {
  /** Dotted path below the service. */
  readonly path: (service: Service) => string | undefined
  readonly minor: number
  readonly engine: string
  /** Without it: `error` where the service would not be what it says, `warning` where it would run all the same. */
  readonly severity: Problem['severity']
  readonly otherwise: string
}

const attachment = (
  service: Service,
  has: (value: NonNullable<NonNullable<Service['networks']>[string]>) => boolean,
  key: string,
): string | undefined => {
  const found = Object.entries(service.networks ?? {}).find(([, value]) => value !== null && has(value))
  return found === undefined ? undefined : `networks.${found[0]}.${key}`
}

const volume = (
  service: Service,
  has: (mount: NonNullable<Service['volumes']>[number]) => boolean,
  key: string,
): string | undefined => {
  const index = (service.volumes ?? []).findIndex(has)
  return index === -1 ? undefined : `volumes[${index}].${key}`
}

/** Which API brought what: moby's API changelog. Docker Compose refuses `start_interval` and `interface_name` as well. */
const rules: readonly Rule[] = [
  {
    path: ({ annotations }) =>
      annotations === undefined || Object.keys(annotations).length === 0 ? undefined : 'annotations',
    minor: 43,
    engine: '24',
    severity: 'warning',
    otherwise: 'they are left out',
  },
  {
    path: ({ healthcheck }) => (healthcheck?.start_interval === undefined ? undefined : 'healthcheck.start_interval'),
    minor: 44,
    engine: '25',
    severity: 'warning',
    otherwise: 'the engine probes at its interval; Stack itself probes more often while the service starts',
  },
  { path: (service) => secondaryMac(service), minor: 44, engine: '25', severity: 'error', otherwise: '' },
  {
    path: (service) =>
      volume(service, ({ bind }) => bind?.recursive === 'readonly' || bind?.recursive === 'writable', 'bind.recursive'),
    minor: 44,
    engine: '25',
    severity: 'error',
    otherwise: '',
  },
  {
    path: (service) => volume(service, ({ volume: options }) => (options?.subpath ?? '') !== '', 'volume.subpath'),
    minor: 45,
    engine: '26',
    severity: 'error',
    otherwise: '',
  },
  {
    path: (service) => volume(service, ({ type }) => type === 'image', 'type'),
    minor: 48,
    engine: '28',
    severity: 'error',
    otherwise: '',
  },
  {
    path: (service) =>
      attachment(service, ({ gw_priority }) => gw_priority !== undefined && gw_priority !== 0, 'gw_priority'),
    minor: 48,
    engine: '28',
    severity: 'warning',
    otherwise: 'the engine chooses the gateway',
  },
  {
    path: (service) => attachment(service, ({ interface_name }) => (interface_name ?? '') !== '', 'interface_name'),
    minor: 49,
    engine: '28.1',
    severity: 'error',
    otherwise: '',
  },
]

/** Engines before 25 take one hardware address, for the first network. */
const secondaryMac = (service: Service): string | undefined => {
  const others = Object.entries(service.networks ?? {}).filter(([, value]) => (value?.mac_address ?? '') !== '')
  return others.length > 0 && Object.keys(service.networks ?? {}).length > 1
    ? `networks.${others[0]?.[0]}.mac_address`
    : undefined
}

/**
 * What this engine cannot do of a service: errors, and warnings for what it does without. To be asked before anything is
 * changed.
 */
export const unsupportedBy = (question: SupportQuestion, facts: SupportFacts): readonly Problem[] => {
  const { service } = question
  const api = `API ${facts.api.major}.${facts.api.minor}`
  const versioned = rules.flatMap(({ path, minor, engine, severity, otherwise }): Problem[] => {
    const found = path(service)
    if (found === undefined || facts.api.major > 1 || facts.api.minor >= minor) return []
    const consequence = severity === 'warning' ? `: ${otherwise}` : ''
    return [
      toProblem(question, {
        path: found,
        severity,
        needs: `needs Docker Engine ${engine} (API 1.${minor}) and this one has ${api}${consequence}`,
      }),
    ]
  })
  return [...versioned, ...platformProblems(question, facts)]
}

const platformProblems = (question: SupportQuestion, { os, podman, socketPath }: SupportFacts): readonly Problem[] => {
  const { service } = question
  const windowsOnly = (['cpu_count', 'cpu_percent', 'credential_spec', 'isolation'] as const).filter(
    (key) => service[key] !== undefined && service[key] !== 'default' && service[key] !== 0,
  )
  return [
    ...(os === 'windows'
      ? []
      : windowsOnly.map((path) =>
          toProblem(question, {
            path,
            severity: 'error',
            needs: `needs Windows containers and this engine runs ${os} ones`,
          }),
        )),
    ...((service.volumes ?? []).some(({ type }) => type === 'cluster')
      ? [toProblem(question, { path: 'volumes', severity: 'error', needs: 'of type cluster need Docker Swarm' })]
      : []),
    ...(podman && (service.links ?? []).length > 0
      ? [
          toProblem(question, {
            path: 'links',
            severity: 'error',
            needs: 'is not known to Podman: use networks and aliases',
          }),
        ]
      : []),
    ...(service.use_api_socket === true && socketPath === undefined
      ? [
          toProblem(question, {
            path: 'use_api_socket',
            severity: 'error',
            needs: 'needs an engine behind a Unix socket of this machine',
          }),
        ]
      : []),
  ]
}

const toProblem = (
  { serviceName }: SupportQuestion,
  { path, severity, needs }: { readonly path: string; readonly severity: Problem['severity']; readonly needs: string },
): Problem => ({
  severity,
  code: 'engine/unsupported',
  message: `"${path}" of service "${serviceName}" ${needs}.`,
  path: `services.${serviceName}.${path}`,
})
