import type { Problem } from '../../core/errors/problem.ts'
import type { ContainerSummary } from '../../core/events/event.ts'
import { enqueuePlan } from './enqueue-plan.ts'
import { type End, raise, selectScope, type SessionState, setPhase } from './state.ts'

/** Brings a session to its end: what was begun is left off, and the containers are stopped unless they are to go on. */
export const finish = async (state: SessionState, end: End, begun: Promise<void>): Promise<number> => {
  const { follower, monitor, request } = state
  state.phase = 'stopping'
  state.applying.abort(new Error('ending'))
  await begun.catch(() => {})
  if (end.kind === 'quit' || end.kind === 'cascade') {
    setPhase(state, 'stopping')
    await stopContainers(state)
    // Their last events may still be on the way.
    await monitor.lookAtAll().catch((error: unknown) => raise(state, 'engine', error))
    setPhase(state, 'stopped')
    tellLeftUp(state)
  }
  const finished = monitor
    .containers()
    .filter((container) => container.state === 'exited' || container.state === 'dead')
  if (end.kind !== 'detach') await Promise.all(finished.map(({ id }) => follower.settled(id)))
  follower.flush()
  if (request.exitCodeFrom === undefined || end.kind === 'detach') return end.exit
  const own = monitor.containers().find((container) => container.service === request.exitCodeFrom)
  return state.exitCodes.get(request.exitCodeFrom) ?? own?.exitCode ?? end.exit
}

/** What was named has stopped, and what it depends on goes on: others may need it, and nobody would notice. */
const tellLeftUp = (state: SessionState): void => {
  const { services: named = [], dependencies } = state.request
  if (dependencies !== 'leave') return
  const scope = selectScope(state)
  const isLeft = ({ service, state: is }: ContainerSummary): boolean =>
    scope.has(service) && !named.includes(service) && (is === 'running' || is === 'paused' || is === 'restarting')
  const left = [
    ...new Set(
      state.monitor
        .containers()
        .filter(isLeft)
        .map(({ service }) => service),
    ),
  ].sort()
  if (left.length === 0) return
  const one = left.length === 1
  const problem: Problem = {
    severity: 'warning',
    code: 'session/dependencies-up',
    message: `${left.join(', ')} still ${one ? 'runs' : 'run'}: ${named.join(', ')} ${one ? 'depends on it' : 'depends on them'}, and only what was named has been stopped.`,
    hint: `"stack stop ${left.join(' ')}" stops ${one ? 'it' : 'them'}; with "stack up --with-dependencies" the end of up does.`,
  }
  state.emit({ type: 'problem/raised', id: 'dependencies', problem })
}

/** Stops what the session is about, those named on the command line only or what they need too; a `quit` that comes meanwhile kills them. */
const stopContainers = async (state: SessionState): Promise<void> => {
  const { services: named, dependencies, graceSeconds } = state.request
  const services = named !== undefined && dependencies === 'stop' ? [...selectScope(state)] : named
  for (;;) {
    state.applying = new AbortController()
    const isKill = state.isForced
    const plan = isKill
      ? state.plans.kill(services)
      : state.plans.stop(services, graceSeconds === undefined ? {} : { graceSeconds })
    try {
      await enqueuePlan(state, { plan, trigger: 'command' })
    } catch (error) {
      if (!state.applying.signal.aborted) raise(state, 'stop', error)
    }
    if (!state.isForced || isKill) return
  }
}
