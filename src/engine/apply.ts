import { isStackError, StackError } from '../core/errors/stack-error.ts'
import type { Problem } from '../core/errors/problem.ts'
import type { Plan, Step } from '../core/plan/action.ts'
import type { Observed } from '../core/plan/observed.ts'
import type { Project } from '../core/project/project.ts'
import type { EventBody } from '../core/events/event.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import { createEngineEvents, type EngineEvents } from './engine-events.ts'
import { executeSteps, type Outcome } from './execute.ts'
import { observeProject } from './observe.ts'
import { outlastStops } from './outlast-stops.ts'
import { createPerformer, type Performer } from './perform.ts'
import { withRetry } from './retry.ts'
import { toStepService, toStepSubject, toStepSummary } from './step-summary.ts'
import { toProblem } from './to-problem.ts'

export type Round = {
  /** From 1. A further round follows one in which images were pulled or built: what they changed is seen only then. */
  readonly number: number
  /** References of the images that earlier rounds pulled or built. */
  readonly settledImages: ReadonlySet<string>
  /** The destructive steps of the plan were refused: plan again without them. */
  readonly declined: boolean
}
export type PlanFunction = (observed: Observed, round: Round) => Plan

export type ApplyRequest = {
  /** A name alone for commands without a stack file. */
  readonly project: Project | { readonly name: string }
  /** `stack up`: shown to others by the lock. */
  readonly command: string
  readonly plan: PlanFunction
  readonly emit: Emit
  readonly trigger?: Extract<EventBody, { type: 'plan/made' }>['trigger']
  /** Asked once, for all destructive steps of a plan. Absent: they fail with `cli/needs-confirmation`. */
  readonly confirm?: (steps: readonly Step[]) => Promise<boolean>
  /** Steps at once; absent: as many as can. */
  readonly limit?: number
  /** Wait for another session that changes the project; otherwise `lock/held`. */
  readonly waitForLock?: boolean
  /** Bound of each `service/await`. */
  readonly awaitTimeoutMs?: number
  /** Only `plan/made`; takes no lock and changes nothing. */
  readonly dryRun?: boolean
  /** The session's own subscription, when there is one. */
  readonly events?: EngineEvents
}

export type StepFailure = { readonly step: Step; readonly problem: Problem; readonly error: unknown }
export type ApplyResult = {
  /** By step id, of all rounds. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly failures: readonly StepFailure[]
  /** One for each round. */
  readonly plans: readonly Plan[]
  /** As it was before the first round. */
  readonly observed: Observed
  /** 0, or that of the first failure; 130 when cancelled. */
  readonly exit: number
}

const maxRounds = 4

/**
 * Makes the engine as a plan function wants it: takes the project's lock, observes, plans, asks about what cannot be
 * undone, carries the plan out, and does so again while images arrived. Level-based: every round looks at the engine
 * anew, so an interrupted run is mended by the next. Never throws for a failed step, but for what hinders all of it.
 */
