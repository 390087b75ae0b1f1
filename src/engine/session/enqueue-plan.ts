import { applyPlan, type ApplyResult, type PlanFunction } from '../apply.ts'
import { toStepSubject } from '../step-summary.ts'
import { raise, type SessionState } from './state.ts'

type Trigger = 'start' | 'file' | 'watch' | 'command'

/** Applies a plan when everything that was asked for before is done. */
export const enqueuePlan = (state: SessionState, plan: PlanFunction, trigger: Trigger): Promise<ApplyResult> =>
  state.jobs.run(() => {
    const { deps, emit, events, request } = state
    const signal = AbortSignal.any([state.closing.signal, state.applying.signal])
    return applyPlan(
      deps,
      {
        project: state.project,
        command: request.command,
        plan,
        emit,
        trigger,
        events,
        // Others hold the lock for a moment only; what a person at the screen asked for is not given up for that.
        waitForLock: trigger === 'start' ? request.waitForLock === true : true,
        ...(request.watch === true
          ? { beforeStart: ({ id, ...start }) => state.seeds.plant(id, { ...start, project: state.project }) }
          : {}),
        ...(request.adopts === undefined ? {} : { adopts: request.adopts }),
        ...(request.limit === undefined ? {} : { limit: request.limit }),
        ...(request.awaitTimeoutMs === undefined ? {} : { awaitTimeoutMs: request.awaitTimeoutMs }),
        ...(request.confirm === 'no'
          ? {}
          : {
              confirm: (steps) =>
                confirm(
                  state,
                  steps.map((step) => toStepSubject(step.action)),
                  signal,
                ),
            }),
      },
      { signal },
    )
  })

const confirm = async (
  { questions }: SessionState,
  subjects: readonly string[],
  signal: AbortSignal,
): Promise<boolean> => questions.ask(`The data in ${subjects.join(', ')} will be lost. Go on?`, signal)

/** For commands and saved files: what goes wrong is told, and the session goes on. Whether it went well. */
export const attempt = async (
  state: SessionState,
  id: string,
  { plan, trigger }: { readonly plan: PlanFunction; readonly trigger: Trigger },
): Promise<boolean> => {
  try {
    state.emit({ type: 'problem/cleared', id })
    return (await enqueuePlan(state, plan, trigger)).failures.length === 0
  } catch (error) {
    if (!state.closing.signal.aborted && !state.applying.signal.aborted) raise(state, id, error)
    return false
  }
}
