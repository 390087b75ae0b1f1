import { StackError } from '../core/errors/stack-error.ts'

export type Outcome =
  /** `kept`: what was to go is needed by others, and stays. */
  | { readonly status: 'done'; readonly kept?: true }
  | { readonly status: 'failed'; readonly error: unknown }
  /** `because` is the step whose failure is the reason, or `cancelled`. */
  | { readonly status: 'skipped'; readonly because: string }

type Node = {
  readonly id: string
  /** Must have ended well. */
  readonly needs: readonly string[]
  /** Must have ended, well or not. */
  readonly after?: readonly string[]
}

export type ExecuteOptions<S> = {
  readonly signal: AbortSignal
  /** Steps at once; absent: as many as can. */
  readonly limit?: number
  /**
   * Whether `step` may begin as soon as what it needs has told that it passed its mark (see `run`), before it has ended.
   * Should that fail afterwards, the step has begun all the same.
   */
  readonly isEnough?: (need: S, step: S) => boolean
  /** Outcomes of an earlier round, for needs that are not among the steps. */
  readonly settled?: ReadonlyMap<string, Outcome>
  readonly onStart?: (step: S) => void
  readonly onSettle?: (step: S, outcome: Outcome) => void
}

/**
 * Walks the steps of a plan: one runs when everything that it needs is done, and is skipped when one of those is not.
 * A failure skips what needs it and nothing more; an abort starts nothing new and waits for what runs. Never throws for
 * a failed step. Every step and every need is looked at once, so the cost is linear.
 *
 * `run` gets `pass` when somebody waits for the step's mark only; it may call it once, at any time before it resolves.
 */
// oxlint-disable-next-line max-lines-per-function -- the walk over a plan, whose parts share what has ended
export const executeSteps = async <S extends Node>(
  steps: readonly S[],
  run: (step: S, pass?: () => void) => Promise<void | 'kept'>,
  options: ExecuteOptions<S>,
): Promise<ReadonlyMap<string, Outcome>> => {
  const { signal, limit = Number.POSITIVE_INFINITY } = options
  const outcomes = new Map<string, Outcome>()
  const passed = new Set<Edge<S>>()
  const graph = toGraph(steps, options.settled)
  const ready: S[] = []
  let next = 0
  let running = 0
  const finished = Promise.withResolvers<void>()

  const settle = (first: S, outcome: Outcome): void => {
    const settling: { readonly step: S; readonly outcome: Outcome }[] = [{ step: first, outcome }]
    for (const entry of settling) {
      if (outcomes.has(entry.step.id)) continue
      outcomes.set(entry.step.id, entry.outcome)
      options.onSettle?.(entry.step, entry.outcome)
      for (const edge of graph.dependents.get(entry.step.id) ?? []) {
        const { step: dependent, isSoft } = edge
        if (passed.has(edge)) continue
        if (isSoft || entry.outcome.status === 'done') arrive(dependent)
        else
          settling.push({
            step: dependent,
            outcome: { status: 'skipped', because: rootOf(entry.step.id, entry.outcome) },
          })
      }
    }
  }
  const arrive = (step: S): void => {
    const missing = (graph.missing.get(step.id) ?? 1) - 1
    graph.missing.set(step.id, missing)
    if (missing === 0) ready.push(step)
  }
  const toPass = (step: S): (() => void) | undefined => {
    const early = graph.dependents.get(step.id)?.filter((edge) => options.isEnough?.(step, edge.step) === true) ?? []
    if (early.length === 0) return undefined
    return () => {
      if (outcomes.has(step.id)) return
      for (const edge of early) {
        if (passed.has(edge)) continue
        passed.add(edge)
        arrive(edge.step)
      }
      pump()
    }
  }
  const start = async (step: S): Promise<void> => {
    running += 1
    options.onStart?.(step)
    let outcome: Outcome = { status: 'done' }
    try {
      if ((await run(step, toPass(step))) === 'kept') outcome = { status: 'done', kept: true }
    } catch (error) {
      outcome =
        signal.aborted && error === signal.reason
          ? { status: 'skipped', because: 'cancelled' }
          : { status: 'failed', error }
    }
    running -= 1
    settle(step, outcome)
    pump()
  }
  const pump = (): void => {
    while (!signal.aborted && running < limit && next < ready.length) {
      const step = ready[next++]
      if (step !== undefined && !outcomes.has(step.id)) void start(step)
    }
    if (running > 0) return
    if (signal.aborted) for (const step of steps) settle(step, { status: 'skipped', because: 'cancelled' })
    finished.resolve()
  }

  for (const step of steps) {
    const failed = graph.failed.get(step.id)
    if (failed !== undefined) settle(step, { status: 'skipped', because: failed })
    else if (graph.missing.get(step.id) === 0) ready.push(step)
  }
  pump()
  await finished.promise
  const left = steps.find((step) => !outcomes.has(step.id))
  if (left !== undefined)
    throw new StackError('internal/bug', { detail: `step "${left.id}" of the plan waits for itself` })
  return outcomes
}

/** The first failure in a chain of skips: what a person wants to read. */
const rootOf = (id: string, outcome: Outcome): string => (outcome.status === 'skipped' ? outcome.because : id)

type Graph<S> = {
  readonly dependents: ReadonlyMap<string, readonly Edge<S>[]>
  /** How many steps must end before this one can run. */
  readonly missing: Map<string, number>
  /** Steps with a need that had failed in an earlier round. */
  readonly failed: ReadonlyMap<string, string>
}
type Edge<S> = { readonly step: S; readonly isSoft: boolean }

const toGraph = <S extends Node>(steps: readonly S[], settled: ReadonlyMap<string, Outcome> | undefined): Graph<S> => {
  const ids = new Set(steps.map((step) => step.id))
  const dependents = new Map<string, Edge<S>[]>()
  const missing = new Map<string, number>()
  const failed = new Map<string, string>()
  const link = (from: string, edge: Edge<S>): number => {
    const list = dependents.get(from)
    if (list === undefined) dependents.set(from, [edge])
    else list.push(edge)
    return 1
  }
  for (const step of steps) {
    const needs = new Set(step.needs)
    let count = 0
    for (const need of needs) {
      const earlier = settled?.get(need)
      if (ids.has(need)) count += link(need, { step, isSoft: false })
      else if (earlier === undefined)
        throw new StackError('internal/bug', { detail: `step "${step.id}" needs "${need}", which is not in the plan` })
      else if (earlier.status !== 'done') failed.set(step.id, rootOf(need, earlier))
    }
    for (const earlier of new Set(step.after))
      if (ids.has(earlier) && !needs.has(earlier)) count += link(earlier, { step, isSoft: true })
    missing.set(step.id, count)
  }
  return { dependents, missing, failed }
}
