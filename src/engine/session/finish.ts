import { enqueuePlan } from './enqueue-plan.ts'
import { type End, raise, type SessionState, setPhase } from './state.ts'

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

/** Stops what the session is about, those named on the command line only; a `quit` that comes meanwhile kills them. */
const stopContainers = async (state: SessionState): Promise<void> => {
  const { services, graceSeconds } = state.request
  for (;;) {
    state.applying = new AbortController()
    const isKill = state.isForced
    const plan = isKill
      ? state.plans.kill(services)
      : state.plans.stop(services, graceSeconds === undefined ? {} : { graceSeconds })
    try {
      await enqueuePlan(state, plan, 'command')
    } catch (error) {
      if (!state.applying.signal.aborted) raise(state, 'stop', error)
    }
    if (!state.isForced || isKill) return
  }
}
