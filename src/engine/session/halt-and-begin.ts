import type { ServiceAction } from '../../core/events/event.ts'
import type { PlanFunction } from '../apply.ts'
import { attempt } from './enqueue-plan.ts'
import type { Attempted } from './jobs.ts'
import type { SessionState } from './state.ts'
import { clearUnbuilt } from './sync-host.ts'

type Halting = { readonly type: 'stop' | 'kill'; readonly services: readonly string[] }
type Beginning =
  | { readonly type: 'start' | 'restart' | 'rebuild'; readonly services: readonly string[] }
  | Extract<ServiceAction, { type: 'recreate' }>

const upStates: ReadonlySet<string> = new Set(['running', 'restarting', 'paused'])

export const toGrace = ({ request: { graceSeconds } }: SessionState): { readonly graceSeconds?: number } =>
  graceSeconds === undefined ? {} : { graceSeconds }

export const toProblemId = (type: string, services: readonly string[]): string => `${type}.${services.join('+')}`

/** A person stops them: they stay so until somebody starts them. */
export const halt = async (state: SessionState, { type, services }: Halting): Promise<Attempted> => {
  const { halts, plans } = state
  for (const service of services) halts.halt(service)
  const plan = type === 'stop' ? plans.stop(services, toGrace(state)) : plans.kill(services)
  const end = await attempt(state, toProblemId(type, services), { plan, trigger: 'command' })
  // What was said of it meanwhile was of the time before; and what did not stop after all was not stopped.
  for (const service of services) {
    if (end === 'done') halts.halt(service)
    else halts.lift(service)
  }
  return end
}

/** A person starts them, as they are to be now. */
export const begin = (state: SessionState, command: Beginning): Promise<Attempted> =>
  beginAs(
    state,
    command,
    command.services.filter((service) => state.halts.lift(service)),
  )

const beginAs = async (state: SessionState, command: Beginning, behind: readonly string[]): Promise<Attempted> => {
  const { type, services } = command
  const id = toProblemId(type, services)
  for (const { plan, renewed } of toPlans(state, command, behind)) {
    const end = await attempt(state, id, { plan, trigger: 'command' })
    if (end !== 'done') return end
    for (const service of renewed) {
      state.edits.unbuilt.delete(service)
      clearUnbuilt(state, service)
    }
  }
  return 'done'
}

/** `renewed`: what is made as it is to be now. */
type Begun = { readonly plan: PlanFunction; readonly renewed: readonly string[] }

/** Those that have fallen behind, and those that have no container, are made as they are to be now; that is no restart. */
const toPlans = (state: SessionState, command: Beginning, behind: readonly string[]): readonly Begun[] => {
  const { plans, edits, monitor } = state
  const { type, services } = command
  if (type === 'rebuild') return [{ plan: plans.rebuild(services), renewed: services }]
  if (type === 'recreate')
    return [{ plan: plans.recreate(services, { renewVolumes: command.renewVolumes === true }), renewed: behind }]
  const present = new Set(monitor.containers().map(({ service }) => service))
  const made = services.filter((service) => behind.includes(service) || !present.has(service))
  const others = services.filter((service) => !made.includes(service))
  const unbuilt = made.filter((service) => edits.unbuilt.has(service))
  return [
    ...(made.length === 0 ? [] : [{ plan: plans.edited(unbuilt, { only: made }), renewed: behind }]),
    ...(others.length === 0
      ? []
      : [{ plan: type === 'start' ? plans.start(others) : plans.restart(others, toGrace(state)), renewed: [] }]),
  ]
}

/** Somebody else has stopped it and not begun it anew; unless it was the engine itself, which ended at that time. */
export const noteHalt = ({ monitor, halts, lostAt = 0 }: SessionState, service: string, at: number): void => {
  const isUp = monitor.containers().some((one) => one.service === service && upStates.has(one.state))
  if (!isUp && lostAt < at) halts.halt(service)
}

/** Somebody has started it: they want it as it is to be now. */
export const noteStart = (state: SessionState, service: string): void => {
  if (state.halts.lift(service)) void beginAs(state, { type: 'start', services: [service] }, [service])
}
