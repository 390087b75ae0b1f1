import { isStackError, StackError } from '../core/errors/stack-error.ts'
import type { Plan, Step } from '../core/plan/action.ts'
import type { Observed } from '../core/plan/observed.ts'
import type { Project } from '../core/project/project.ts'
import type { EventBody } from '../core/events/event.ts'
import { isCutOff } from './await-engine.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import { createEngineEvents, type EngineEvents } from './engine-events.ts'
import { assertMadeHere } from './elsewhere.ts'
import type { Outcome } from './execute.ts'
import { observeProject } from './observe.ts'
import { listenForOvertaking } from './overtaking.ts'
import { outlastStops } from './outlast-stops.ts'
import { createPerformer, type Performer } from './perform.ts'
import type { BeforeStart } from './perform/context.ts'
import { createEndings, forgetRaced, selectRaced } from './raced.ts'
import { isPassing, withRetry } from './retry.ts'
import { runRound, type StepFailure } from './run-round.ts'
import { toStepSubject, toStepSummary } from './step-summary.ts'

export type Round = {
  /** From 1. A further round follows one in which images were pulled or built: what they changed is seen only then. */
  readonly number: number
  /** References of the images that earlier rounds pulled or built. */
  readonly settledImages: ReadonlySet<string>
  /** Ids of the containers that were there before the first round; absent in that one. */
  readonly before?: ReadonlySet<string>
  /** The destructive steps of the plan were refused: plan again without them. */
  readonly declined: boolean
}
export type PlanFunction = (observed: Observed, round: Round) => Plan

export type ApplyRequest = {
  /** A name alone for commands without a stack file. */
  readonly project: Project | { readonly name: string }
  /** Only acts on what is there: images are not looked at, and a lock that can be held nowhere is no hindrance. */
  readonly makesNothing?: boolean
  /** `stack up`: shown to others by the lock. */
  readonly command: string
  readonly plan: PlanFunction
  readonly emit: Emit
  readonly trigger?: Extract<EventBody, { type: 'plan/made' }>['trigger']
  /** Asked once, for all destructive steps of a plan that were not agreed to. Absent: the plan is made without them. */
  readonly confirm?: (steps: readonly Step[]) => Promise<boolean>
  /** Steps at once; absent: as many as can. */
  readonly limit?: number
  /** Wait for another session that changes the project; otherwise `lock/held`. */
  readonly waitForLock?: boolean
  /** Bound of each `service/await`. */
  readonly awaitTimeoutMs?: number
  /**
   * After a run that was cut off, look once more at the end: what the engine was still making for that run may be there
   * only now. For plans that ask for nothing a second time.
   */
  readonly looksAgain?: boolean
  /** Containers that another folder made under this project's name are taken over; `project/elsewhere` without it. */
  readonly adopts?: boolean
  /** Only `plan/made`; takes no lock and changes nothing. */
  readonly dryRun?: boolean
  /** Something newer takes the place of this run: ends it as long as it has touched nothing but images. */
  readonly overtaken?: AbortSignal
  /** The session's own subscription, when there is one. */
  readonly events?: EngineEvents
  /** What is done to each container that is about to start. */
  readonly beforeStart?: BeforeStart
}

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

const maxRounds = 6

/**
 * Makes the engine as a plan function wants it: takes the project's lock, observes, plans, asks about what cannot be
 * undone, carries the plan out, and does so again while images arrived. Level-based: every round looks at the engine
 * anew, so an interrupted run is mended by the next. Never throws for a failed step, but for what hinders all of it.
 */
