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
  // No recursion: a chain may be thousands long.
  const trail: { readonly step: Step; readonly open: Iterator<string> }[] = []
  const enter = (id: string, from: string): void => {
    if (state.get(id) === 'done') return
    const step = steps.get(id)
    if (step === undefined) throw new Error(`step ${from} needs ${id}, which is not in the plan`)
    if (state.get(id) === 'open') throw new Error(`step ${id} needs itself by way of ${from}`)
    state.set(id, 'open')
    trail.push({ step, open: [...step.needs, ...(step.after ?? [])].values() })
  }
  for (const first of steps.keys()) {
    enter(first, first)
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { value: next, done } = top.open.next()
      if (done !== true) enter(next, top.step.id)
      else {
        state.set(top.step.id, 'done')
        sorted.push(trail.pop()!.step)
      }
    }
  }
  return sorted
}
