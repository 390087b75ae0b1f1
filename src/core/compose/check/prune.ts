import type { Project } from '../../project/project.ts'
import type { Service } from '../../project/service.ts'

type Resources = Pick<Project, 'networks' | 'volumes' | 'configs' | 'secrets'>

/** Leaves out the networks, volumes, configs and secrets that no service uses. */
export const pruneResources = <R extends Resources>(resources: R, services: Readonly<Record<string, Service>>): R => {
  const networks = new Set<string>()
  const volumes = new Set<string>()
  const configs = new Set<string>()
  const secrets = new Set<string>()
  for (const service of Object.values(services)) {
    for (const name of Object.keys(service.networks ?? {})) networks.add(name)
    for (const mount of service.volumes ?? [])
      if (mount.type === 'volume' && mount.source !== undefined) volumes.add(mount.source)
    for (const { source } of service.configs ?? []) configs.add(source)
    for (const { source } of [...(service.secrets ?? []), ...(service.build?.secrets ?? [])]) secrets.add(source)
  }
  return {
    ...resources,
    networks: only(resources.networks, networks),
    volumes: only(resources.volumes, volumes),
    configs: only(resources.configs, configs),
    secrets: only(resources.secrets, secrets),
  }
}

const only = <T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)))
