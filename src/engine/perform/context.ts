import type { Action, ActionKind } from '../../core/plan/action.ts'
import type { Project } from '../../core/project/project.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { EngineEvents } from '../engine-events.ts'
import type { Readiness } from '../ready.ts'
import type { StopWindow } from '../stop-window.ts'
import type { World } from './world.ts'

export type BeforeStart = (container: {
  readonly id: string
  readonly service: string
  readonly signal: AbortSignal
}) => Promise<void>

/** What the doing of one step has at hand. */
export type StepContext = EngineDeps & {
  readonly step: string
  readonly project: Project | { readonly name: string }
  readonly world: World
  readonly emit: Emit
  readonly events: EngineEvents
  readonly readiness: Readiness
  readonly stops: StopWindow
  /** Where somebody waits for no more than the end of the process that this step stops. */
  readonly onExit?: () => void
  /** What is done to a container that is about to start. */
  readonly beforeStart?: BeforeStart
  readonly signal: AbortSignal
  readonly awaitTimeoutMs?: number
  /** For calls that are safe to repeat; says so in `step/progressed`. */
  readonly retry: <T>(call: () => Promise<T>) => Promise<T>
  /** Raises a warning about this step. */
  readonly warn: (code: string, message: string, hint?: string) => void
}

/** What became of a step that did not fail: `kept`, where what was to go is needed by others. */
export type Performed = void | 'kept'

export type ActionOf<K extends ActionKind> = Extract<Action, { readonly kind: K }>
