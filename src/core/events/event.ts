import type { Problem } from '../errors/problem.ts'
import type { CrashLoop } from './crash.ts'
import type { Inspection } from './inspection.ts'
import type { ProjectObjects } from './project-objects.ts'
import type { ContainerState, Health, PublishedPort } from '../plan/container-state.ts'

/**
 * The only way out of the engine: plain data (no Error, Date or Map), so that the same value goes to the reducer, to
 * NDJSON and into a test. `seq` counts from 1 without gaps. New fields may be added; none changes its meaning.
 * Values of secrets never appear.
 */
export type StackEvent = { readonly seq: number; /** Milliseconds since the epoch. */ readonly at: number } & EventBody

export type Phase = 'loading' | 'planning' | 'applying' | 'running' | 'stopping' | 'stopped'

export type StepSummary = {
  readonly id: string
  readonly kind: string
  /** What it is done to, for people: `web-1`, `network default`. */
  readonly subject: string
  readonly service?: string
  readonly cause: string
  readonly needs: readonly string[]
  readonly group?: string
}

/** What a plan does to one service, network or volume, for people: `recreate web`, because of `environment A changed`. */
export type PlanChange = { readonly what: string; readonly why?: string }

export type ServiceSummary = {
  readonly name: string
  readonly tier?: string
  readonly image?: string
  readonly dependsOn: readonly { readonly service: string; readonly condition: string }[]
  readonly replicas: number
  readonly hasHealthcheck: boolean
  readonly ports: readonly string[]
  readonly watched: boolean
}

export type ContainerSummary = {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly number: number
  readonly state: ContainerState
  readonly health?: Health
  readonly exitCode?: number
  /** Somebody asked for its end. */
  readonly byHand?: true
  /** Its process was ended because its memory ran out. */
  readonly outOfMemory?: true
  readonly ports: readonly PublishedPort[]
  /** Milliseconds since the epoch; absent when it never ran. */
  readonly startedAt?: number
  readonly restarts?: number
}

/** Milliseconds of a reload, in the order in which they pass. */
export type ReloadParts = {
  /** From the last write to the first notice of it. */
  readonly detect?: number
  /** Until the files were whole and looked at: more of the same save may follow, and git may be at work. */
  readonly hold: number
  /** Until every container had said that it has them. */
  readonly send: number
  /** Restart, commands and health after that. */
  readonly react: number
}

/** `cached`: it was there already; `stopped`: something else has failed. */
export type PartState = 'started' | 'done' | 'cached' | 'failed' | 'stopped'

