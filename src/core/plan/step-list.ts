import type { Step } from './action.ts'

export type StepInput = Omit<Step, 'destructive' | 'needs'> & {
  readonly needs?: readonly string[]
  readonly destructive?: boolean
}

/** Collects the steps of a plan in any order; hands them out in topological order. */
export type StepList = {
  /** Adds a step and returns its id. A second step of one id is a bug of the planner. */
  add(step: StepInput): string
  has(id: string): boolean
  /** Adds needs to a step that is there. */
  require(id: string, needs: readonly string[]): void
  sorted(): readonly Step[]
}

export const createStepList = (): StepList => {
  const steps = new Map<string, Step>()
  return {
    add: ({ needs = [], destructive = false, ...step }) => {
      if (steps.has(step.id)) throw new Error(`two steps are called ${step.id}`)
      steps.set(step.id, { ...step, needs: [...new Set(needs)], destructive })
      return step.id
    },
    has: (id) => steps.has(id),
    require: (id, needs) => {
      const step = steps.get(id)
      if (step === undefined) throw new Error(`there is no step ${id}`)
      steps.set(id, { ...step, needs: [...new Set([...step.needs, ...needs])] })
    },
    sorted: () => toTopologicalOrder(steps),
  }
}

/** Every step behind the ones it needs, otherwise in the order of adding. Throws on a cycle or an unknown need. */
const toTopologicalOrder = (steps: ReadonlyMap<string, Step>): readonly Step[] => {
  const sorted: Step[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string, from: string): void => {
    if (state.get(id) === 'done') return
    const step = steps.get(id)
    if (step === undefined) throw new Error(`step ${from} needs ${id}, which is not in the plan`)
    if (state.get(id) === 'open') throw new Error(`step ${id} needs itself by way of ${from}`)
    state.set(id, 'open')
    for (const need of step.needs) visit(need, id)
    for (const earlier of step.after ?? []) visit(earlier, id)
    state.set(id, 'done')
    sorted.push(step)
  }
  for (const id of steps.keys()) visit(id, id)
  return sorted
}
