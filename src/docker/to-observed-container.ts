import type { ContainerState, Health, PublishedPort } from '../core/plan/container-state.ts'
import type { Bond, ObservedContainer, ObservedMount } from '../core/plan/observed.ts'
import type { ContainerDetails } from '../engine/ports/container-runtime.ts'
import { type EngineEndpoint, type HostSettings, toSettings } from './to-settings.ts'

/** The engine's JSON, as far as it is read. Newer engines leave out what is empty. */
export type ListedContainer = {
  readonly Id: string
  readonly Names?: readonly string[] | null
  readonly Image: string
  readonly ImageID: string
  readonly ImageManifestDescriptor?: { readonly digest?: string } | null
  readonly Command?: string
  readonly Created: number
  readonly State: string
  readonly Status: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly Ports?:
    | readonly {
        readonly IP?: string
        readonly PrivatePort: number
        readonly PublicPort?: number
        readonly Type: string
      }[]
    | null
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string } | null>> | null
  } | null
  readonly Mounts?: readonly EngineMount[] | null
}
type EngineMount = {
  readonly Type: string
  readonly Name?: string | undefined
  readonly Source?: string
  readonly Destination: string
  readonly RW?: boolean
}

const label = 'com.docker.compose'

export const toObservedContainer = (listed: ListedContainer): ObservedContainer => {
  const labels = listed.Labels ?? {}
  const health = readHealth(listed.Status)
  const exitCode = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(listed.Status)?.[1]
  return {
    id: listed.Id,
    name: (listed.Names?.find((name) => name.indexOf('/', 1) === -1) ?? listed.Names?.[0] ?? '').replace(/^\//, ''),
    ...toIdentity(labels),
    state: listed.State as ContainerState,
    ...(health === undefined ? {} : { health }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    image: listed.Image,
    imageId: listed.ImageID,
    ...(listed.ImageManifestDescriptor?.digest === undefined
      ? {}
      : { contentId: listed.ImageManifestDescriptor.digest }),
    labels,
    networks: Object.entries(listed.NetworkSettings?.Networks ?? {}).map(([name, endpoint]) => ({
      id: endpoint?.NetworkID ?? '',
      name,
    })),
    mounts: (listed.Mounts ?? []).map(toMount),
    ports: (listed.Ports ?? []).map(({ IP = '', PrivatePort, PublicPort, Type }) => ({
      hostIp: IP,
      ...(PublicPort === undefined ? {} : { hostPort: PublicPort }),
      containerPort: PrivatePort,
      protocol: Type,
    })),
    createdAt: listed.Created,
    status: listed.Status,
    command: listed.Command ?? '',
  }
}

const toIdentity = (
  labels: Readonly<Record<string, string>>,
): Pick<ObservedContainer, 'project' | 'service' | 'number' | 'oneOff'> => {
  const oneOff = labels[`${label}.oneoff`] === 'True'
  return {
    project: labels[`${label}.project`] ?? '',
    service: labels[`${label}.service`] ?? '',
    number: oneOff ? 0 : Number(labels[`${label}.container-number`] ?? 0),
    oneOff,
  }
}

/** `Up 3 minutes (healthy)`, `Up 1 second (health: starting)`. */
const readHealth = (status: string): Health | undefined => {
  const word = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(status)?.[1]
  return word as Health | undefined
}

/** The engine names an anonymous volume by 64 hexadecimal digits; a list does not say so in any other way. */
const toMount = ({ Type, Name, Source, Destination }: EngineMount): ObservedMount => ({
  type: Type,
  source: (Type === 'volume' ? Name : Source) ?? '',
  target: Destination,
  anonymous: Type === 'volume' && /^[0-9a-f]{64}$/.test(Name ?? ''),
})

export type EngineHealthcheck = {
  readonly Test?: readonly string[] | null | undefined
  readonly Interval?: number | undefined
  readonly Timeout?: number | undefined
  readonly StartPeriod?: number | undefined
  readonly Retries?: number | undefined
}

export type InspectedContainer = {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Path?: string
  readonly Args?: readonly string[] | null
  readonly Image: string
  readonly RestartCount?: number
  readonly State: {
    readonly Status: string
    readonly ExitCode?: number
    readonly Pid?: number
    readonly OOMKilled?: boolean
    readonly Error?: string
    readonly StartedAt?: string
    readonly FinishedAt?: string
    readonly Health?:
      | {
          readonly Status?: string
          readonly Log?:
            | readonly {
                readonly Start: string
                readonly End?: string
                readonly ExitCode: number
                readonly Output: string
              }[]
            | null
        }
      | null
      | undefined
  }
  readonly Config: {
    readonly Image: string
    readonly Tty?: boolean
    readonly User?: string
    readonly WorkingDir?: string
    readonly Env?: readonly string[] | null
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly Healthcheck?: EngineHealthcheck | null | undefined
  }
  readonly HostConfig?: HostSettings & {
    readonly AutoRemove?: boolean | undefined
    readonly ReadonlyRootfs?: boolean | undefined
    readonly Tmpfs?: Readonly<Record<string, string>> | null | undefined
    readonly NetworkMode?: string | undefined
    readonly IpcMode?: string | undefined
    readonly PidMode?: string | undefined
    readonly UTSMode?: string | undefined
    readonly CgroupnsMode?: string | undefined
    readonly VolumesFrom?: readonly string[] | null | undefined
  }
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, EngineEndpoint | null>> | null
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
    > | null
  }
  readonly Mounts?: readonly EngineMount[] | null
}

// oxlint-disable-next-line complexity -- a table of fields, each of which may be missing
export const toContainerDetails = (found: InspectedContainer): ContainerDetails => {
  const { State: state, Config: config } = found
  const labels = config.Labels ?? {}
  const health = state.Health?.Status
  const healthcheck = toHealthcheckInForce(config.Healthcheck)
  const startedAt = toSeconds(state.StartedAt)
  const finishedAt = toSeconds(state.FinishedAt)
  const hasEnded = state.Status === 'exited' || state.Status === 'dead' || state.Status === 'restarting'
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    ...toIdentity(labels),
    state: state.Status as ContainerState,
    ...(health === 'starting' || health === 'healthy' || health === 'unhealthy' ? { health } : {}),
    ...(hasEnded ? { exitCode: state.ExitCode ?? 0 } : {}),
    image: config.Image,
    imageId: found.Image,
    labels,
    networks: Object.entries(found.NetworkSettings?.Networks ?? {}).map(([name, endpoint]) => ({
      id: endpoint?.NetworkID ?? '',
      name,
    })),
    mounts: (found.Mounts ?? []).map(toMount),
    ports: toPorts(found.NetworkSettings?.Ports ?? {}),
    createdAt: toSeconds(found.Created) ?? 0,
    status: state.Status,
    command: [found.Path ?? '', ...(found.Args ?? [])].join(' '),
    bonds: toBonds(found.HostConfig ?? {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    restartCount: found.RestartCount ?? 0,
    pid: state.Pid ?? 0,
    tty: config.Tty ?? false,
    oomKilled: state.OOMKilled ?? false,
    error: state.Error ?? '',
    probes: (state.Health?.Log ?? []).map(({ Start, End, ExitCode, Output }) => ({
      at: Date.parse(Start),
      exitCode: ExitCode,
      output: Output,
      ...(End === undefined || End.startsWith('0001-') ? {} : { ms: Date.parse(End) - Date.parse(Start) }),
    })),
    ...(healthcheck === undefined ? {} : { healthcheck }),
    user: config.User ?? '',
    workingDir: config.WorkingDir ?? '',
    environment: config.Env ?? [],
    autoRemove: found.HostConfig?.AutoRemove ?? false,
    ...toSettings(found),
    tmpfs: Object.keys(found.HostConfig?.Tmpfs ?? {}),
    readOnly: [
      ...(found.HostConfig?.ReadonlyRootfs === true ? ['/'] : []),
      ...(found.Mounts ?? []).flatMap(({ RW, Destination }) => (RW === false ? [Destination] : [])),
    ],
  }
}

const toBonds = (host: NonNullable<InspectedContainer['HostConfig']>): Bond[] => {
  const modes = [
    ['network', host.NetworkMode],
    ['ipc', host.IpcMode],
    ['pid', host.PidMode],
    ['uts', host.UTSMode],
    ['cgroup', host.CgroupnsMode],
  ] as const
  return [
    ...modes.flatMap(([kind, mode]) =>
      mode?.startsWith('container:') === true ? [{ kind, id: mode.slice('container:'.length) }] : [],
    ),
    ...(host.VolumesFrom ?? []).map((entry) => ({ kind: 'volumes' as const, id: entry.split(':')[0] ?? '' })),
  ]
}

/** Seconds since the epoch; the engine writes year 1 for "never". */
export const toSeconds = (text: string | undefined): number | undefined =>
  text === undefined || text === '' || text.startsWith('0001-') ? undefined : Date.parse(text) / 1000

const toPorts = (
  ports: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>>,
): PublishedPort[] =>
  Object.entries(ports).flatMap(([name, bindings]): PublishedPort[] => {
    const [port = '', protocol = 'tcp'] = name.split('/')
    const target = { containerPort: Number(port), protocol }
    if (bindings === null || bindings.length === 0) return [{ hostIp: '', ...target }]
    return bindings.map(({ HostIp = '', HostPort = '' }) => ({
      hostIp: HostIp,
      ...(HostPort === '' ? {} : { hostPort: Number(HostPort) }),
      ...target,
    }))
  })

/** Zero stands for the engine's default: 30 s, 30 s, 3 tries, no start period. */
const toHealthcheckInForce = (check: EngineHealthcheck | null | undefined): ContainerDetails['healthcheck'] => {
  const test = check?.Test ?? []
  if (check === null || check === undefined || test.length === 0 || test[0] === 'NONE') return undefined
  const orDefault = (value: number | undefined, fallback: number): number =>
    value === undefined || value === 0 ? fallback : value
  return {
    test,
    intervalMs: orDefault(check.Interval, 30e9) / 1e6,
    timeoutMs: orDefault(check.Timeout, 30e9) / 1e6,
    retries: orDefault(check.Retries, 3),
    startPeriodMs: (check.StartPeriod ?? 0) / 1e6,
  }
}
