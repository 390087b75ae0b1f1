import { applyPlan, type ApplyResult, type PlanFunction } from '../apply.ts'
import { toStepSubject } from '../step-summary.ts'
import type { Attempted } from './jobs.ts'
import { raise, type SessionState } from './state.ts'

type Trigger = 'start' | 'file' | 'watch' | 'command'

type Asked = {
  readonly plan: PlanFunction
  readonly trigger: Trigger
  /** Something newer takes its place: it is dropped while it waits, and left off as long as no container was touched. */
  readonly overtaken?: AbortSignal
}

/** Applies a plan when everything that was asked for before is done. */
export const enqueuePlan = (state: SessionState, asked: Asked): Promise<ApplyResult> => {
  const { plan, trigger, overtaken } = asked
  const apply = (): Promise<ApplyResult> => {
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
        ...(overtaken === undefined ? {} : { overtaken }),
        // Others hold the lock for a moment only; what a person at the screen asked for is not given up for that.
        waitForLock: trigger === 'start' ? request.waitForLock === true : true,
        ...(request.watch === true
          ? { beforeStart: ({ id, ...start }) => state.seeds.plant(id, { ...start, project: state.project }) }
          : {}),
        ...(request.makesNothing === undefined ? {} : { makesNothing: request.makesNothing }),
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
  }
  return state.jobs.run(apply, overtaken === undefined ? {} : { signal: overtaken })
}

const confirm = async (
  { questions }: SessionState,
  subjects: readonly string[],
  signal: AbortSignal,
): Promise<boolean> => questions.ask(`The data in ${subjects.join(', ')} will be lost. Go on?`, signal)

/** For commands and saved files: what goes wrong is told, and the session goes on. */
export const attempt = async (state: SessionState, id: string, asked: Asked): Promise<Attempted> => {
  const { overtaken } = asked
  try {
    state.emit({ type: 'problem/cleared', id })
    const { failures, exit } = await enqueuePlan(state, asked)
    if (failures.length > 0) return 'failed'
    return exit === 0 ? 'done' : 'aborted'
  } catch (error) {
    if (state.closing.signal.aborted || state.applying.signal.aborted) return 'aborted'
    if (overtaken?.aborted === true && error === overtaken.reason) return 'aborted'
    raise(state, id, error)
    return 'failed'
  }
}
