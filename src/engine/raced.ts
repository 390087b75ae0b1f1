import { isStackError } from '../core/errors/stack-error.ts'
import type { EventBody } from '../core/events/event.ts'
import type { Step } from '../core/plan/action.ts'
import { awaitEngine, isCutOff } from './await-engine.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'
import type { Outcome } from './execute.ts'

export type Failed = { readonly step: Step; readonly error: unknown }
export type Ending = Extract<EventBody, { type: 'step/ended' }>

/**
 * Failures that say that the world was not as we had seen it, or that we do not know what became of a call: looking and
 * planning again may well make them good.
 * - The name that we wanted was taken: the engine was still carrying out what a run before us, cut off, had asked of it.
 *   Engines before API 1.44 end up with two networks of one name then, and start nothing that is to be on them.
 * - The name of a network was taken by somebody else between the look and the creation.
 * - The connection was cut: the engine may have done what it was asked, or have been restarted.
 */
export const mayBeRaced = (error: unknown): boolean =>
  isCutOff(error) || (isStackError(error) && error.code === 'engine/name-in-use')

const isNetworkConflict = (error: unknown): boolean =>
  isStackError(error) && error.code === 'engine/name-in-use' && (error.data as { what?: string }).what === 'network'

type Asking = { readonly project: string; readonly emit: Emit; readonly signal: AbortSignal }

/**
 * Of the failures those that the next round takes up, the raced ones: something else was at the same thing at the same time,
 * mostly the engine itself, with what a run that was cut off had asked of it. Such a step is planned again from a new look.
 * Waits for an engine that is gone, and throws when it stays away.
 */
export const selectRaced = async <F extends Failed>(
  deps: Pick<EngineDeps, 'runtime' | 'clock' | 'random'>,
  failures: readonly F[],
  { project, emit, signal }: Asking,
): Promise<ReadonlySet<F>> => {
  const suspects = failures.filter(({ error }) => mayBeRaced(error))
  if (suspects.length === 0 || signal.aborted) return new Set()
  const cut = suspects.filter(({ error }) => isCutOff(error))
  if (cut.length > 0)
    emit({
      type: 'step/waiting',
      id: 'engine',
      on: ['engine'],
      note: 'The connection to the engine was lost: looking at what is there',
    })
  await awaitEngine(deps, { emit, signal })
  const conflicts = suspects.filter(({ error }) => !isCutOff(error))
  if (conflicts.length === 0) return new Set(cut)
  const [containers, networks] = await Promise.all([
    deps.runtime.listContainers({ project }, { signal }),
    deps.runtime.listNetworks({ project }, { signal }),
  ])
  const names = new Set(containers.map(({ name }) => name))
  // Made by somebody else since we looked, and of another definition or project: the next plan says what becomes of it.
  const made = new Set(
    (
      await Promise.all(
        conflicts.flatMap(({ step: { action } }) =>
          action.kind === 'network/create' ? [deps.runtime.findNetwork(action.network.name, { signal })] : [],
        ),
      )
    ).flatMap((network) => network?.name ?? []),
  )
  const isTwin = (error: unknown): boolean => {
    const { what, name } = (isStackError(error) ? error.data : {}) as { readonly what?: string; readonly name?: string }
    return what === 'network' && networks.some((network) => network.name === name)
  }
  return new Set([
    ...cut,
    ...conflicts.filter(({ step: { action }, error }) => {
      if (action.kind === 'container/create') return names.has(action.name)
      if (action.kind === 'container/rename') return names.has(action.to)
      return action.kind === 'network/create' ? made.has(action.network.name) : isTwin(error)
    }),
  ])
}

/**
 * Tells how steps ended, but for those whose failure a further round may make good and those that they skip: nobody shall
 * read of an error that is none in the end. They are told when it is known. `isAfterCut`: the run before this one was cut
 * off, its lock was left behind, and the engine may still be carrying out what that run asked.
 */
export const createEndings = (
  emit: Emit,
  { isAfterCut }: { readonly isAfterCut: boolean },
): { tell(ending: Ending, outcome: Outcome): void; settle(raced: ReadonlySet<string>): void } => {
  const held = new Map<string, Ending>()
  // With nothing of an earlier run under way, a name that is taken is somebody else's, and that is told at once.
  let wasCut = isAfterCut
  return {
    tell: (ending, outcome) => {
      if (outcome.status === 'failed' && isCutOff(outcome.error)) wasCut = true
      const isHeld =
        outcome.status === 'failed'
          ? (wasCut || isNetworkConflict(outcome.error)) && mayBeRaced(outcome.error)
          : outcome.status === 'skipped' && held.has(outcome.because)
      if (isHeld) held.set(ending.id, ending)
      else emit(ending)
    },
    settle: (raced) => {
      for (const ending of held.values()) {
        const isRaced = raced.has(ending.id) || raced.has(ending.because ?? '')
        emit(
          isRaced ? { type: 'step/ended', id: ending.id, outcome: 'skipped', ms: ending.ms, because: 'again' } : ending,
        )
      }
      held.clear()
    },
  }
}

type Remembered<F> = {
  readonly failures: F[]
  readonly outcomes: Map<string, Outcome>
  /** What earlier rounds did, for the sum at the end. */ readonly past: Map<string, Outcome>
}

/**
 * What was done stands in the next observation, but for restarts, which leave no trace: those are not done twice. Of the
 * rest only failures of another kind are remembered, and what they skip.
 */
export const forgetRaced = <F extends Failed>(
  raced: ReadonlySet<F>,
  steps: readonly Step[],
  { failures, outcomes, past }: Remembered<F>,
): void => {
  failures.splice(0, failures.length, ...failures.filter((failure) => !raced.has(failure)))
  const remembered = new Set(failures.map(({ step }) => step.id))
  for (const { id, action } of steps)
    if (action.kind === 'container/restart' && outcomes.get(id)?.status === 'done') remembered.add(id)
  for (const [id, outcome] of outcomes) {
    if (remembered.has(id)) continue
    if (outcome.status === 'done') past.set(id, outcome)
    outcomes.delete(id)
  }
}
