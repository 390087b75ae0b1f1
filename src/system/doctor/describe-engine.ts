import { existsSync } from 'node:fs'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { requestEngine } from '../engines/engine-http.ts'
import type { EngineDescription } from './check.ts'

type Version = {
  readonly Version?: string
  readonly ApiVersion?: string
  readonly Platform?: { readonly Name?: string }
  readonly Components?: readonly { readonly Name?: string }[]
}
type Info = {
  readonly OperatingSystem?: string
  readonly Driver?: string
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly DockerRootDir?: string
  readonly MemTotal?: number
  readonly Warnings?: readonly string[] | null
}

/** Asks an engine what it is. */
export const describeEngine = async (
  address: EngineAddress,
  { signal }: { signal: AbortSignal },
): Promise<EngineDescription> => {
  const [ping, version, info] = await Promise.all([
    requestEngine(address, { path: '/_ping', signal }),
    requestJson<Version>(address, { path: '/version', signal }),
    requestJson<Info>(address, { path: '/info', signal }),
  ])
  const podman = version.Components?.some(({ Name }) => Name === 'Podman Engine') === true
  const local = address.kind === 'unix' && info.DockerRootDir !== undefined && existsSync(info.DockerRootDir)
  return {
    address: address.host,
    version: `${podman ? 'Podman' : 'Docker'} ${version.Version ?? 'of unknown version'}`,
    api: version.ApiVersion ?? 'unknown',
    platform:
      version.Platform?.Name === undefined || version.Platform.Name === ''
        ? (info.OperatingSystem ?? '')
        : version.Platform.Name,
    storage: info.Driver ?? 'unknown',
    cgroup: `v${info.CgroupVersion ?? '1'} (${info.CgroupDriver ?? 'unknown driver'})`,
    rootless: info.SecurityOptions?.some((option) => option.includes('name=rootless')) === true,
    buildKit: ping.headers['builder-version'] === '2',
    dataFolder: local ? info.DockerRootDir : undefined,
    memoryBytes: info.MemTotal ?? 0,
    warnings: (info.Warnings ?? []).map((warning) => warning.replace(/^WARNING: /, '')),
  }
}

const requestJson = async <T>(address: EngineAddress, ask: { path: string; signal: AbortSignal }): Promise<T> =>
  JSON.parse((await requestEngine(address, ask)).body) as T
