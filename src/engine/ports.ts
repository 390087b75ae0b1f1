import type { Network, Project, Volume } from '../core/project/project.ts'
import type { Build, Service } from '../core/project/service.ts'
import type { ContainerState, Health } from '../core/plan/container-state.ts'
import type {
  ContainerId,
  EngineFacts,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../core/plan/observed.ts'
import type { SnapshotRuntime } from './snapshots.ts'

/**
 * The only things that the engine can touch. Every function that waits takes a `signal` and rejects with the signal's reason
 * when it is aborted. Failures are `StackError`s. Idempotent where it can be: starting what runs, stopping what is stopped
 * and removing what is gone are successes.
 */

export type CallOptions = { readonly signal?: AbortSignal }

/** Where an engine is, as Docker's own CLI finds it. */
export type EngineAddress = {
  readonly kind: 'unix' | 'npipe' | 'tcp' | 'ssh'
  /** As written: `unix:///var/run/docker.sock`. */
  readonly host: string
  readonly socketPath?: string
  readonly hostname?: string
  readonly port?: number
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly skipVerify?: boolean }
  /** What named it: `DOCKER_HOST`, `context "colima"`, `default socket`. */
  readonly source: string
}
export type EngineAttempt = { readonly address: string; readonly source: string; readonly failure: string }

export type Runtime = ContainerRuntime &
  ObjectRuntime &
  ImageRuntime &
  SnapshotRuntime & {
    /** `config.json` with every registry login of whoever runs us, for services that work the engine themselves (`use_api_socket`). */
    readApiLogins(): Promise<Uint8Array>
    /** Cheap, cached: what was learnt when the connection was made (one ping at most). */
    facts(options?: CallOptions): Promise<EngineFacts>
    /** Whether the engine takes new connections: one that is ending still answers on those that are open. Throws when it does not. */
    assertThere(options?: CallOptions): Promise<void>
    /** Milliseconds since the epoch by the engine's own clock, which may be another than ours. Not cheap. */
    readClock(options?: CallOptions): Promise<number>
    /** Engine events of one project (label filter), or of all. Ends only by the signal; throws when the stream is lost. */
    events(
      filter: {
        readonly project?: string
        /** Seconds since the epoch, fractions allowed. */ readonly since?: number
        readonly until?: number
        /** With what is executed in containers, health probes too. */ readonly execs?: boolean
      },
      options: CallOptions,
    ): AsyncIterable<EngineEvent>
    close(): void
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
    options?: CallOptions & { readonly copyOwner?: boolean },
  ): Promise<void>
  getArchive(
    id: ContainerId,
    path: string,
    options?: CallOptions,
  ): Promise<{
    readonly stat: { readonly name: string; readonly size: number; readonly mode: number; readonly linkTarget: string }
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
}

