import type { ContainerState, Health } from '../../core/plan/container-state.ts'

export type Condition = 'started' | 'healthy' | 'completed' | 'running-or-healthy'

/** What is known of a container that somebody waits for. */
export type ContainerView = {
  /** `gone`: removed. */
  readonly state: ContainerState | 'gone'
  readonly health?: Health
  readonly exitCode: number
  readonly hasHealthcheck: boolean
  readonly restarts: number
  /** The engine's words for a start that failed, or that memory ran out. */
  readonly why: string
  readonly outOfMemory: boolean
  /** Milliseconds since a probe of ours succeeded; absent when none has since it started. */
  readonly probedMs?: number
  /** The engine has said `unhealthy` of this run of it, and not of one before. */
  readonly isUnhealthy: boolean
  readonly probes: number
  readonly lastProbe?: { readonly exitCode: number; readonly output: string }
  /** Milliseconds since the engine started this run of it. */
  readonly ranMs: number
  /** Milliseconds that we had seen it running when it was last looked at. */
  readonly upMs: number
}

export type ReadyVerdict =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'waiting'
      readonly note: string
      /** Look again after this time, though nothing may happen. */ readonly againMs?: number
    }
  | {
      readonly kind: 'failed'
      readonly failure: 'exited' | 'not-completed' | 'unhealthy' | 'no-healthcheck' | 'disappeared' | 'crash-looping'
    }

/** What runs without a healthcheck counts as running when it has not fallen over by then. */
export const steadyMs = 500

/** What the engine has started again once has to stand longer; and so often started again is what nobody waits for. */
export const steadyAgainMs = 10_000
export const loopCrashes = 5

const ready: ReadyVerdict = { kind: 'ready' }
const failed = (failure: Extract<ReadyVerdict, { kind: 'failed' }>['failure']): ReadyVerdict => ({
  kind: 'failed',
  failure,
})
const waiting = (note: string): ReadyVerdict => ({ kind: 'waiting', note })

/**
 * `--wait` is for scripts that ask the engine next: where its own probe comes soon, it is given the time to agree. One that
 * probes rarely is not waited for: the test has passed.
 */
export const agreementMs = 2500

/** Whether a container is in the condition that somebody waits for; if not, why not yet, or why never. Pure. */
export const judge = (condition: Condition, view: ContainerView): ReadyVerdict => {
  switch (view.state) {
    case 'gone':
    case 'removing':
      return failed('disappeared')
    case 'created':
      return view.why === '' ? waiting('not started yet') : failed('exited')
    case 'exited':
    case 'dead':
      if (condition === 'started') return ready
      if (condition === 'completed')
        return view.exitCode === 0 && view.state === 'exited' ? ready : failed('not-completed')
      // A job that nobody waits for.
      if (condition === 'running-or-healthy' && !view.hasHealthcheck && view.exitCode === 0 && view.state === 'exited')
        return ready
      return failed('exited')
    case 'restarting':
      if (condition === 'running-or-healthy' && view.restarts >= loopCrashes) return failed('crash-looping')
      return waiting(
        `restarting after exit code ${view.exitCode}${view.restarts > 1 ? `, ${view.restarts} times so far` : ''}`,
      )
    case 'paused':
      return condition === 'started' ? ready : waiting('paused')
    case 'running':
      return judgeRunning(condition, view)
    default:
      return view.state satisfies never
  }
}

const judgeRunning = (condition: Condition, view: ContainerView): ReadyVerdict => {
  if (condition === 'started') return ready
  if (condition === 'completed') return waiting('running, not completed yet')
  if (!view.hasHealthcheck) {
    if (condition === 'healthy') return failed('no-healthcheck')
    const [stood, wanted] = view.restarts === 0 ? [view.upMs, steadyMs] : [view.ranMs, steadyAgainMs]
    if (stood >= wanted) return ready
    const note = view.restarts === 0 ? 'running for a moment' : `running again, started ${view.restarts + 1} times`
    return { kind: 'waiting', note, againMs: wanted - stood }
  }
  if (view.health === 'healthy') return ready
  if (view.probedMs !== undefined) {
    if (condition === 'healthy' || view.probedMs >= agreementMs) return ready
    return { kind: 'waiting', note: 'healthy, the engine has not seen it yet', againMs: agreementMs - view.probedMs }
  }
  if (view.isUnhealthy) return failed('unhealthy')
  return waiting(toHealthNote(view))
}

const toHealthNote = ({ lastProbe, probes }: ContainerView): string => {
  if (lastProbe === undefined) return 'health starting'
  const output = lastProbe.output.trim()
  return `health starting, probe ${probes} said ${output === '' ? `exit code ${lastProbe.exitCode}` : `(${lastProbe.exitCode}) ${output}`}`
}
