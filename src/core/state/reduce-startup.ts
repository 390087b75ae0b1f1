import type { StackEvent } from '../events/event.ts'
import type { State, StepState } from './state.ts'

/** A further plan takes the place of the steps that have not begun; what has ended of those before it is kept. */
export const withPlanned = (state: State, planned: ReadonlySet<string>): State => {
  const { startup } = state
  if (startup.endedAt !== undefined) return state
  return { ...state, startup: { ...startup, steps: toBegun(state).filter(({ id }) => !planned.has(id)) } }
}

/** The start is over when the session first says that all runs, or that it stops. */
export const withStartup = (state: State, event: Extract<StackEvent, { type: 'session/changed' }>): State => {
  const { startup } = state
  const isOver = event.phase === 'running' || event.phase === 'stopping' || event.phase === 'stopped'
  if (startup.endedAt !== undefined || !isOver) return state
  return { ...state, startup: { ...startup, steps: toBegun(state), endedAt: event.at } }
}

export const withFirstHealth = (
  state: State,
  { at, container }: Extract<StackEvent, { type: 'container/changed' }>,
): State => {
  const { startup } = state
  if (container.health !== 'healthy' || startup.healthyAt[container.service] !== undefined) return state
  return { ...state, startup: { ...startup, healthyAt: { ...startup.healthyAt, [container.service]: at } } }
}

const toBegun = ({ startup, steps }: State): readonly StepState[] => {
  const begun = steps.filter(({ startedAt }) => startedAt !== undefined)
  const ids = new Set(begun.map(({ id }) => id))
  return [...startup.steps.filter(({ id }) => !ids.has(id)), ...begun]
}
