import { type CrashLoop, selectErrorLine } from '../core/events/crash.ts'
import { StackError } from '../core/errors/stack-error.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import type { EngineEvents } from './engine-events.ts'
import { readLastLines } from './last-lines.ts'
import { type ContainerWatch, createContainerWatch, type WatchTarget } from './ready/container-watch.ts'
import { createSlots } from './ready/slots.ts'
import { type Condition, type ContainerView, judge } from './ready/verdict.ts'

export type AwaitRequest = {
  /** The step that waits, for `step/waiting`. */
  readonly step: string
  readonly service: string
  readonly containers: readonly { readonly id: string; readonly name: string }[]
  readonly condition: Condition
  readonly timeoutMs?: number
  readonly signal: AbortSignal
}

export type Readiness = {
  /** Resolves when every container is in the condition; rejects with the reason when one cannot come to it any more. */
  awaitService(request: AwaitRequest): Promise<void>
  close(): void
}

type ReadinessDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'> & {
  readonly events: EngineEvents
  readonly emit: Emit
  readonly signal: AbortSignal
}

const logLines = 10
// Each probe is a process that the engine starts: many at once would slow down the very start that they wait for.
const probesAtOnce = 8

/**
 * Waits for services, by watching. However many wait for a container, it is watched and probed once. Every wait says
 * whom it waits for and what was last seen.
 */
export const createReadiness = (deps: ReadinessDeps): Readiness => {
  const slots = createSlots(probesAtOnce)
  const watches = new Map<string, { readonly watch: ContainerWatch; users: number }>()
  const borrow = (target: WatchTarget): ContainerWatch => {
    const entry = watches.get(target.id) ?? { watch: createContainerWatch({ ...deps, slots }, target), users: 0 }
    entry.users += 1
    watches.set(target.id, entry)
    return entry.watch
  }
  const giveBack = (id: string): void => {
    const entry = watches.get(id)
    if (entry === undefined) return
    entry.users -= 1
    if (entry.users > 0) return
    entry.watch.close()
    watches.delete(id)
  }

  const awaitService = async (request: AwaitRequest): Promise<void> => {
    const controller = new AbortController()
    const signal = AbortSignal.any([deps.signal, request.signal, controller.signal])
    const notes = createNotes(deps.emit, request)
    const timeout = request.timeoutMs === undefined ? [] : [expire(deps, request, { signal, notes })]
    const waits = request.containers.map(async ({ id, name }) => {
      const watch = borrow({ id, name, service: request.service })
      try {
        await awaitContainer(deps, { request, watch, id, name, signal, notes })
      } finally {
        giveBack(id)
      }
    })
    try {
      await Promise.race([Promise.all(waits), ...timeout])
    } finally {
      controller.abort()
      await Promise.allSettled(waits)
    }
  }
  return {
    awaitService,
    close: () => {
      for (const { watch } of watches.values()) watch.close()
      watches.clear()
    },
  }
}

type Notes = { set(name: string, note: string | undefined): void; text(): string }

/** Says `step/waiting` whenever what is waited for, or what was last seen of it, changes. */
const createNotes = (emit: Emit, { step, service, containers }: AwaitRequest): Notes => {
  const notes = new Map<string, string>(containers.map(({ name }) => [name, 'not looked at yet']))
  let said = ''
  const text = (): string =>
    [...notes].map(([name, note]) => (containers.length === 1 ? note : `${name}: ${note}`)).join('; ')
  return {
    text,
    set: (name, note) => {
      if (note === undefined) notes.delete(name)
      else notes.set(name, note)
      const now = text()
      if (notes.size === 0 || now === said) return
      said = now
      emit({ type: 'step/waiting', id: step, service, on: [...notes.keys()], note: now })
    },
  }
}

type WaitContext = {
  readonly request: AwaitRequest
  readonly watch: ContainerWatch
  readonly id: string
  readonly name: string
  readonly signal: AbortSignal
  readonly notes: Notes
}

