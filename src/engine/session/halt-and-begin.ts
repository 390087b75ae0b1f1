import type { PlanFunction } from '../apply.ts'
import { attempt } from './enqueue-plan.ts'
import type { SessionState } from './state.ts'
import { clearUnbuilt } from './sync-host.ts'

type Halting = { readonly type: 'stop' | 'kill'; readonly service: string }
type Beginning = { readonly type: 'start' | 'restart' | 'rebuild'; readonly service: string }

const upStates: ReadonlySet<string> = new Set(['running', 'restarting', 'paused'])

const toGrace = ({ request: { graceSeconds } }: SessionState): { readonly graceSeconds?: number } =>
  graceSeconds === undefined ? {} : { graceSeconds }

/** A person stops it: it stays so until somebody starts it. */
export const halt = async (state: SessionState, { type, service }: Halting): Promise<void> => {
  const { halts, plans } = state
  halts.halt(service)
  const plan = type === 'stop' ? plans.stop([service], toGrace(state)) : plans.kill([service])
  const end = await attempt(state, `${type}.${service}`, { plan, trigger: 'command' })
  // What was said of it meanwhile was of the time before; and what did not stop after all was not stopped.
  if (end === 'done') halts.halt(service)
  else halts.lift(service)
}

/** A person starts it, as it is to be now. */
export const begin = async (state: SessionState, command: Beginning): Promise<void> =>
  beginAs(state, command, state.halts.lift(command.service))

const beginAs = async (state: SessionState, command: Beginning, isBehind: boolean): Promise<void> => {
  const { type, service } = command
  const plan = toPlan(state, command, isBehind)
  const end = await attempt(state, `${type}.${service}`, { plan, trigger: 'command' })
  if (end !== 'done' || (type !== 'rebuild' && !isBehind)) return
  state.edits.unbuilt.delete(service)
  clearUnbuilt(state, service)
}

const toPlan = (state: SessionState, { type, service }: Beginning, isBehind: boolean): PlanFunction => {
  const { plans, edits } = state
  if (type === 'rebuild') return plans.rebuild([service])
  if (isBehind) return plans.edited(edits.unbuilt.has(service) ? [service] : [], { only: [service] })
  return type === 'start' ? plans.start([service]) : plans.restart([service], toGrace(state))
}

/** Somebody else has stopped it and not begun it anew; unless it was the engine itself, which ended at that time. */
export const noteHalt = ({ monitor, halts, lostAt = 0 }: SessionState, service: string, at: number): void => {
  const isUp = monitor.containers().some((one) => one.service === service && upStates.has(one.state))
  if (!isUp && lostAt < at) halts.halt(service)
}

/** Somebody has started it: they want it as it is to be now. */
export const noteStart = (state: SessionState, service: string): void => {
  if (state.halts.lift(service)) void beginAs(state, { type: 'start', service }, true)
}