export const applyPlan = async (deps: EngineDeps, request: ApplyRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ApplyResult> => {
  const stop = signal ?? new AbortController().signal
  if (request.dryRun === true) return converge(deps, request, { signal: stop, isAfterCut: false })
  const held = await deps.lock.acquire(request.project.name, {
    command: request.command,
    wait: request.waitForLock === true,
    signal: stop,
    onWait: (holder) => request.emit({ type: 'step/waiting', id: 'lock', on: [holder], note: `waiting for ${holder} to end` }),
  })
  try {
    return await converge(deps, request, { signal: stop, isAfterCut: held.wasLeft === true })
  } finally {
    await held.release()
  }
}

const converge = async (deps: EngineDeps, request: ApplyRequest, { signal, isAfterCut }: { readonly signal: AbortSignal; readonly isAfterCut: boolean }): Promise<ApplyResult> => {
  const outcomes = new Map<string, Outcome>()
  const failures: StepFailure[] = []
  const plans: Plan[] = []
  const events = request.events ?? createEngineEvents(deps, { project: request.project.name, signal })
  let first: Observed | undefined
  let settledImages: ReadonlySet<string> = new Set()
  let performer: Performer | undefined
  try {
    for (let number = 1; number <= maxRounds && !signal.aborted; number += 1) {
      let observed = await observe(deps, request, signal)
      let plan = await makePlan(request, observed, { number, settledImages })
      if (isAfterCut && number === 1 && (await outlastStops(deps, { project: request.project.name, observed, plan, emit: request.emit, signal }))) {
        observed = await observe(deps, request, signal)
        plan = await makePlan(request, observed, { number, settledImages })
      }
      first ??= observed
      const steps = plan.steps.filter((step) => !outcomes.has(step.id))
      if (number > 1 && steps.length === 0) break
      plans.push(plan)
      if (number === 1) tellWarnings(plan, request.emit)
      request.emit({ type: 'plan/made', trigger: request.trigger ?? 'command', steps: steps.map(toStepSummary), unchanged: plan.unchanged })
      if (request.dryRun === true) break
      performer ??= createPerformer(deps, { project: request.project, emit: request.emit, events, signal, ...(request.awaitTimeoutMs === undefined ? {} : { awaitTimeoutMs: request.awaitTimeoutMs }) })
      performer.look(observed)
      await runRound({ deps, request, performer, outcomes, failures, signal }, steps)
      const images = selectArrivedImages(steps, outcomes)
      settledImages = new Set([...settledImages, ...images])
      const raced = await selectRaced(deps, { request, failures, signal })
      if (images.length === 0 && raced.size === 0) break
      forgetRaced(raced, { outcomes, failures })
    }
  } finally {
    performer?.close()
    if (request.events === undefined) events.close()
  }
  if (first === undefined) throw signal.reason
  return { outcomes, failures, plans, observed: first, exit: toExit(failures, signal) }
}

const observe = (deps: EngineDeps, { project }: ApplyRequest, signal: AbortSignal): Promise<Observed> =>
  withRetry(() => observeProject(deps.runtime, project, { signal, clock: deps.clock }), { clock: deps.clock, random: deps.random, signal })

const makePlan = async (request: ApplyRequest, observed: Observed, round: Omit<Round, 'declined'>): Promise<Plan> => {
  const plan = request.plan(observed, { ...round, declined: false })
  const destructive = plan.steps.filter((step) => step.destructive)
  if (destructive.length === 0 || request.dryRun === true) return plan
  const what = `This would destroy ${destructive.map((step) => toStepSubject(step.action)).join(', ')},`
  if (request.confirm === undefined) throw new StackError('cli/needs-confirmation', { what })
  if (await request.confirm(destructive)) return plan
  const harmless = request.plan(observed, { ...round, declined: true })
  if (harmless.steps.some((step) => step.destructive)) throw new StackError('cli/needs-confirmation', { what })
  return harmless
}

type RoundContext = {
  readonly deps: EngineDeps
  readonly request: ApplyRequest
  readonly performer: Performer
  readonly outcomes: Map<string, Outcome>
  readonly failures: StepFailure[]
  readonly signal: AbortSignal
}

const runRound = async ({ deps, request, performer, outcomes, failures, signal }: RoundContext, steps: readonly Step[]): Promise<void> => {
  const startedAt = new Map<string, number>()
  const { emit } = request
  const settled = new Map(outcomes)
  await executeSteps(steps, performer.perform, {
    signal,
    settled,
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    onStart: (step) => {
      startedAt.set(step.id, deps.clock.now())
      const service = toStepService(step.action)
      emit({ type: 'step/started', id: step.id, kind: step.action.kind, subject: toStepSubject(step.action), ...(service === undefined ? {} : { service }), ...(step.group === undefined ? {} : { group: step.group }) })
    },
    onSettle: (step, outcome) => {
      outcomes.set(step.id, outcome)
      const since = startedAt.get(step.id)
      const ms = since === undefined ? 0 : deps.clock.now() - since
      if (outcome.status === 'failed') {
        const problem = toProblem(outcome.error)
        failures.push({ step, problem, error: outcome.error })
        emit({ type: 'step/ended', id: step.id, outcome: 'failed', ms, problem })
      } else emit({ type: 'step/ended', id: step.id, outcome: outcome.status, ms, ...(outcome.status === 'skipped' ? { because: outcome.because } : {}) })
    },
  })
}

const tellWarnings = (plan: Plan, emit: Emit): void => {
  for (const [index, problem] of plan.warnings.entries()) emit({ type: 'problem/raised', id: `plan.${index}`, problem })
}

const selectArrivedImages = (steps: readonly Step[], outcomes: ReadonlyMap<string, Outcome>): readonly string[] =>
  steps.flatMap(({ id, action }) => ((action.kind === 'image/pull' || action.kind === 'image/build') && outcomes.get(id)?.status === 'done' ? [action.image] : []))

/**
 * Failures because the engine was still carrying out what a run before us, cut off, had asked of it: a container of the
 * project that was not there when we looked now holds the name that we wanted. Looking and planning again takes it in.
 */
const selectRaced = async (deps: EngineDeps, { request, failures, signal }: Pick<RoundContext, 'request' | 'failures' | 'signal'>): Promise<ReadonlySet<StepFailure>> => {
  const conflicts = failures.filter(({ error }) => isStackError(error) && error.code === 'engine/name-in-use')
  if (conflicts.length === 0 || signal.aborted) return new Set()
  const names = new Set((await deps.runtime.listContainers({ project: request.project.name }, { signal })).map(({ name }) => name))
  return new Set(conflicts.filter(({ step: { action } }) =>
    (action.kind === 'container/create' && names.has(action.name)) || (action.kind === 'container/rename' && names.has(action.to))))
}

/** What was done stands in the next observation; only failures of another kind are remembered, and what they skip. */
const forgetRaced = (raced: ReadonlySet<StepFailure>, { outcomes, failures }: Pick<RoundContext, 'outcomes' | 'failures'>): void => {
  if (raced.size === 0) return
  failures.splice(0, failures.length, ...failures.filter((failure) => !raced.has(failure)))
  const remembered = new Set(failures.map(({ step }) => step.id))
  for (const id of [...outcomes.keys()]) if (!remembered.has(id)) outcomes.delete(id)
}

const toExit = (failures: readonly StepFailure[], signal: AbortSignal): number => {
  if (signal.aborted) return 130
  const first = failures[0]
  if (first === undefined) return 0
  return isStackError(first.error) ? first.error.exit : 70
}
