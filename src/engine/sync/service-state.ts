import type { ContainerSummary } from '../../core/events/event.ts'
import type { WatchAction } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { Builder, Rebuilt } from './builder.ts'
import type { ContainerFiles } from './container-files.ts'
import type { ContainerSync } from './container-sync.ts'
import type { DeliveryDeps } from './deliver.ts'
import type { LimitTeller } from './limits.ts'
import type { MeetingDeps } from './meet.ts'
import type { SyncRule } from './rules.ts'
import type { StandingProblems } from './standing-problems.ts'
import type { Stale, SyncQuestion } from './stale.ts'
import type { Wanted, WantedDeps } from './wanted.ts'

export type ServiceSyncDeps = Pick<EngineDeps, 'runtime' | 'clock'> &
  DeliveryDeps &
  MeetingDeps &
  WantedDeps & {
    readonly emit: Emit
    readonly signal: AbortSignal
    /** By the engine's archives alone where it does not run. */
    readonly openFiles: (id: string, isRunning: boolean) => ContainerFiles
    /** Has the sources looked at and this service updated, at once or at a time. */
    readonly wakeAt: (time: number) => void
  }

export type ServiceSyncOptions = {
  readonly service: string
  readonly rules: readonly SyncRule[]
  /** What is known from an earlier watch of the same session. */
  readonly memory: ServiceMemory
  /** Its image is built from sources here. */
  readonly isBuilt: boolean
  readonly containers: () => readonly ContainerSummary[]
  readonly restart: () => Promise<boolean>
  readonly rebuild: (options: { readonly signal: AbortSignal }) => Promise<Rebuilt>
  readonly ask: (question: SyncQuestion, options: { readonly signal: AbortSignal }) => Promise<boolean>
}

/** Outlives a reload of the stack file, which opens the watch anew. */
export type ServiceMemory = {
  /** When this session began to watch, in milliseconds since the epoch. */
  readonly beganAt: number
  /** Paths that went, and when, by the rule's root and target. */
  readonly vanished: Map<string, Map<string, number>>
  readonly standing: StandingProblems
}

/** What was noticed and not told as done. */
export type Pending = {
  readonly paths: Set<string>
  readonly actions: Set<WatchAction>
  /** When the first of it was noticed, when it was last written, and when it was found whole. */
  readonly since: number
  readonly writtenAt: number
  readonly foundAt: number
}

export type ServiceState = {
  readonly deps: ServiceSyncDeps
  readonly options: ServiceSyncOptions
  readonly wanted: readonly Wanted[]
  /** Those whose files are copied. */
  readonly mappings: readonly Wanted[]
  readonly containers: Map<string, ContainerSync>
  /** Containers that may have begun anew. */
  readonly unsure: Set<string>
  readonly stale: Stale
  readonly limits: LimitTeller
  readonly builder: Builder
  pending: Pending | undefined
  /** A rule that copies nothing asks for a restart. */
  wantsRestart: boolean
  again: boolean
  running: Promise<void> | undefined
  /** Rounds in a row that an error has cut short. */
  failures: number
  /** When the next round is begun at the latest, in milliseconds since the epoch. */
  kickedAt: number
}

/** Paths that a rule's source does not have any more, and when they went. */
export const vanishedOf = ({ memory }: ServiceSyncOptions, { rule }: Wanted): Map<string, number> => {
  const key = `${rule.root}\0${rule.target ?? ''}`
  const known = memory.vanished.get(key) ?? new Map<string, number>()
  memory.vanished.set(key, known)
  return known
}
