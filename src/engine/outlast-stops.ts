import type { Plan } from '../core/plan/action.ts'
import type { Observed } from '../core/plan/observed.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'

// How far back a stop may have begun, and how long it is waited for: longer than the grace that containers have by default.
const sinceSeconds = 30
const longestMs = 15_000
const listedMs = 30

/** HUP, USR1, USR2, CONT and WINCH tell a program something; every other signal is there to end it. */
const harmless: ReadonlySet<string> = new Set(['1', '10', '12', '18', '28'])

type Request = { readonly project: string; readonly observed: Observed; readonly plan: Plan; readonly emit: Emit; readonly signal: AbortSignal }

/**
 * After a run that was cut off: containers that the plan counts on, and that the engine has been told to stop, end a moment
 * after we have looked. Waits for their end; true when there were any, and the world has to be looked at again.
 */
export const outlastStops = async ({ runtime, clock }: Pick<EngineDeps, 'runtime' | 'clock'>, { project, observed, plan, emit, signal }: Request): Promise<boolean> => {
  const now = clock.now() / 1000
  const told = new Set<string>()
  for await (const { kind, action, id, attributes } of runtime.events({ project, since: now - sinceSeconds, until: now }, { signal })) {
    if (kind !== 'container') continue
    if (action === 'kill' && !harmless.has(attributes['signal'] ?? '')) told.add(id)
    if (action === 'die' || action === 'start') told.delete(id)
  }
  const touched = new Set(plan.steps.flatMap(({ action }) => ('container' in action && 'id' in action.container ? [action.container.id] : [])))
  const ending = observed.containers.filter(({ id, state }) => state === 'running' && told.has(id) && !touched.has(id))
  if (ending.length === 0) return false
  const names = ending.map(({ name }) => name)
  emit({ type: 'step/waiting', id: 'lock', on: names, note: `waiting for the end of ${names.join(', ')}, which a run that was cut off is stopping` })
  const controller = new AbortController()
  const both = AbortSignal.any([signal, controller.signal])
  try {
    await Promise.race([
      untilListed({ runtime, clock }, { project, ids: new Set(ending.map(({ id }) => id)), signal: both }),
      clock.sleep(longestMs, { signal: both }),
    ])
  } finally {
    controller.abort()
  }
  return true
}

/** Until the engine's list shows none of them running: it knows of an end a moment after whoever waits for that end. */
const untilListed = async ({ runtime, clock }: Pick<EngineDeps, 'runtime' | 'clock'>, { project, ids, signal }: { readonly project: string; readonly ids: ReadonlySet<string>; readonly signal: AbortSignal }): Promise<void> => {
  await Promise.all([...ids].map((id) => runtime.waitContainer(id, { condition: 'not-running', signal })))
  const runs = async (): Promise<boolean> => (await runtime.listContainers({ project }, { signal })).some(({ id, state }) => ids.has(id) && state === 'running')
  while (await runs()) await clock.sleep(listedMs, { signal })
}
