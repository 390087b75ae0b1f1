import type { Action, Step } from '../core/plan/action.ts'
import type { Observed } from '../core/plan/observed.ts'
import type { Project } from '../core/project/project.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import type { EngineEvents } from './engine-events.ts'
import { awaitService } from './perform/await-service.ts'
import { changeContainer } from './perform/change-container.ts'
import type { BeforeStart, Performed, StepContext } from './perform/context.ts'
import { copyObjects } from './perform/copy-objects.ts'
import { createContainer } from './perform/create-container.ts'
import { execHook, runHook } from './perform/hooks.ts'
import { buildImage, pullImage, removeImage } from './perform/images.ts'
import { connectNetwork, createNetwork, disconnectNetwork, removeNetwork } from './perform/networks.ts'
import { provideModel } from './perform/model.ts'
import { runProvider } from './perform/provider.ts'
import { createVolume, removeVolume } from './perform/volumes.ts'
import { createWorld } from './perform/world.ts'
import { createReadiness } from './ready.ts'
import { withRetry } from './retry.ts'
import { createStopWindow } from './stop-window.ts'

export type PerformerOptions = {
  readonly project: Project | { readonly name: string }
  readonly emit: Emit
  readonly events: EngineEvents
  readonly signal: AbortSignal
  readonly awaitTimeoutMs?: number
  readonly beforeStart?: BeforeStart
}

/** Carries out the steps of one command, over all of its rounds. */
export type Performer = {
  look(observed: Observed): void
  /** `pass` is called when the process of a container that is being stopped has ended. */
  readonly perform: (step: Step, pass?: () => void) => Promise<Performed>
  close(): void
}

export const createPerformer = (deps: EngineDeps, options: PerformerOptions): Performer => {
  const { emit, signal } = options
  const world = createWorld()
  const readiness = createReadiness({
    runtime: deps.runtime,
    clock: deps.clock,
    random: deps.random,
    events: options.events,
    emit,
    signal,
  })
  const stops = createStopWindow(deps.clock)
  const toContext = (step: Step, pass: (() => void) | undefined): StepContext => ({
    ...deps,
    ...options,
    step: step.id,
    world,
    readiness,
    stops,
    ...(pass === undefined ? {} : { onExit: pass }),
    retry: (call) =>
      withRetry(call, {
        clock: deps.clock,
        random: deps.random,
        signal,
        onRetry: (note) => emit({ type: 'step/progressed', id: step.id, note }),
      }),
    warn: (code, message, hint) =>
      emit({
        type: 'problem/raised',
        id: `${step.id}/${code}`,
        problem: { severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) },
      }),
  })
  return {
    look: world.look,
    perform: async (step, pass) => {
      signal.throwIfAborted()
      return performAction(step.action, toContext(step, pass))
    },
    close: readiness.close,
  }
}

/** One action as calls to the engine. */
const performAction = (action: Action, context: StepContext): Promise<Performed> => {
  switch (action.kind) {
    case 'image/pull':
      return pullImage(action, context)
    case 'image/build':
      return buildImage(action, context)
    case 'image/remove':
      return removeImage(action, context)
    case 'network/create':
      return createNetwork(action, context)
    case 'network/remove':
      return removeNetwork(action, context)
    case 'network/connect':
      return connectNetwork(action, context)
    case 'network/disconnect':
      return disconnectNetwork(action, context)
    case 'volume/create':
      return createVolume(action, context)
    case 'volume/remove':
      return removeVolume(action, context)
    case 'container/create':
      return createContainer(action, context)
    case 'container/copy':
      return copyObjects(action, context)
    case 'container/start':
    case 'container/stop':
    case 'container/kill':
    case 'container/restart':
    case 'container/remove':
    case 'container/rename':
    case 'container/pause':
    case 'container/unpause':
      return changeContainer(action, context)
    case 'service/await':
      return awaitService(action, context)
    case 'hook/run':
      return runHook(action, context)
    case 'hook/exec':
      return execHook(action, context)
    case 'model/provide':
      return provideModel(action, context)
    case 'provider/up':
    case 'provider/stop':
    case 'provider/down':
      return runProvider(action, context)
    default:
      return action satisfies never
  }
}
