import { type Inspected, numberOf, serviceOf } from './engine-api.ts'
import type { Scenario } from './scenario.ts'
import { healthyAtOnce, sleeper } from './snippets.ts'

/** Three tiers with replicas, a health check, networks and volumes of both kinds; `V` is the version of what changes. */
export const tieredFiles = {
  'compose.yaml': `services:
  web: { ${sleeper}, scale: 2, depends_on: { api: { condition: service_started, restart: true } }, environment: { V: "\${V}" }, networks: [front] }
  api: { ${sleeper}, depends_on: { db: { condition: service_healthy } }, environment: { V: "\${V}" }, networks: [front, back] }
  db: { ${sleeper}, ${healthyAtOnce}, networks: [back], volumes: ["data:/data", /scratch] }
networks: { front: {}, back: {} }
volumes: { data: {} }
`,
}

/** Each service has its containers; a replica that a cut-off `down` had removed comes back under a number of its own. */
const wanted = ['api', 'db', 'web', 'web']

/** What is wrong with a project that should be up with version `v`; empty when nothing is. */
export const faultsWhenUp = async (
  { engine, project }: Pick<Scenario, 'engine' | 'project'>,
  v: string,
): Promise<string[]> => {
  const containers = await engine.containers(project)
  const services = containers.map(serviceOf).sort()
  const names = new Set(containers.map((one) => `${serviceOf(one)}-${numberOf(one)}`))
  const networks = (await engine.networks(project)).map(({ Name }) => Name.slice(project.length + 1)).sort()
  const volumes = (await engine.volumes(project)).filter(({ Name }) => Name.startsWith(project)).map(({ Name }) => Name)
  return [
    ...(services.join() === wanted.join() && names.size === wanted.length
      ? []
      : [`containers are ${[...names].join(', ')}`]),
    ...containers.flatMap((one) => faultsOf(one, project, v)),
    ...(networks.join() === 'back,front' ? [] : [`networks are ${networks.join(', ')}`]),
    ...(volumes.join() === `${project}_data` ? [] : [`volumes are ${volumes.join(', ')}`]),
  ]
}

const faultsOf = (container: Inspected, project: string, v: string): string[] => {
  const name = container.Name.slice(1)
  const versioned = serviceOf(container) === 'db' || container.Config.Env.includes(`V=${v}`)
  return [
    ...(name === `${project}-${serviceOf(container)}-${numberOf(container)}` ? [] : [`a container is named ${name}`]),
    ...(container.State.Status === 'running' ? [] : [`${name} is ${container.State.Status}`]),
    ...(versioned ? [] : [`${name} is not of version ${v}`]),
  ]
}

export const faultsWhenDown = async ({ engine, project }: Pick<Scenario, 'engine' | 'project'>): Promise<string[]> => {
  const [containers, networks, volumes] = await Promise.all([
    engine.containers(project),
    engine.networks(project),
    engine.volumes(project),
  ])
  return [...containers, ...networks, ...volumes].map(({ Name }) => `${Name} is left`)
}
