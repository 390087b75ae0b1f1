import type { EventBody } from '../../core/events/event.ts'
import { withDependencies } from '../../core/project/graph.ts'
import type { Project } from '../../core/project/project.ts'
import type { SessionDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { EngineEvents } from '../engine-events.ts'
import type { LogFollower } from '../logs/log-follower.ts'
import type { SessionPlans } from '../session-plans.ts'
import { toProblem } from '../to-problem.ts'
import type { SyncMemory } from '../sync/project-sync.ts'
import type { Seeds } from '../sync/seeds.ts'
import type { Jobs } from './jobs.ts'
import type { ObjectListing } from './list-objects.ts'
import type { Measuring } from './measure.ts'
import type { Monitor } from './monitor.ts'
import type { Questions } from './questions.ts'
import type { Edits } from './edits.ts'
import type { Halts } from './halts.ts'
import type { Inspections } from './inspections.ts'
import type { ReplacedImages } from './replaced-images.ts'

export type SessionRequest = {
  readonly project: Project
  /** `stack up`, as typed. */
  readonly command: string
  readonly plans: SessionPlans
  /**
   * It is opened on what is there, whoever made it: nothing is done at its beginning, and containers that have ended tell their last
   * lines, too. Unless it watches, what happens to containers is left to whoever started them.
   */
  readonly opens?: boolean
  /** There is no file to make anything from: images are not looked at, and containers of any folder are acted on. */
  readonly makesNothing?: boolean
  /** Named on the command line: these are stopped at the end. Absent: all. */
  readonly services?: readonly string[]
  /** What becomes of what the named ones depend on when they are stopped; absent: it stays up, and nothing is said. */
  readonly dependencies?: 'stop' | 'leave'
  /** Services whose logs are told. Absent: all whose `attach` is not false. */
  readonly attach?: readonly string[]
  /** Last lines of each container that ran before; absent: none. */
  readonly history?: number
  readonly cascade?: 'none' | 'stop' | 'fail'
  /** Its first exit code is the session's; implies `cascade: 'stop'`. */
  readonly exitCodeFrom?: string
  /** Act on saved files. */
  readonly watch?: boolean
  /** Images that the watch has replaced by a rebuild are not removed. */
  readonly keepReplaced?: boolean
  /** A saved file does not make an image: it is said that it would have to. */
  readonly forbidsBuild?: boolean
  /** What becomes of destructive steps, and of other questions. */
  readonly confirm?: 'ask' | 'no'
  readonly graceSeconds?: number
  readonly limit?: number
  /** As in an apply request: containers of another folder are taken over. */
  readonly adopts?: boolean
  readonly awaitTimeoutMs?: number
  readonly waitForLock?: boolean
  /** Go on when a start failed and when all containers have ended: somebody looks at the screen. */
  readonly keepRunning?: boolean
  /** An edit of the files is shown as what it would change, and applied when it is asked for. */
  readonly proposesEdits?: boolean
  /** Loads the files again, for the command `reload`. */
  readonly reload?: () => Promise<{ readonly project: Project; readonly plans: SessionPlans }>
}

/** How a session came to its end. */
export type End = { readonly kind: 'over' | 'detach' | 'quit' | 'cascade' | 'failed'; readonly exit: number }

/** What the parts of one session share. */
export type SessionState = {
  readonly deps: SessionDeps
  readonly request: SessionRequest
  readonly emit: Emit
  readonly events: EngineEvents
  readonly follower: LogFollower
  readonly monitor: Monitor
  readonly measuring: Measuring
  readonly jobs: Jobs
  readonly questions: Questions
  /** What `initial_sync` rules put into containers before they start. */
  readonly seeds: Seeds
  /** What watches before this one have learnt. */
  readonly syncMemory: SyncMemory
  readonly replacedImages: ReplacedImages
  readonly edits: Edits
  readonly halts: Halts
  readonly inspections: Inspections
  readonly listing: ObjectListing
  /** The end of everything that the session does. */
  readonly closing: AbortController
  readonly ended: PromiseWithResolvers<End>
  /** The first exit code of each service. */
  readonly exitCodes: Map<string, number>
  /** Restarts of others that were answered by restarting who shares with them. */
  readonly rejoined: Set<string>
  /** Services of which it was told that what was saved would have to be built. */
  readonly unbuilt: Set<string>
  /** Seconds since the epoch. */
  readonly startedAt: number
  /** How many containers a person has asked for, by service. */
  readonly scale: Record<string, number>
  /** How many commands were told of. */
  noted: number
  /** As it is now: a reload exchanges both. */
  project: Project
  plans: SessionPlans
  phase: 'starting' | 'running' | 'stopping'
  /** The end of what is being applied; another one when the session stops its containers. */
  applying: AbortController
  /** When the stream of events was lost, or was there again, for the last time. */
  lostAt?: number
  /** A second `quit`: kill. */
  isForced: boolean
}

/** The services that the session is about: the named ones and what they need. */
export const selectScope = ({ project, request }: Pick<SessionState, 'project' | 'request'>): ReadonlySet<string> =>
  request.services === undefined
    ? new Set(Object.keys(project.services))
    : withDependencies(project.services, request.services)

export const isAttached = ({ project, request }: SessionState, service: string): boolean =>
  request.attach === undefined ? project.services[service]?.attach !== false : request.attach.includes(service)

export const setPhase = (
  { emit }: SessionState,
  phase: Extract<EventBody, { type: 'session/changed' }>['phase'],
): void => emit({ type: 'session/changed', phase })

export const raise = ({ emit }: SessionState, id: string, error: unknown): void =>
  emit({ type: 'problem/raised', id, problem: toProblem(error) })
