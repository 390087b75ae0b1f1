import type { Digest } from '../core/project/config-hash.ts'
import type { Agreements } from './ports/agreements.ts'
import type { Clock } from './ports/clock.ts'
import type { HostFiles } from './ports/host-files.ts'
import type { HostWriter } from './ports/host-writer.ts'
import type { Lock } from './ports/lock.ts'
import type { Machine } from './ports/machine.ts'
import type { Runtime } from './ports/runtime.ts'
import type { SourceFiles } from './ports/source-files.ts'
import type { Watcher } from './ports/watcher.ts'
import type { Models } from './ports/models.ts'
import type { Providers } from './ports/providers.ts'
import type { Repositories } from './ports/repositories.ts'

/** Everything that the engine needs of the world. Built in one place, cli/context.ts. */
export type EngineDeps = {
  readonly runtime: Runtime
  readonly clock: Clock
  /** From 0 to below 1: the jitter of retries. */
  readonly random: () => number
  /** SHA-256 as hexadecimal text, for hashes that are known only when a step is carried out. */
  readonly digest: Digest
  readonly lock: Lock
  readonly files: HostFiles
  /** Absent: nothing is looked at beforehand. */
  readonly machine?: Machine
  /** Absent: services with a `provider` fail. */
  readonly providers?: Providers
  /** Absent: services that use `models` fail. */
  readonly models?: Models
  /** Absent where nothing is built: a build from a git repository fails. */
  readonly repositories?: Repositories
}

/** What a session needs besides, for it alone watches. */
export type SessionDeps = EngineDeps & {
  /** The same files, as a watch looks at them. */
  readonly sources: SourceFiles
  readonly watcher: Watcher
  /** Absent: nothing comes back from containers. */
  readonly writer?: HostWriter
  /** Absent: what came back is known as long as it is watched for. */
  readonly agreements?: Agreements
}
