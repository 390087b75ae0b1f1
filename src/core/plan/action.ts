import type { Hook, Service } from '../project/service.ts'
import type { Model, Network, NetworkName, ServiceName, Volume, VolumeName } from '../project/project.ts'
import type { Problem } from '../errors/problem.ts'
import type { ContainerId } from './observed.ts'

/** A container that exists already, or the one that an earlier step of the same plan creates. */
export type ContainerRef =
  | { readonly id: ContainerId; readonly name: string }
  | { readonly step: string; readonly name: string }

/**
 * One thing done to the world, nearly always one call to the engine. Everything that `up` and `down` do is an action:
 * what is not in the plan does not happen.
 */
export type Action =
  | {
      readonly kind: 'image/pull'
      readonly image: string
      readonly services: readonly ServiceName[]
      readonly platform?: string
      readonly optional?: boolean
    }
  /** `platforms`: none stands for the builder's own. */
  | {
      readonly kind: 'image/build'
      readonly service: ServiceName
      readonly image: string
      readonly definition: Service
      readonly platforms: readonly string[]
    }
  | { readonly kind: 'image/remove'; readonly image: string }
  | {
      readonly kind: 'network/create'
      readonly key: NetworkName
      readonly network: Network
      readonly labels: Readonly<Record<string, string>>
    }
  | { readonly kind: 'network/remove'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'network/connect'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly key: NetworkName
      readonly network: string
    }
  | { readonly kind: 'network/disconnect'; readonly container: ContainerRef; readonly network: string }
  | {
      readonly kind: 'volume/create'
      readonly key: VolumeName
      readonly volume: Volume
      readonly labels: Readonly<Record<string, string>>
    }
  | { readonly kind: 'volume/remove'; readonly name: string }
  | {
      readonly kind: 'container/create'
      readonly service: ServiceName
      readonly definition: Service
      /** `com.docker.compose.container-number`, from 1. */
      readonly number: number
      /** The name it is created under; a replacement starts under a temporary one. */
      readonly name: string
      /** The container it takes the place of; its anonymous volumes are kept unless `renewVolumes`. */
      readonly replaces?: ContainerId
      readonly renewVolumes?: boolean
      /** The replaced container ran another image: anonymous volumes over its dependencies may be out of date. */
      readonly imageChanged?: boolean
      readonly configHash: string
      readonly labels: Readonly<Record<string, string>>
      /** A container of `run`, which is no replica of its service. */
      readonly oneOff?: { readonly servicePorts: boolean; readonly useAliases: boolean; readonly autoRemove: boolean }
    }
  /** Secrets and configs whose content does not come from a file are copied in before the start. */
  | { readonly kind: 'container/copy'; readonly container: ContainerRef; readonly service: ServiceName }
  | { readonly kind: 'container/start'; readonly container: ContainerRef; readonly service: ServiceName }
  | {
      readonly kind: 'container/stop'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly graceSeconds?: number
    }
  | {
      readonly kind: 'container/kill'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly signal: string
    }
  | {
      readonly kind: 'container/restart'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly graceSeconds?: number
    }
  | {
      readonly kind: 'container/remove'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly force: boolean
      readonly anonymousVolumes: boolean
    }
  | {
      readonly kind: 'container/rename'
      readonly container: ContainerRef
      readonly service: ServiceName
      readonly to: string
    }
  | {
      readonly kind: 'container/pause' | 'container/unpause'
      readonly container: ContainerRef
      readonly service: ServiceName
    }
  /** Waits until every container of the service is in the condition. Changes nothing. */
  | {
      readonly kind: 'service/await'
      readonly service: ServiceName
      readonly containers: readonly ContainerRef[]
      readonly condition: 'started' | 'healthy' | 'completed' | 'running-or-healthy'
      readonly definition: Service
      /** A failure is a warning, and dependents go on. */
      readonly optional?: boolean
    }
  /** `pre_start`: a container of its own, run to its end before the service starts. */
  | {
      readonly kind: 'hook/run'
      readonly service: ServiceName
      readonly index: number
      readonly hook: Hook
      readonly definition: Service
    }
  /** `post_start`, `pre_stop`: a command in the running container. */
  | {
      readonly kind: 'hook/exec'
      readonly service: ServiceName
      readonly container: ContainerRef
      readonly phase: 'post_start' | 'pre_stop'
      readonly index: number
      readonly hook: Hook
    }
  /** A language model, made ready by the plugin that serves models. */
  | { readonly kind: 'model/provide'; readonly key: string; readonly model: Model }
  | {
      readonly kind: 'provider/up' | 'provider/stop' | 'provider/down'
      readonly service: ServiceName
      readonly definition: Service
    }

export type ActionKind = Action['kind']

export type Step = {
  /** Words that stay the same when the plan grows: `web.1/create`, `default/network`. */
  readonly id: string
  /** Ids of the steps that must have ended well before this one runs. */
  readonly needs: readonly string[]
  /** Ids of the steps that must have ended, well or not, before this one runs. */
  readonly after?: readonly string[]
  readonly action: Action
  /** Why, in words; shown by the screen, by `stack plan` and by `--dry-run`. Never the value of a secret. */
  readonly cause: string
  /** Steps of one group show as one line: `recreate web.1`. */
  readonly group?: string
  /** Loses data that nothing here can bring back: asked about once, for the whole plan. */
  readonly destructive: boolean
  /** Somebody has agreed to the loss beforehand, by a flag that means just this. */
  readonly agreed?: boolean
}

/** Steps are in topological order. */
export type Plan = {
  readonly steps: readonly Step[]
  readonly warnings: readonly Problem[]
  /** Services that are as they should be, each with all of its containers running. */
  readonly unchanged: readonly ServiceName[]
}
