import { networkCodec, volumeCodec } from '../compose/model/project.ts'
import { serviceFields } from '../compose/model/service.ts'
import { printFields } from '../compose/model/codec.ts'
import { writeJson } from '../compose/print/write-json.ts'
import type { Digest } from './config-hash.ts'
import { serviceReference } from './graph.ts'
import type { Network, ServiceName, Volume } from './project.ts'
import type { Service } from './service.ts'

/**
 * The values of `com.docker.compose.config-hash` as Docker Compose 2.40 computes them (pkg/compose/hash.go): SHA-256 of an
 * object's JSON, without what a container does not depend on. We write the same, so that either tool takes over what the
 * other has made without making it anew. What we ourselves compare is finer: see config-hash.ts.
 */
const notHashed: ReadonlySet<string> = new Set([
  'build',
  'pull_policy',
  'scale',
  'depends_on',
  'profiles',
  'env_file',
  'label_file',
])
const hashedFields = serviceFields.filter(({ name }) => !notHashed.has(name))

/**
 * Of a service whose env files have been read. With `idOf`, the container that `service:x` stands for, as `up` writes it;
 * without it as `config --hash` prints it.
 */
export const toServiceHash = (
  service: Service,
  digest: Digest,
  idOf?: (service: ServiceName) => string | undefined,
): string => {
  const { deploy } = service
  const resolved = {
    ...service,
    ...(idOf === undefined ? {} : toContainers(service, idOf)),
    ...(deploy === undefined ? {} : { deploy: { ...deploy, replicas: undefined } }),
  }
  return digest(writeJson(printFields(resolved, hashedFields, 'json'), 0))
}

/** Docker Compose hashes a service when it knows the containers whose namespaces and volumes the service shares. */
const toContainers = (service: Service, idOf: (service: ServiceName) => string | undefined): Partial<Service> => {
  const shared = (['network_mode', 'ipc', 'pid'] as const).flatMap((key) => {
    const name = serviceReference(service[key])
    const id = name === undefined ? undefined : idOf(name)
    return id === undefined ? [] : [[key, `container:${id}`] as const]
  })
  const volumesFrom = service.volumes_from?.map((entry) => {
    const [name = '', container] = entry.split(':')
    return name === 'container' ? (container ?? '') : (idOf(name) ?? entry)
  })
  return { ...Object.fromEntries(shared), ...(volumesFrom === undefined ? {} : { volumes_from: volumesFrom }) }
}

export const toNetworkHash = (network: Network, digest: Digest): string =>
  digest(writeJson(networkCodec.print?.(network, 'json'), 0))

export const toVolumeHash = (volume: Volume, digest: Digest): string =>
  digest(writeJson(volumeCodec.print?.({ ...volume, driver: volume.driver ?? 'local' }, 'json'), 0))
