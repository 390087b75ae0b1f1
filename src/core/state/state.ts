import type { Problem } from '../errors/problem.ts'
import type { CrashLoop } from '../events/crash.ts'
import type { ContainerSummary, Phase, PlanChange, ReloadParts, ServiceSummary, StepSummary } from '../events/event.ts'
import type { Inspection } from '../events/inspection.ts'
import type { ProjectObjects } from '../events/project-objects.ts'
import type { ImageWork } from './image-work.ts'
import type { Probe } from './probes.ts'

/**
 * What a session looks like after some events: plain data, never changed in place, so that `===` tells whether there is
 * anything to draw. Log text is not in here (see log-buffer.ts), and nothing in here reads a clock: every time is the
 * time of an event, in milliseconds since the epoch.
 */
export type State = {
  readonly project: string
  readonly command: string
  /** Opened on what was there: whoever leaves leaves it running. */
  readonly opened?: true
  readonly files: readonly string[]
  readonly phase: Phase
  /** When the session started, and when its present phase did. */
  readonly startedAt: number
  readonly phaseAt: number
  /** Exit code of the session once it has ended. */
  readonly exit?: number
  /** From front to back, where the stack file has some. */
  readonly tiers?: readonly string[]
  /** In the order of the stack file. */
  readonly services: readonly ServiceState[]
  /** Steps of the present plan, and those of the one before that still run. */
  readonly steps: readonly StepState[]
  /** How the stack came up; it does not change any more when that has ended. */
  readonly startup: Startup
  /** What was built and pulled, in the order in which it was begun last. */
  readonly images: readonly ImageWork[]
  /** Services that the last plan found as they should be. */
  readonly unchanged: readonly string[]
  /** In the order they were raised; each stays until it is cleared. */
  readonly problems: readonly RaisedProblem[]
  readonly questions: readonly Question[]
  /** Newest last; at most `reloadsKept`. */
  readonly reloads: readonly Reload[]
  /** What was asked for and what came of it, newest last; at most `commandsKept`. */
  readonly commands: readonly NotedCommand[]
  /** Volumes, networks and images, when they were last asked for. */
  readonly objects?: ProjectObjects
  readonly watching?: { readonly services: readonly string[]; readonly paths: number }
  /** What the last edit of the stack file has changed, or is about to. */
  readonly edit?: { readonly at: number; readonly changes: readonly PlanChange[] }
  /** What an edit of the stack file would change: it waits for somebody to say so. */
  readonly proposal?: {
    readonly at: number
    readonly changes: readonly PlanChange[]
    /** Data that would be lost. */
    readonly losses: readonly string[]
    /** The whole plan in lines, as `stack plan` prints it. */
    readonly plan?: readonly string[]
  }
  /** A change that was seen on disk and has not led to a reload yet. */
  readonly change?: {
    readonly service: string
    readonly paths: readonly string[]
    readonly action: string
    readonly at: number
  }
}

/** Kept for as long as the session lasts, whatever plans follow. */
export type Startup = {
  /** Steps of the plans before the present one, as they ended; when it is over, all steps. */
  readonly steps: readonly StepState[]
  /** When a service was healthy for the first time, by its name. */
  readonly healthyAt: Readonly<Record<string, number>>
  readonly endedAt?: number
}

export const reloadsKept = 50
export const commandsKept = 200

export type ServiceState = {
  readonly name: string
  readonly summary: ServiceSummary
  /** By number. */
  readonly containers: readonly ContainerEntry[]
  /** The last probe of its healthcheck, as long as it has a container. */
  readonly probe?: Probe
  /** All that are known of, oldest first; at most `probesKept`. */
  readonly probes: readonly Probe[]
  /** What was last asked for, and when. */
  readonly inspected?: { readonly at: number; readonly inspection: Inspection }
  /** What the last plan that was about it does to it, and why. */
  readonly planned?: PlanChange & { readonly at: number }
  /** We were told to stop it: its exit is no failure. */
  readonly stopped: boolean
  /** Of the containers that run and were measured. */
  readonly stats: readonly Stats[]
}

export type ContainerEntry = ContainerSummary & {
  /** When its state or health last became another one. */
  readonly since: number
}

export type Stats = {
  readonly container: string
  readonly cpuPercent: number
  readonly memoryBytes: number
  readonly memoryLimitBytes?: number
  /** In a second. */ readonly networkInBytes: number
  readonly networkOutBytes: number
  /** Newest last; at most `samplesKept`. */
  readonly past: readonly StatsSample[]
}

export type StatsSample = Pick<Stats, 'cpuPercent' | 'memoryBytes' | 'networkInBytes' | 'networkOutBytes'>

export const samplesKept = 60

export type StepState = StepSummary & {
  readonly status: 'pending' | 'running' | 'done' | 'failed' | 'skipped'
  readonly startedAt?: number
  /** Milliseconds that it took. */
  readonly ms?: number
  readonly waiting?: { readonly on: readonly string[]; readonly note: string }
  readonly progress?: StepProgress
  readonly problem?: Problem
  readonly because?: string
}

export type StepProgress = {
  readonly done: number
  /** Absent while it is not known how much there is. */
  readonly total?: number
  readonly unit?: 'bytes' | 'steps'
  readonly note?: string
  readonly parts: Readonly<
    Record<string, { readonly done: number; readonly total?: number; readonly unit?: 'bytes' | 'steps' }>
  >
}

export type RaisedProblem = {
  readonly id: string
  readonly problem: Problem
  readonly service?: string
  readonly at: number
  readonly crash?: CrashLoop
}
export type Question = { readonly id: string; readonly text: string; readonly fallback: boolean }
export type Reload = {
  readonly service: string
  readonly action: string
  readonly files: number
  readonly ms: number
  readonly at: number
  /** Changes that wait until the service runs. */
  readonly waiting?: number
  /** Some of the paths, on this machine. */
  readonly paths?: readonly string[]
  readonly parts?: ReloadParts
  readonly problem?: Problem
}

export type NotedCommand = {
  readonly id: string
  /** `stack restart api` */
  readonly line: string
  readonly at: number
  /** Absent: it goes on. */
  readonly outcome?: 'done' | 'failed' | 'aborted'
  readonly ms?: number
}

export const initialState: State = {
  project: '',
  command: '',
  files: [],
  phase: 'loading',
  startedAt: 0,
  phaseAt: 0,
  services: [],
  steps: [],
  startup: { steps: [], healthyAt: {} },
  images: [],
  unchanged: [],
  problems: [],
  questions: [],
  reloads: [],
  commands: [],
}

export const toServiceState = (summary: ServiceSummary): ServiceState => ({
  name: summary.name,
  summary,
  containers: [],
  probes: [],
  stopped: false,
  stats: [],
})