export const applyPlan = async (
  deps: EngineDeps,
  asked: ApplyRequest,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ApplyResult> => {
  const { signal: stop, emit, hasTouched } = listenForOvertaking(asked, signal ?? new AbortController().signal)
  const request = { ...asked, ...askOnce(asked.confirm), emit }
  if (request.dryRun === true) return converge(deps, request, { signal: stop, isAfterCut: false })
  const held = await deps.lock.acquire(request.project.name, {
    command: request.command,
    wait: request.waitForLock === true,
    signal: stop,
    mayGoWithout: request.makesNothing === true,
    onWait: (holder) =>
      request.emit({ type: 'step/waiting', id: 'lock', on: [holder], note: `waiting for ${holder} to end` }),
  })
  if (held.warning !== undefined)
    request.emit({ type: 'problem/raised', id: 'lock', problem: { ...held.warning.toProblem(), severity: 'warning' } })
  const isAfterCut = held.wasLeft === true
  // An image that nobody waits for any more leaves nothing in flight; but what a run before this one has left is not outlasted yet.
  const isWhole = (): boolean => !stop.aborted || (!hasTouched() && !isAfterCut)
  let isFinished = false
  try {
    const result = await converge(deps, request, { signal: stop, isAfterCut })
    isFinished = isWhole() && !result.failures.some(({ error }) => isCutOff(error))
    return result
  } catch (error) {
    isFinished = isWhole() && !isCutOff(error)
    throw error
  } finally {
    await held.release({ isFinished })
  }
}

// oxlint-disable-next-line complexity, max-lines-per-function -- the loop of convergence is read from top to bottom
const converge = async (
  deps: EngineDeps,
  request: ApplyRequest,
  { signal, isAfterCut }: { readonly signal: AbortSignal; readonly isAfterCut: boolean },
): Promise<ApplyResult> => {
  const outcomes = new Map<string, Outcome>()
  const past = new Map<string, Outcome>()
  const failures: StepFailure[] = []
  const plans: Plan[] = []
  const endings = createEndings(request.emit, { isAfterCut })
  // Whether the engine stays away is for `selectRaced` to say: a wait that outlasts the stream would never end.
  const events =
    request.events ??
    createEngineEvents(deps, { project: request.project.name, signal, attempts: Number.POSITIVE_INFINITY })
  let first: Observed | undefined
  let settledImages: ReadonlySet<string> = new Set()
  let performer: Performer | undefined
  try {
    for (let number = 1; number <= maxRounds && !signal.aborted; number += 1) {
      let observed = await observe(deps, request, { signal, isFirst: number === 1 })
      if (number === 1 && request.adopts !== true && 'services' in request.project)
        await assertMadeHere(request.project, observed, { files: deps.files, command: request.command })
      const before = first === undefined ? {} : { before: new Set(first.containers.map(({ id }) => id)) }
      let plan = await makePlan(request, observed, { number, settledImages, ...before })
      if (
        isAfterCut &&
        number === 1 &&
        (await outlastStops(deps, { project: request.project, observed, plan, emit: request.emit, signal }))
      ) {
        observed = await observe(deps, request, { signal, isFirst: false })
        plan = await makePlan(request, observed, { number, settledImages })
      }
      first ??= observed
      const steps = plan.steps.filter((step) => !outcomes.has(step.id))
      if (number > 1 && steps.length === 0) break
      plans.push(plan)
      if (number === 1) tellWarnings(plan, request.emit)
      request.emit({
        type: 'plan/made',
        trigger: request.trigger ?? 'command',
        steps: steps.map(toStepSummary),
        unchanged: plan.unchanged,
      })
      if (request.dryRun === true) break
      performer ??= createPerformer(deps, {
        project: request.project,
        emit: request.emit,
        events,
        signal,
        ...(request.awaitTimeoutMs === undefined ? {} : { awaitTimeoutMs: request.awaitTimeoutMs }),
        ...(request.beforeStart === undefined ? {} : { beforeStart: request.beforeStart }),
      })
      performer.look(observed)
      await runRound({ clock: deps.clock, request, performer, outcomes, failures, endings, signal }, steps)
      const images = selectArrivedImages(steps, outcomes)
      settledImages = new Set([...settledImages, ...images])
      const raced: ReadonlySet<StepFailure> =
        number === maxRounds
          ? new Set()
          : await selectRaced(deps, failures, { project: request.project.name, emit: request.emit, signal })
      endings.settle(new Set([...raced].map(({ step }) => step.id)))
      const isSecondLook = isAfterCut && request.looksAgain === true && number === 1 && !signal.aborted
      if (
        images.length === 0 &&
        raced.size === 0 &&
        !isSecondLook &&
        !(isAfterCut && number === 1 && mayHaveTwins(observed, steps, outcomes))
      )
        break
      if (raced.size > 0 || isSecondLook) forgetRaced(raced, steps, { outcomes, failures, past })
    }
  } finally {
    // Nothing that was held back is left untold when the engine stays away, or somebody has had enough.
    endings.settle(new Set())
    performer?.close()
    if (request.events === undefined) events.close()
  }
  if (first === undefined) throw signal.reason
  return { outcomes: new Map([...past, ...outcomes]), failures, plans, observed: first, exit: toExit(failures, signal) }
}

/** An engine that does not answer at all is not there; one that has answered before comes back. */
const observe = (
  { runtime, clock, random, machine }: EngineDeps,
  { project, makesNothing }: ApplyRequest,
  { signal, isFirst }: { readonly signal: AbortSignal; readonly isFirst: boolean },
): Promise<Observed> => {
  const options = {
    signal,
    clock,
    images: makesNothing !== true,
    // What the first round has found to be in order is not judged again in the middle of the work.
    ...(makesNothing === true || !isFirst ? {} : { machine }),
  }
  return withRetry(() => observeProject(runtime, project, options), {
    clock,
    random,
    signal,
    isTransient: (error) => isPassing(error) || (!isFirst && isCutOff(error)),
  })
}

const makePlan = async (request: ApplyRequest, observed: Observed, round: Omit<Round, 'declined'>): Promise<Plan> => {
  const plan = request.plan(observed, { ...round, declined: false })
  const destructive = plan.steps.filter(isLoss)
  if (destructive.length === 0) return plan
  if (request.confirm !== undefined && (request.dryRun === true || (await request.confirm(destructive)))) return plan
  // Declined, or nobody to ask: what would be lost is kept, and the rest is done.
  const harmless = request.plan(observed, { ...round, declined: true })
  if (!harmless.steps.some(isLoss)) return harmless
  const what = `This would destroy ${destructive.map((step) => toStepSubject(step.action)).join(', ')},`
  throw new StackError('cli/needs-confirmation', { what })
}

/** One answer to one question, however often the plan is made. */
const askOnce = (confirm: ApplyRequest['confirm']): Pick<ApplyRequest, 'confirm'> => {
  if (confirm === undefined) return {}
  const answers = new Map<string, Promise<boolean>>()
  return {
    confirm: (steps) => {
      const key = steps.map(({ id }) => id).join(' ')
      const answer = answers.get(key) ?? confirm(steps)
      answers.set(key, answer)
      return answer
    },
  }
}

const isLoss = ({ destructive, agreed }: Step): boolean => destructive && agreed !== true

/** Engines before API 1.44 may have gone on to make, for the run that was cut off, a network that we have made as well. */
const mayHaveTwins = ({ engine }: Observed, steps: readonly Step[], outcomes: ReadonlyMap<string, Outcome>): boolean =>
  engine.api.major === 1 &&
  engine.api.minor < 44 &&
  steps.some(({ id, action }) => action.kind === 'network/create' && outcomes.get(id)?.status === 'done')

const tellWarnings = (plan: Plan, emit: Emit): void => {
  for (const [index, problem] of plan.warnings.entries()) emit({ type: 'problem/raised', id: `plan.${index}`, problem })
}

const selectArrivedImages = (steps: readonly Step[], outcomes: ReadonlyMap<string, Outcome>): readonly string[] =>
  steps.flatMap(({ id, action }) =>
    (action.kind === 'image/pull' || action.kind === 'image/build') && outcomes.get(id)?.status === 'done'
      ? [action.image]
      : [],
  )

const toExit = (failures: readonly StepFailure[], signal: AbortSignal): number => {
  if (signal.aborted) return 130
  const first = failures[0]
  if (first === undefined) return 0
  return isStackError(first.error) ? first.error.exit : 70
}