export type EventBody =
  | {
      readonly type: 'session/started'
      readonly project: string
      readonly command: string
      /** It looks at what was there, whoever started it: its end leaves all as it is, unless it is told to stop it. */
      readonly opened?: true
      readonly services: readonly ServiceSummary[]
      /** From front to back, where the file has some. */
      readonly tiers?: readonly string[]
      readonly files: readonly string[]
    }
  | { readonly type: 'session/changed'; readonly phase: Phase }
  | { readonly type: 'session/ended'; readonly exit: number }
  | {
      readonly type: 'problem/raised'
      readonly id: string
      readonly problem: Problem
      readonly service?: string
      /** The problem is that a container of the service ends again and again. */
      readonly crash?: CrashLoop
    }
  | { readonly type: 'problem/cleared'; readonly id: string }
  | {
      readonly type: 'plan/made'
      readonly trigger: 'start' | 'file' | 'watch' | 'engine' | 'command'
      readonly steps: readonly StepSummary[]
      readonly unchanged: readonly string[]
    }
  /** What an edit of the stack file would change, and the data that would be lost; nothing of it is done yet. Empty: nothing any more. */
  | {
      readonly type: 'edit/proposed'
      readonly changes: readonly PlanChange[]
      readonly losses: readonly string[]
      /** The whole plan, as `stack plan` prints it. */
      readonly plan?: readonly string[]
    }
  | {
      readonly type: 'step/started'
      readonly id: string
      readonly kind: string
      readonly subject: string
      readonly service?: string
      readonly group?: string
    }
  | {
      readonly type: 'step/progressed'
      readonly id: string
      readonly done?: number
      readonly total?: number
      readonly unit?: 'bytes' | 'steps'
      readonly note?: string
      /** A layer or build step of its own line. */ readonly part?: string
      /** What the part is called, how far it is, and what it took. */
      readonly name?: string
      readonly state?: PartState
      readonly ms?: number
      /** `note` is a line that the part has written. */
      readonly output?: true
      /** The build step that the part, a transfer, belongs to. */
      readonly within?: string
    }
  /** What a step that has not ended waits for, and what was last seen of it. */
  | {
      readonly type: 'step/waiting'
      readonly id: string
      readonly service?: string
      readonly on: readonly string[]
      readonly note: string
    }
  | {
      readonly type: 'step/ended'
      readonly id: string
      readonly outcome: 'done' | 'failed' | 'skipped'
      readonly ms: number
      readonly problem?: Problem
      /** What was to go is still needed by others, and stays. */
      readonly kept?: true
      /**
       * The step whose failure skipped this one, or `cancelled`; or `again`: the world had changed, and what is left is planned anew;
       * or `overtaken`: something newer has taken the place of all this, such as the next saved file.
       */
      readonly because?: string
    }
  | { readonly type: 'container/changed'; readonly container: ContainerSummary }
  | { readonly type: 'container/removed'; readonly id: string; readonly service: string }
  /** The last probe of a healthcheck, ours or the engine's. */
  | {
      readonly type: 'probe/ended'
      readonly service: string
      readonly container: string
      readonly healthy: boolean
      readonly exitCode: number
      readonly output: string
      /** When it began, and how long it took, milliseconds. */
      readonly startedAt?: number
      readonly ms?: number
    }
  /** What was asked for by the command `inspect`. */
  | { readonly type: 'service/inspected'; readonly service: string; readonly inspection: Inspection }
  /** What was asked for by the command `list`; told once more when volumes were measured. */
  | { readonly type: 'objects/listed'; readonly objects: ProjectObjects }
  | {
      readonly type: 'log/written'
      readonly service: string
      readonly container: string
      readonly stream: 'stdout' | 'stderr'
      readonly lines: readonly LogLine[]
    }
  | { readonly type: 'log/dropped'; readonly service: string; readonly lines: number }
  | { readonly type: 'watch/started'; readonly services: readonly string[]; readonly paths: number }
  | {
      readonly type: 'watch/changed'
      readonly service: string
      readonly paths: readonly string[]
      readonly action: string
    }
  | {
      readonly type: 'reload/ended'
      readonly service: string
      readonly action: string
      readonly files: number
      readonly ms: number
      /** Changes that wait until a container that does not run is started. */
      readonly waiting?: number
      /** What the time was spent with, where that is known; all together: `ms` and what was before the first notice. */
      readonly parts?: ReloadParts
      readonly problem?: Problem
    }
  /** Somebody asked for it; `line` is what does the same in a shell. */
  | { readonly type: 'command/begun'; readonly id: string; readonly line: string }
  | {
      readonly type: 'command/ended'
      readonly id: string
      /** `aborted`: something newer took its place, or the session ends. */
      readonly outcome: 'done' | 'failed' | 'aborted'
      readonly ms: number
    }
  | { readonly type: 'question/asked'; readonly id: string; readonly text: string; readonly fallback: boolean }
  | {
      readonly type: 'question/answered'
      readonly id: string
      readonly yes: boolean
      /** Nobody has answered: what was asked about has passed. */
      readonly withdrawn?: true
    }
  | {
      readonly type: 'stats/measured'
      readonly container: string
      readonly service: string
      /** 100 is one core. */ readonly cpuPercent: number
      readonly memoryBytes: number
      readonly memoryLimitBytes?: number
      /** In a second. */ readonly networkInBytes: number
      readonly networkOutBytes: number
    }

export type LogLine = {
  /** Without the line end. */
  readonly text: string
  /** The engine's own time, milliseconds since the epoch. */
  readonly at: number
  /** The same as the engine wrote it, RFC 3339 with nanoseconds; absent for lines that are not a container's. */
  readonly timestamp?: string
}

/** What is done to services, all in one plan. */
export type ServiceAction =
  | {
      readonly type: 'restart' | 'stop' | 'start' | 'rebuild' | 'kill' | 'pause' | 'unpause'
      readonly services: readonly string[]
    }
  /** New containers of the same images; `renewVolumes`: with new anonymous volumes, and what is in the old ones is lost. */
  | { readonly type: 'recreate'; readonly services: readonly string[]; readonly renewVolumes?: true }
  | { readonly type: 'scale'; readonly services: readonly string[]; readonly replicas: number }

/** What a person, or a signal, tells a running session; the only way in. */
export type Command =
  | ServiceAction
  /** Remove the containers that have ended, or all of them with the networks; volumes stay. */
  | { readonly type: 'prune' | 'down' }
  | { readonly type: 'answer'; readonly id: string; readonly yes: boolean }
  /** Read the files again, env files among them; `apply`: without waiting for the command of that name. */
  | { readonly type: 'reload'; readonly apply?: true }
  /** Measure what the containers of these services use, until told otherwise; none: of nobody. */
  | { readonly type: 'measure'; readonly services: readonly string[] }
  /** Somebody looks at it: tell what there is to know of it. */
  | { readonly type: 'inspect'; readonly service: string }
  /** Somebody looks at the project's volumes, networks and images. */
  | { readonly type: 'list' }
  /** Do what an edit of the stack file was said to change. */
  | { readonly type: 'apply' }
  /** Leave the containers running and end the session. */
  | { readonly type: 'detach' }
  /** Stop the containers and end; `force` kills what is still there. */
  | { readonly type: 'quit'; readonly force: boolean }