export type ObjectRuntime = {
  listNetworks(
    filter: { readonly project?: string; readonly name?: string },
    options?: CallOptions,
  ): Promise<readonly ObservedNetwork[]>
  /** By exact name or id. */
  findNetwork(name: string, options?: CallOptions): Promise<ObservedNetwork | undefined>
  createNetwork(
    spec: { readonly network: Network; readonly labels: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<{ readonly id: string }>
  removeNetwork(id: string, options?: CallOptions): Promise<void>
  connectNetwork(network: string, container: ContainerId, spec: EndpointSpec, options?: CallOptions): Promise<void>
  disconnectNetwork(
    network: string,
    container: ContainerId,
    options?: CallOptions & { readonly force?: boolean },
  ): Promise<void>
  listVolumes(filter: { readonly project?: string }, options?: CallOptions): Promise<readonly ObservedVolume[]>
  findVolume(name: string, options?: CallOptions): Promise<ObservedVolume | undefined>
  createVolume(
    spec: { readonly volume: Volume; readonly labels: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<void>
  removeVolume(name: string, options?: CallOptions & { readonly force?: boolean }): Promise<void>
}

export type ImageRuntime = {
  inspectImage(reference: string, options?: CallOptions): Promise<ObservedImage | undefined>
  listImages(filter: { readonly labels?: readonly string[] }, options?: CallOptions): Promise<readonly ObservedImage[]>
  pullImage(
    reference: string,
    options?: CallOptions & { readonly platform?: string; readonly onProgress?: (progress: TransferProgress) => void },
  ): Promise<ObservedImage>
  pushImage(
    reference: string,
    options?: CallOptions & { readonly onProgress?: (progress: TransferProgress) => void },
  ): Promise<void>
  buildImage(
    spec: BuildSpec,
    options?: CallOptions & { readonly onProgress?: (progress: BuildProgress) => void },
  ): Promise<{ readonly imageId: string }>
  /** What its registry has for it now; nothing is pulled. */
  resolveDigest(reference: string, options?: CallOptions): Promise<string>
  tagImage(reference: string, tag: string, options?: CallOptions): Promise<void>
  removeImage(reference: string, options?: CallOptions & { readonly force?: boolean }): Promise<void>
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

export type EndpointSpec = {
  readonly aliases: readonly string[]
  readonly service: Service
  readonly networkKey: string
}

export type ContainerDetails = ObservedContainer & {
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly restartCount: number
  readonly pid: number
  readonly tty: boolean
  readonly oomKilled: boolean
  /** The engine's own words for a start that failed. */
  readonly error: string
  /** The last probes, oldest first. */
  readonly probes: readonly { readonly at: number; readonly exitCode: number; readonly output: string }[]
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

export type TransferProgress = {
  readonly layer?: string
  readonly status: string
  readonly current?: number
  readonly total?: number
}

export type BuildSpec = {
  readonly image: string
  readonly build: Build
  readonly projectName: string
  readonly serviceName: string
  readonly secrets: Project['secrets']
  /** Absolute: base of relative paths that are left. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** Absent or none: the builder's own. */
  readonly platforms?: readonly string[]
  readonly noCache?: boolean
  readonly pull?: boolean
  /** `service:x` contexts: image reference by service name. */
  readonly serviceImages: Readonly<Record<string, string>>
}

export type BuildProgress =
  | {
      readonly kind: 'step'
      readonly id: string
      readonly name: string
      readonly state: 'started' | 'done' | 'cached' | 'failed'
      readonly ms?: number
      readonly error?: string
    }
  | { readonly kind: 'log'; readonly id?: string; readonly text: string }
  | { readonly kind: 'transfer'; readonly id: string; readonly current: number; readonly total?: number }

/** An event of the engine, in our words. `exec_*` and archive noise is left out. */
export type EngineEvent = {
  readonly kind: 'container' | 'network' | 'volume' | 'image'
  /** The engine's own action: `start`, `die`, `health_status`, `destroy`, … */
  readonly action: string
  readonly id: string
  readonly name: string
  readonly service?: string
  readonly project?: string
  readonly health?: Health
  readonly exitCode?: number
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number
  readonly attributes: Readonly<Record<string, string>>
}

export type { ContainerState }

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`; rejects when the signal is aborted. */
  sleep(ms: number, options?: CallOptions): Promise<void>
}

export type WatchBatch = {
  readonly paths: readonly string[]
  /** Events were lost or too many: compare everything. */ readonly rescan: boolean
}
export type Watcher = {
  /** Watches files and folders below `roots`; `ignored` prunes folders before they are watched. Ends by the signal. */
  watch(
    roots: readonly string[],
    options: {
      readonly ignored: (path: string, isDirectory: boolean) => boolean
      readonly signal: AbortSignal
      readonly onReady?: () => void
    },
  ): AsyncIterable<WatchBatch>
}

/** What engine/sync and the hooks need of the host's files. */
export type HostFiles = {
  read(path: string): Promise<Uint8Array>
  /** Files and links below `path` (or itself), without what `ignored` prunes. */
  list(path: string, ignored: (path: string, isDirectory: boolean) => boolean): Promise<readonly HostEntry[]>
  stat(path: string): Promise<HostEntry | undefined>
}
export type HostEntry = {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly size: number
  readonly mtimeMs: number
  readonly linkTarget?: string
}

/** Patterns in the syntax of `.dockerignore`; the result tells whether a path relative to their folder is excluded. */
export type IgnorePatterns = (patterns: readonly string[]) => Promise<(relativePath: string) => boolean>

/** One writer for each project. */
export type Lock = {
  acquire(
    project: string,
    options: {
      readonly command: string
      readonly wait: boolean
      readonly signal?: AbortSignal
      readonly onWait?: (holder: string) => void
    },
  ): Promise<HeldLock>
}
export type HeldLock = {
  /** `isFinished: false`: the engine may still be at what it was asked to do, and whoever comes next is told (`wasLeft`). */
  release(options?: { readonly isFinished?: boolean }): Promise<void>
  /** Its last holder ended without giving it back, or did not finish its work. */
  readonly wasLeft?: boolean
}
