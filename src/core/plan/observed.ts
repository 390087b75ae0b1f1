import type { Platform } from '../project/platform.ts'
import type { Share } from '../project/graph.ts'
import type { Health, PublishedPort, ContainerState } from './container-state.ts'

/**
 * What the engine shows of one project at one moment, in our words. Everything here comes from lists by label; nothing
 * of another project is ever part of it, but for objects found by the very names that the project wants to use.
 */
export type Observed = {
  readonly containers: readonly ObservedContainer[]
  readonly networks: readonly ObservedNetwork[]
  readonly volumes: readonly ObservedVolume[]
  /** By the reference as the project writes it; absent: the engine does not have it. */
  readonly images: ReadonlyMap<string, ObservedImage>
  readonly engine: EngineFacts
  /** Containers of others whose namespaces or volumes a service shares, by what the file calls them. */
  readonly outsiders?: ReadonlyMap<string, ObservedContainer>
  /** Absent where nothing is made. */
  readonly machine?: MachineFacts
  /** Milliseconds since the epoch; absent in tests that do not care. */
  readonly observedAt?: number
}

export type ContainerId = string

export type ObservedContainer = {
  readonly id: ContainerId
  /** Without the leading slash. */
  readonly name: string
  readonly project: string
  readonly service: string
  /** `com.docker.compose.container-number`; 0 for a one-off. */
  readonly number: number
  readonly oneOff: boolean
  readonly state: ContainerState
  /** Only known where the container was inspected or its status text names it. */
  readonly health?: Health
  /** Only for an exited or dead container, and one that the engine is about to start again. */
  readonly exitCode?: number
  readonly image: string
  readonly imageId: string
  /** The manifest that it runs, where the engine keeps images as indexes and says so (API 1.48). */
  readonly contentId?: string
  readonly labels: Readonly<Record<string, string>>
  readonly networks: readonly { readonly id: string; readonly name: string }[]
  readonly mounts: readonly ObservedMount[]
  readonly ports: readonly PublishedPort[]
  /** Seconds since the epoch. */
  readonly createdAt: number
  /** The engine's sentence: `Up 3 minutes (healthy)`. */
  readonly status: string
  readonly command: string
  /** Seconds since the epoch. Like `bonds` only known where somebody shares with somebody. */
  readonly startedAt?: number
  /** Whose namespaces and volumes it was made with. */
  readonly bonds?: readonly Bond[]
}

/** The engine keeps the id of the container that a mode named when the sharer was made. */
export type Bond = { readonly kind: Share['kind']; readonly id: ContainerId }

export type ObservedMount = {
  readonly type: string
  /** Name of the volume, or path of the bind mount. */
  readonly source: string
  readonly target: string
  readonly anonymous: boolean
}

export type ObservedNetwork = {
  readonly id: string
  readonly name: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>>
}

export type ObservedVolume = {
  readonly name: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>>
  /** Where its data is on the engine's machine. */
  readonly mountpoint?: string
  readonly scope?: string
}

export type ObservedImage = {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** Digests of its layers, lowest first; absent in tests that do not care. */
  readonly layers?: readonly string[]
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[]
  readonly user: string
  /** `NAME=value`; absent in tests that do not care. */
  readonly environment?: readonly string[]
  readonly exposedPorts: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** Empty where the image says none. */
  readonly workingDirectory?: string
  readonly os: string
  readonly architecture: string
  readonly variant: string
  /** What the engine has of an image that is kept as an index, by platform; absent where it is not, or is not told (API 1.48). */
  readonly contents?: readonly ImageContent[]
  /** Bytes. */
  readonly size: number
  /** Seconds since the epoch. */
  readonly createdAt: number
  /** Seconds since the epoch; when the reference was last pulled or tagged, where the engine says so (API 1.44). */
  readonly taggedAt?: number
}

/** A manifest that can be run. Without a platform it has that of the image. */
export type ImageContent = { readonly id: string; readonly platform?: Platform }

export type PathKind = 'file' | 'folder'

/** What is known beforehand of the machine that Stack runs on. */
export type MachineFacts = {
  /** Whether the engine sees the same files and ports. */
  readonly isEngineHere: boolean
  /** What stands at the paths that the project names; `special`: a device, a pipe or a socket. */
  readonly kinds: ReadonlyMap<string, PathKind | 'special' | 'missing'>
  /** Ports that are taken by others than the project's containers, with who has them: `container web of project "shop"`. */
  readonly busyPorts: readonly {
    readonly hostPort: number
    readonly protocol: string
    /** `0.0.0.0` and `::` for every address. */
    readonly hostIp: string
    readonly holder: string
  }[]
}

export type EngineFacts = {
  /** As negotiated: `1.41` is `{ major: 1, minor: 41 }`. */
  readonly api: { readonly major: number; readonly minor: number }
  readonly version: string
  readonly os: string
  readonly architecture: string
  readonly buildkit: boolean
  readonly podman: boolean
  readonly swarm: boolean
  /** Where its Unix socket is on this machine; absent for an engine that is reached otherwise. */
  readonly socketPath?: string
}
