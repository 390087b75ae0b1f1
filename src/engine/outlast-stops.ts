import type { Plan } from '../core/plan/action.ts'
import type { Observed, ObservedContainer } from '../core/plan/observed.ts'
import type { Project } from '../core/project/project.ts'
import { durationToMs } from '../core/project/units.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import { withRetry } from './retry.ts'

// What containers are given to end when nobody says otherwise, and how much later than that the engine may be.
const graceMs = 10_000
const lateMs = 5_000
const listedMs = 30

/** HUP, USR1, USR2, CONT and WINCH tell a program something; every other signal is there to end it. */
const harmless: ReadonlySet<string> = new Set(['1', '10', '12', '18', '28'])

type Deps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'>
type Request = {
  readonly project: Project | { readonly name: string }
  readonly observed: Observed
  readonly plan: Plan
  readonly emit: Emit
  readonly signal: AbortSignal
}

/**
 * After a run that was cut off: containers that the plan counts on, and that the engine has been told to stop, end a moment
 * after we have looked. Waits for their end; true when there were any, and the world has to be looked at again.
 */
export const outlastStops = async (deps: Deps, request: Request): Promise<boolean> => {
  const { observed, plan, emit, signal } = request
  const touched = new Set(
    plan.steps.flatMap(({ action }) =>
      'container' in action && 'id' in action.container ? [action.container.id] : [],
    ),
  )
  const suspects = observed.containers.filter(({ id, state }) => state === 'running' && !touched.has(id))
  if (suspects.length === 0) return false
  const leftMs = await withRetry(() => readStops(deps, request, suspects), { ...deps, signal })
  const ending = suspects.filter(({ id }) => leftMs.has(id))
  if (ending.length === 0) return false
  const names = ending.map(({ name }) => name)
  emit({
    type: 'step/waiting',
    id: 'lock',
    on: names,
    note: `waiting for the end of ${names.join(', ')}, which a run that was cut off is stopping`,
  })
  const controller = new AbortController()
  const both = AbortSignal.any([signal, controller.signal])
  try {
    await Promise.race([
      untilListed(deps, { project: request.project.name, ids: new Set(ending.map(({ id }) => id)), signal: both }),
      deps.clock.sleep(Math.max(...leftMs.values()), { signal: both }),
    ])
  } finally {
    controller.abort()
  }
  return true
}

/**
 * Which of them are being stopped, and how long that can still take. The engine's times are compared with the engine's
 * clock alone: ours may be another after a machine has slept, or over there.
 */
const readStops = async (
  { runtime }: Deps,
  { project, signal }: Request,
  suspects: readonly ObservedContainer[],
): Promise<ReadonlyMap<string, number>> => {
  const longestMs = new Map(suspects.map(({ id, service }) => [id, toGraceMs(project, service) + lateMs]))
  const now = await runtime.readClock({ signal })
  const leftMs = new Map<string, number>()
  for await (const { kind, action, id, at, attributes } of runtime.events(
    { project: project.name, since: (now - Math.max(...longestMs.values())) / 1000, until: now / 1000 },
    { signal },
  )) {
    const longest = longestMs.get(id)
    if (kind !== 'container' || longest === undefined) continue
    if (action === 'kill' && !harmless.has(attributes['signal'] ?? ''))
      leftMs.set(id, Math.max(at + longest - now, leftMs.get(id) ?? 0))
    if (action === 'die' || action === 'start') leftMs.delete(id)
  }
  return new Map([...leftMs].filter(([, left]) => left > 0))
}

const toGraceMs = (project: Request['project'], service: string): number =>
  ('services' in project ? durationToMs(project.services[service]?.stop_grace_period) : undefined) ?? graceMs

type Listed = { readonly project: string; readonly ids: ReadonlySet<string>; readonly signal: AbortSignal }

/** Until the engine's list shows none of them running: it knows of an end a moment after whoever waits for that end. */
const untilListed = async (deps: Deps, { project, ids, signal }: Listed): Promise<void> => {
  const { runtime, clock } = deps
  // One that is removed meanwhile has ended too: the list tells.
  await Promise.all(
    [...ids].map((id) =>
      runtime.waitContainer(id, { condition: 'not-running', signal }).catch(() => signal.throwIfAborted()),
    ),
  )
  const runs = (): Promise<boolean> =>
    withRetry(
      async () =>
        (await runtime.listContainers({ project }, { signal })).some(
          ({ id, state }) => ids.has(id) && state === 'running',
        ),
      { ...deps, signal },
    )
  while (await runs()) await clock.sleep(listedMs, { signal })
}
