import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress, EngineAttempt } from '../../engine/ports/engine-address.ts'
import type { Check, EngineDescription } from './check.ts'
import { asksDockerHub } from './docker-hub.ts'
import { suggestEngineFix, type Machine } from './machine.ts'

/** Docker Engine 20.10: the oldest that Stack is tested with. */
const OLDEST_API = 41

/** One problem that lists every place that was tried. */
export const checkUnreachable = (attempts: readonly EngineAttempt[], machine: Machine): Check => {
  const tried = attempts.map(({ address, source, failure }) => `${address} (${source}): ${failure}`)
  return {
    id: 'engine',
    title: 'Engine',
    status: 'problem',
    detail: ['no container engine answers. Tried:', ...tried].join('\n'),
    fix: suggestFix(attempts, machine),
  }
}

const suggestFix = (attempts: readonly EngineAttempt[], machine: Machine): string => {
  if (attempts.some(({ failure }) => failure.includes('may not open')))
    return 'sudo usermod -aG docker "$USER" && newgrp docker'
  const [first] = attempts
  const local = first === undefined || first.address.startsWith('unix:') || first.address.startsWith('npipe:')
  if (local) return suggestEngineFix(machine)
  return first.source.startsWith('DOCKER_') ? `unset ${first.source}` : 'docker context use default'
}

export const checkEngine = (engine: EngineDescription): readonly Check[] => {
  const minor = Number(engine.api.split('.')[1])
  const old = engine.api.startsWith('1.') && minor < OLDEST_API
  const kind = engine.rootless ? ', rootless' : ''
  return [
    {
      id: 'engine',
      title: 'Engine',
      status: old ? 'problem' : 'ok',
      detail: `${engine.version}, API ${engine.api}${old ? ` (Stack needs 1.${OLDEST_API})` : ''}${kind}, at ${engine.address}`,
      ...(old ? { fix: 'stack doctor --fix' } : {}),
    },
    { id: 'storage', title: 'Storage', status: 'ok', detail: `${engine.storage}, cgroup ${engine.cgroup}` },
    checkBuilder(engine, minor),
    ...engine.warnings.map((detail, at): Check => ({
      id: `engine-warning-${at + 1}`,
      title: 'Engine says',
      status: 'warning',
      detail,
    })),
  ]
}

const checkBuilder = ({ buildKit, version }: EngineDescription, minor: number): Check => {
  const shared = { id: 'builder', title: 'Builder' }
  if (version.startsWith('Podman')) return { ...shared, status: 'ok', detail: 'Buildah, of Podman' }
  if (buildKit) return { ...shared, status: 'ok', detail: 'BuildKit' }
  const detail =
    minor > OLDEST_API
      ? 'BuildKit is turned off in the engine'
      : "the classic builder; this engine's BuildKit is used when a build asks for it"
  return { ...shared, status: 'ok', detail }
}

/** Where images come from. Without Docker Hub nothing that is not here already can be pulled: worth a warning. */
export const checkImages = async (
  address: EngineAddress,
  options: { env: Environment; signal: AbortSignal },
): Promise<Check> => {
  const { reachable, detail } = await asksDockerHub(address, options)
  const shared = { id: 'images', title: 'Images' }
  return reachable
    ? { ...shared, status: 'ok', detail }
    : { ...shared, status: 'warning', detail: `${detail}: only images that are here already can be used` }
}
