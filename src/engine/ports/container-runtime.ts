import type { ContainerId, ObservedContainer } from '../../core/plan/observed.ts'
import type { Project } from '../../core/project/project.ts'
import type { Service } from '../../core/project/service.ts'
import type { CallOptions } from './call-options.ts'
import type { ContainerUsage } from './container-usage.ts'

/** The mode has Go's bits for a folder and for a symbolic link; `linkTarget` is empty for what is none. */
export type PathStat = {
  readonly name: string
  readonly size: number
  readonly mode: number
  readonly linkTarget: string
}

export type ContainerRuntime = {
  /** With `project`: by label. All states. One list call; nothing is inspected. */
  listContainers(
    filter: { readonly project?: string; readonly labels?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly ObservedContainer[]>
  inspectContainer(id: ContainerId, options?: CallOptions): Promise<ContainerDetails | undefined>
  createContainer(
    spec: ContainerSpec,
    options?: CallOptions,
  ): Promise<{ readonly id: ContainerId; readonly warnings: readonly string[] }>
  startContainer(id: ContainerId, options?: CallOptions): Promise<void>
  /**
   * Sends the container's stop signal and kills after `graceSeconds` (default: the container's own, else 10). `onExit` is
   * called when the process has ended, which is before the call resolves; not at all where that cannot be seen.
   */
  stopContainer(
    id: ContainerId,
    options?: CallOptions & { readonly graceSeconds?: number; readonly onExit?: () => void },
  ): Promise<void>
  killContainer(id: ContainerId, options?: CallOptions & { readonly killSignal?: string }): Promise<void>
  restartContainer(id: ContainerId, options?: CallOptions & { readonly graceSeconds?: number }): Promise<void>
  removeContainer(
    id: ContainerId,
    options?: CallOptions & { readonly force?: boolean; readonly anonymousVolumes?: boolean },
  ): Promise<void>
  renameContainer(id: ContainerId, name: string, options?: CallOptions): Promise<void>
  pauseContainer(id: ContainerId, options?: CallOptions): Promise<void>
  unpauseContainer(id: ContainerId, options?: CallOptions): Promise<void>
  /** Resolves with the exit code at the next time that it is not running (at once if it is not running now). */
  waitContainer(
    id: ContainerId,
    options?: CallOptions & { readonly condition?: 'not-running' | 'next-exit' | 'removed' },
  ): Promise<{ readonly exitCode: number }>
  /** Puts files under `path` of the container (any state). Existing files are replaced. */
  putFiles(id: ContainerId, path: string, files: readonly ContainerFile[], options?: CallOptions): Promise<void>
  /** A tar stream into, or out of, the container: `stack cp`. */
  putArchive(
    id: ContainerId,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options?: CallOptions & {
      readonly copyOwner?: boolean
      /** Refuse a folder where something else is, a link among it, and the other way round. */ readonly keepKinds?: boolean
    },
  ): Promise<void>
  /** What is at `path`, or where a link there leads if it ends in `/`; `undefined` when nothing is. */
  statPath(id: ContainerId, path: string, options?: CallOptions): Promise<PathStat | undefined>
  getArchive(
    id: ContainerId,
    path: string,
    options?: CallOptions,
  ): Promise<{
    readonly stat: PathStat
    readonly tar: AsyncIterable<Uint8Array>
  }>
  exec(id: ContainerId, spec: ExecSpec, options?: CallOptions): Promise<ExecSession>
  /** Streams of the main process: open before the start so that no line is lost. */
  attach(
    id: ContainerId,
    spec: { readonly stdin: boolean; readonly tty: boolean; readonly logs?: boolean },
    options?: CallOptions,
  ): Promise<InteractiveStream>
  resizeTty(
    target: { readonly container: ContainerId } | { readonly exec: string },
    size: { readonly columns: number; readonly rows: number },
    options?: CallOptions,
  ): Promise<void>
  logs(id: ContainerId, spec: LogSpec, options?: CallOptions): AsyncIterable<LogChunk>
  top(
    id: ContainerId,
    options?: CallOptions,
  ): Promise<{ readonly titles: readonly string[]; readonly processes: readonly (readonly string[])[] }>
  /** `stream: false` yields once, after at most 1.1 s. */
  stats(id: ContainerId, spec: { readonly stream: boolean }, options?: CallOptions): AsyncIterable<ContainerStats>
  /** One look, without waiting for a second one to compare it with. */
  readUsage(id: ContainerId, options?: CallOptions): Promise<ContainerUsage>
}

/** What a container is made from. docker/create-options.ts turns it into the engine's words. */
export type ContainerSpec = {
  readonly name: string
  readonly project: Pick<Project, 'name' | 'networks' | 'volumes' | 'configs' | 'secrets' | 'context'>
  readonly serviceName: string
  readonly service: Service
  /** The image to run; the service's own, or `<project>-<service>` of a build. */
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  /** Real network name by key, for the service's networks (external ones too). */
  readonly networkNames: Readonly<Record<string, string>>
  /** Container id by service name, for `network_mode`, `ipc`, `pid`, `uts`, `cgroup` and `volumes_from` of `service:…`. */
  readonly containersOf: Readonly<Record<string, ContainerId>>
  /** Anonymous volumes to keep, from the container that this one replaces: target path → volume name. */
  readonly inheritedVolumes?: Readonly<Record<string, string>>
  /** A container of `run`: no published ports or aliases unless asked for, no restart policy. */
  readonly oneOff?: { readonly servicePorts: boolean; readonly useAliases: boolean; readonly autoRemove: boolean }
  /** Variables of providers and models, above the service's own, as Docker Compose sets them. */
  readonly extraEnvironment?: Readonly<Record<string, string>>
}

export type ContainerDetails = ObservedContainer & {
  readonly finishedAt?: number
  readonly restartCount: number
  readonly pid: number
  readonly tty: boolean
  readonly oomKilled: boolean
  /** The engine's own words for a start that failed. */
  readonly error: string
  /** The last probes, oldest first. */
  readonly probes: readonly {
    readonly at: number
    readonly exitCode: number
    readonly output: string
    /** How long it took. */ readonly ms?: number
  }[]
  /** The healthcheck in force, the image's included; undefined for none or `NONE`. Milliseconds. */
  readonly healthcheck?: {
    readonly test: readonly string[]
    readonly intervalMs: number
    readonly timeoutMs: number
    readonly retries: number
    readonly startPeriodMs: number
  }
  readonly user: string
  readonly workingDir: string
  readonly environment: readonly string[]
  readonly autoRemove: boolean
  /** `unless-stopped`, `on-failure:3`. */
  readonly restart: string
  readonly limits: { readonly cpus?: number; readonly memoryBytes?: number; readonly pids?: number }
  /** By network name, in the order of `networks`. */
  readonly endpoints: readonly {
    readonly network: string
    readonly addresses: readonly string[]
    readonly aliases: readonly string[]
  }[]
  /** Folders that are kept in memory; those that are told as mounts are not among them. */
  readonly tmpfs?: readonly string[]
  /** Mounts that nothing can be written to; `/` where what the image brought cannot be either. */
  readonly readOnly?: readonly string[]
}

export type ContainerFile = {
  /** Relative to the path of the call. */
  readonly path: string
  readonly content: Uint8Array
  /** Permission bits: 0o444. */
  readonly mode: number
  readonly uid?: number
  readonly gid?: number
}

export type ExecSpec = {
  readonly command: readonly string[]
  readonly tty?: boolean
  readonly stdin?: boolean
  readonly detach?: boolean
  readonly user?: string
  readonly workingDir?: string
  readonly privileged?: boolean
  /** `KEY=value`, or `KEY` alone to pass nothing. */
  readonly environment?: readonly string[]
  readonly size?: { readonly columns: number; readonly rows: number }
}

/** With a terminal everything arrives as stdout. */
export type OutputChunk = { readonly stream: 'stdout' | 'stderr'; readonly data: Uint8Array }

export type InteractiveStream = {
  readonly output: AsyncIterable<OutputChunk>
  /** False where the other side takes no more for now: wait for `drained` before there is more. */
  write(data: Uint8Array): boolean
  drained(): Promise<void>
  /** Half-close: the process sees the end of its input. */
  endInput(): void
  close(): void
}

export type ExecSession = InteractiveStream & {
  readonly id: string
  /** Once the output has ended. */
  exitCode(options?: CallOptions): Promise<number>
}

export type LogSpec = {
  readonly follow: boolean
  /** Lines from the end; absent: all. */
  readonly tail?: number
  /** Seconds since the epoch, fractions allowed; or the engine's own text (`10m`, RFC 3339). */
  readonly since?: number | string
  readonly until?: number | string
}

/** Whole lines, with the engine's own time. */
export type LogChunk = {
  readonly stream: 'stdout' | 'stderr'
  readonly lines: readonly {
    readonly text: string
    readonly at: number
    /** RFC 3339 with nanoseconds. */ readonly timestamp: string
  }[]
}

export type ContainerStats = {
  readonly at: number
  /** 100 is one core. */
  readonly cpuPercent: number
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
  readonly networkInBytes: number
  readonly networkOutBytes: number
  readonly blockInBytes: number
  readonly blockOutBytes: number
  readonly pids: number
}