const awaitContainer = async (
  deps: ReadinessDeps,
  { request, watch, id, name, signal, notes }: WaitContext,
): Promise<void> => {
  signal.throwIfAborted()
  const ended = Promise.withResolvers<void>()
  const onAbort = (): void => ended.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const check = (failure?: unknown): void => {
    if (failure !== undefined) ended.reject(failure)
    const view = watch.view()
    if (view === undefined) return
    const verdict = judge(request.condition, view)
    if (verdict.kind === 'ready') ended.resolve()
    else if (verdict.kind === 'failed') ended.reject({ verdict, view })
    else {
      notes.set(name, verdict.note)
      if (verdict.againMs !== undefined)
        deps.clock.sleep(verdict.againMs, { signal }).then(
          () => watch.look(),
          () => {},
        )
    }
  }
  const unsubscribe = watch.subscribe(check)
  check()
  try {
    await ended.promise
    notes.set(name, undefined)
  } catch (reason) {
    if (isFailure(reason)) throw await toFailure(deps, { request, id, name, signal, failure: reason })
    throw reason
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', onAbort)
  }
}

type Failure = { readonly verdict: Extract<ReturnType<typeof judge>, { kind: 'failed' }>; readonly view: ContainerView }
const isFailure = (reason: unknown): reason is Failure =>
  typeof reason === 'object' && reason !== null && 'verdict' in reason

type FailureContext = Pick<WaitContext, 'request' | 'id' | 'name' | 'signal'> & { readonly failure: Failure }

const toFailure = async (
  deps: ReadinessDeps,
  { request: { service }, id, name, signal, failure: { verdict, view } }: FailureContext,
): Promise<StackError> => {
  switch (verdict.failure) {
    case 'disappeared':
      return new StackError('service/disappeared', { service, container: name })
    case 'no-healthcheck':
      return new StackError('service/no-healthcheck', { service })
    case 'crash-looping':
      return new StackError('service/crash-looping', { service, crash: await toCrashLoop(deps, { id, signal, view }) })
    case 'exited':
    case 'not-completed':
      return new StackError(`service/${verdict.failure}`, {
        service,
        container: name,
        exitCode: view.exitCode,
        why: view.why,
        logs: await toLogs(deps, id, signal),
      })
    case 'unhealthy':
      return new StackError('service/unhealthy', {
        service,
        container: name,
        probe: view.lastProbe?.output.trim() ?? '',
        logs: await toLogs(deps, id, signal),
      })
    default:
      return verdict.failure satisfies never
  }
}

const toCrashLoop = async (
  deps: ReadinessDeps,
  { id, signal, view }: Pick<WaitContext, 'id' | 'signal'> & Pick<Failure, 'view'>,
): Promise<CrashLoop> => {
  const line = selectErrorLine(await readLastLines(deps, id, { tail: logLines, signal }))
  return {
    exitCode: view.exitCode,
    ...(view.outOfMemory ? { outOfMemory: true } : {}),
    crashes: view.restarts,
    ...(line === undefined ? {} : { line }),
  }
}

const toLogs = async (deps: ReadinessDeps, id: string, signal: AbortSignal): Promise<string> =>
  (await readLastLines(deps, id, { tail: logLines, signal })).join('\n')

const expire = async (
  deps: ReadinessDeps,
  request: AwaitRequest,
  { signal, notes }: { readonly signal: AbortSignal; readonly notes: Notes },
): Promise<never> => {
  const ms = request.timeoutMs ?? 0
  try {
    await deps.clock.sleep(ms, { signal })
  } catch (error) {
    // The wait ended in another way, which is what the race tells.
    return await new Promise<never>((_resolve, reject) =>
      deps.signal.aborted || request.signal.aborted ? reject(error) : undefined,
    )
  }
  throw new StackError('service/wait-timeout', { service: request.service, seconds: ms / 1000, note: notes.text() })
}
