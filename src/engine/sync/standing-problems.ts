import type { Problem } from '../../core/errors/problem.ts'
import type { Emit } from '../emitter.ts'

/** What is wrong with a service as long as it is, by the problem's id: told once, and not again by the watch after a reload. */
export type StandingProblems = Map<string, Problem>

/** Tells of a problem, or that it is none any more: nothing is told twice. */
export const tellStanding = (
  { emit, standing }: { readonly emit: Emit; readonly standing: StandingProblems },
  { id, service, problem }: { readonly id: string; readonly service: string; readonly problem: Problem | undefined },
): void => {
  if (problem?.message === standing.get(id)?.message) return
  if (problem === undefined) {
    standing.delete(id)
    emit({ type: 'problem/cleared', id })
    return
  }
  standing.set(id, problem)
  emit({ type: 'problem/raised', id, problem, service })
}

/** Of what nobody looks after any more. */
export const clearStanding = (emit: Emit, standing: StandingProblems, isLeft: (id: string) => boolean): void => {
  for (const id of standing.keys()) {
    if (!isLeft(id)) continue
    standing.delete(id)
    emit({ type: 'problem/cleared', id })
  }
}
