import type { Service } from '../../core/project/service.ts'
import { parseBytes } from '../../core/project/units.ts'
import type { ContainerSpec } from '../../engine/ports/container-runtime.ts'
import { isAtLeast } from '../connection/negotiate.ts'
import type { BodyFacts } from './body-facts.ts'
import { defined } from './defined.ts'
import { toLinks } from './endpoints.ts'
import { toMounts } from './mounts.ts'
import { toPortBindings } from './ports.ts'
import { toResources } from './resources.ts'
import { toSecurityOptions } from './security-options.ts'

export type HostFacts = BodyFacts & {
  /** Of the service's networks; absent: `network_mode` counts. */ readonly networkMode: string | undefined
}

export const toHostConfig = (spec: ContainerSpec, facts: HostFacts): Readonly<Record<string, unknown>> => {
  const { service, oneOff } = spec
  const security = toSecurityOptions(service.security_opt ?? [], facts.seccompProfiles ?? {})
  const links = toLinks(spec)
  const published = oneOff === undefined || oneOff.servicePorts
  return {
    AutoRemove: oneOff?.autoRemove ?? false,
    ...toMounts(spec, facts.socketPath),
    NetworkMode: facts.networkMode ?? toSharedNamespace(service.network_mode, spec),
    PortBindings: toPortBindings(service, { published }),
    RestartPolicy: oneOff === undefined ? toRestartPolicy(service) : { Name: 'no' },
    ReadonlyRootfs: service.read_only ?? false,
    Privileged: service.privileged ?? false,
    ...toResources(service),
    ...defined({
      Annotations: isAtLeast(facts.api, 1, 43) ? service.annotations : undefined,
      CapAdd: service.cap_add,
      CapDrop: service.cap_drop,
      CgroupnsMode: toSharedNamespace(service.cgroup, spec),
      Dns: service.dns,
      DnsOptions: service.dns_opt,
      DnsSearch: service.dns_search,
      ExtraHosts: service.extra_hosts?.map((entry) => entry.replace('=', ':')),
      GroupAdd: service.group_add,
      Init: service.init,
      IpcMode: toSharedNamespace(service.ipc, spec),
      Isolation: service.isolation,
      Links: links.length === 0 ? undefined : links,
      LogConfig:
        service.logging === undefined
          ? undefined
          : { Type: service.logging.driver ?? '', Config: service.logging.options ?? {} },
      OomScoreAdj: service.oom_score_adj,
      PidMode: toSharedNamespace(service.pid, spec),
      Runtime: service.runtime,
      ShmSize: service.shm_size === undefined ? undefined : parseBytes(service.shm_size),
      StorageOpt: service.storage_opt,
      Sysctls: service.sysctls,
      Tmpfs: toTmpfs(service),
      UTSMode: toSharedNamespace(service.uts, spec),
      UsernsMode: service.userns_mode,
      VolumesFrom: service.volumes_from?.map((entry) => toVolumesFrom(entry, spec)),
    }),
    ...security,
  }
}

/** `service:x` becomes the container that was made for it. */
const toSharedNamespace = (mode: string | undefined, { containersOf }: ContainerSpec): string | undefined => {
  if (mode === undefined || !mode.startsWith('service:')) return mode
  const service = mode.slice('service:'.length)
  return `container:${containersOf[service] ?? service}`
}

/** `x`, `x:ro`, `container:x`, `container:x:ro`. */
const toVolumesFrom = (entry: string, { containersOf }: ContainerSpec): string => {
  if (entry.startsWith('container:')) return entry.slice('container:'.length)
  const [service = '', ...access] = entry.split(':')
  return [containersOf[service] ?? service, ...access].join(':')
}

const toTmpfs = ({ tmpfs }: Service): Readonly<Record<string, string>> | undefined => {
  if (tmpfs === undefined || tmpfs.length === 0) return undefined
  return Object.fromEntries(
    tmpfs.map((entry) => {
      const [path = '', ...options] = entry.split(':')
      return [path, options.join(':')]
    }),
  )
}

const policies: Readonly<Record<string, string>> = { none: 'no', any: 'always' }

/** `deploy.restart_policy` goes before `restart`. */
const toRestartPolicy = ({ restart, deploy }: Service): object => {
  const policy = deploy?.restart_policy
  if (policy !== undefined) {
    const condition = policy.condition ?? 'any'
    return { Name: policies[condition] ?? condition, MaximumRetryCount: policy.max_attempts ?? 0 }
  }
  const [name = '', attempts = '0'] = (restart ?? '').split(':')
  return { Name: policies[name] ?? name, MaximumRetryCount: Number(attempts) }
}
