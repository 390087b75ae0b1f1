import { label } from '../project/identity.ts'
import type { Project } from '../project/project.ts'
import type { Dependency, DependencyCondition, Service } from '../project/service.ts'
import type { ObservedContainer } from './observed.ts'

/** Where the containers of a project say that its files are. Paths of the machine that they were made on. */
export type ProjectSource = {
  readonly directory: string | undefined
  readonly files: readonly string[]
  readonly envFiles: readonly string[]
}

/** As the container says that was made last: a project may have been started from one folder, and then from another. */
export const toProjectSource = (containers: readonly ObservedContainer[]): ProjectSource => {
  const labels = containers.toSorted((a, b) => b.createdAt - a.createdAt)[0]?.labels ?? {}
  return {
    directory: labels[label.workingDir],
    files: toPaths(labels[label.configFiles]),
    envFiles: toPaths(labels[label.environmentFile]),
  }
}

const toPaths = (text = ''): readonly string[] => text.split(',').filter((path) => path !== '')

/**
 * What the containers of a project tell of it where its stack file is not at hand: enough to show them, and to stop and start them
 * in their order. Nothing can be made from it.
 */
export const toLabelledProject = (name: string, containers: readonly ObservedContainer[]): Project => {
  const { directory = '/', files } = toProjectSource(containers)
  const own = Map.groupBy(
    containers.filter(({ oneOff }) => !oneOff),
    ({ service }) => service,
  )
  return {
    name,
    services: Object.fromEntries(
      [...own].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([service, replicas]) => [service, toService(replicas)]),
    ),
    networks: {},
    volumes: {},
    configs: {},
    secrets: {},
    models: {},
    extensions: {},
    context: {
      directory,
      files,
      envFiles: [],
      environment: {},
      activeProfiles: [],
      disabled: {},
      inputs: [],
      objectEnvironment: {},
      findPlace: () => undefined,
    },
  }
}

const toService = (replicas: readonly ObservedContainer[]): Service => {
  const [first] = replicas
  const needs = toNeeds(first?.labels[label.dependsOn])
  return {
    command: null,
    entrypoint: null,
    ...(first === undefined ? {} : { image: first.image }),
    ...(Object.keys(needs).length === 0 ? {} : { depends_on: needs }),
    ...(replicas.length > 1 ? { scale: replicas.length } : {}),
  }
}

const conditions: ReadonlySet<string> = new Set<DependencyCondition>([
  'service_started',
  'service_healthy',
  'service_completed_successfully',
])

const isCondition = (text: string | undefined): text is DependencyCondition =>
  text !== undefined && conditions.has(text)

/** `db:service_healthy:false,cache:service_started:true`: the service, what is waited for, and whether it is restarted with it. */
const toNeeds = (text = ''): Readonly<Record<string, Dependency>> =>
  Object.fromEntries(
    text.split(',').flatMap((one) => {
      const [service = '', condition, restart] = one.split(':')
      if (service === '') return []
      return [
        [
          service,
          {
            condition: isCondition(condition) ? condition : 'service_started',
            required: false,
            ...(restart === 'true' ? { restart: true } : {}),
          },
        ],
      ]
    }),
  )
