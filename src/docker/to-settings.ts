import type { ContainerDetails } from '../engine/ports/container-runtime.ts'

type EngineRestartPolicy = { readonly Name?: string | undefined; readonly MaximumRetryCount?: number | undefined }

export type EngineEndpoint = {
  readonly NetworkID?: string
  readonly IPAddress?: string
  readonly GlobalIPv6Address?: string
  readonly Aliases?: readonly string[] | null
}

export type HostSettings = {
  readonly RestartPolicy?: EngineRestartPolicy | null | undefined
  readonly NanoCpus?: number | undefined
  readonly CpuQuota?: number | undefined
  readonly CpuPeriod?: number | undefined
  readonly Memory?: number | undefined
  readonly PidsLimit?: number | null | undefined
}

type Inspected = {
  readonly Id: string
  readonly HostConfig?: HostSettings
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, EngineEndpoint | null>> | null }
}

/** What a container may use, when it is started again, and where others reach it. */
export const toSettings = ({
  Id,
  HostConfig,
  NetworkSettings,
}: Inspected): Pick<ContainerDetails, 'restart' | 'limits' | 'endpoints'> => ({
  restart: toRestart(HostConfig?.RestartPolicy ?? {}),
  limits: toLimits(HostConfig ?? {}),
  endpoints: Object.entries(NetworkSettings?.Networks ?? {}).map(([network, endpoint]) => ({
    network,
    addresses: [endpoint?.IPAddress ?? '', endpoint?.GlobalIPv6Address ?? ''].filter((address) => address !== ''),
    // The engine adds the beginning of its id.
    aliases: (endpoint?.Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
  })),
})

const toRestart = ({ Name = '', MaximumRetryCount = 0 }: EngineRestartPolicy): string =>
  MaximumRetryCount > 0 ? `${Name}:${MaximumRetryCount}` : Name === '' ? 'no' : Name

/** Zero, and below, is without a limit. */
const toLimits = ({
  NanoCpus = 0,
  CpuQuota = 0,
  CpuPeriod = 0,
  Memory = 0,
  PidsLimit,
}: HostSettings): ContainerDetails['limits'] => {
  const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota > 0 ? CpuQuota / (CpuPeriod > 0 ? CpuPeriod : 100_000) : 0
  return {
    ...(cpus > 0 ? { cpus } : {}),
    ...(Memory > 0 ? { memoryBytes: Memory } : {}),
    ...((PidsLimit ?? 0) > 0 ? { pids: PidsLimit ?? 0 } : {}),
  }
}
