import type { Step } from '../core/plan/action.ts'
import type { Problem } from '../core/errors/problem.ts'
import type { Clock } from './ports/clock.ts'
import type { Emit } from './emitter.ts'
import { executeSteps, type Outcome } from './execute.ts'
import type { Performer } from './perform.ts'
import type { createEndings } from './raced.ts'
import { toStepService, toStepSubject } from './step-summary.ts'
import { toProblem } from './to-problem.ts'

/** Who stops after another waits for that one's process to end, not for the engine to clear its networks away. */
const isOrderOfStops = ({ action: need }: Step, { action }: Step): boolean =>
  need.kind === 'container/stop' &&
  (action.kind === 'container/stop' || (action.kind === 'hook/exec' && action.phase === 'pre_stop'))

export type StepFailure = { readonly step: Step; readonly problem: Problem; readonly error: unknown }

type RoundContext = {
  readonly clock: Clock
  readonly request: { readonly emit: Emit; readonly limit?: number }
  readonly performer: Performer
  readonly outcomes: Map<string, Outcome>
  readonly failures: StepFailure[]
  readonly endings: ReturnType<typeof createEndings>
  readonly signal: AbortSignal
}

/** Carries the steps of one round out, and tells of each. */
export const runRound = async (
  { clock, request, performer, outcomes, failures, endings, signal }: RoundContext,
  steps: readonly Step[],
): Promise<void> => {
  const startedAt = new Map<string, number>()
  const { emit } = request
  const settled = new Map(outcomes)
  await executeSteps(steps, performer.perform, {
    signal,
    settled,
    isEnough: isOrderOfStops,
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    onStart: (step) => {
      startedAt.set(step.id, clock.now())
      const service = toStepService(step.action)
      emit({
        type: 'step/started',
        id: step.id,
        kind: step.action.kind,
        subject: toStepSubject(step.action),
        ...(service === undefined ? {} : { service }),
        ...(step.group === undefined ? {} : { group: step.group }),
      })
    },
    onSettle: (step, outcome) => {
      outcomes.set(step.id, outcome)
      const since = startedAt.get(step.id)
      const ms = since === undefined ? 0 : clock.now() - since
      const ended = { type: 'step/ended', id: step.id, ms } as const
      if (outcome.status === 'failed') {
        const problem = toProblem(outcome.error)
        failures.push({ step, problem, error: outcome.error })
        endings.tell({ ...ended, outcome: 'failed', problem }, outcome)
      } else {
        const { status, ...more } = outcome
        endings.tell({ ...ended, outcome: status, ...more }, outcome)
      }
    },
  })
}
