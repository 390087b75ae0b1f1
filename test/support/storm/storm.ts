import { setTimeout as pause } from 'node:timers/promises'
import { createRandom } from '../random.ts'
import { toAscii } from '../trees.ts'
import { chooseOperation, thinOut } from './operations.ts'
import { createPlanner, stock } from './planner.ts'
import { perform, type Step } from './steps.ts'

/** Rounds of random changes to the folder `src` of a base folder. */
export interface Storm {
  /** Does one round; the steps that it took, in the order. */
  readonly round: () => Promise<readonly Step[]>
}

const stockFiles = 90

/** Files that are there before: a stock that is never deleted, and a little of everything. */
export const firstFiles = (): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Array.from({ length: stockFiles }, (_, index) => [`${stock}/${index % 6}/file${index}`, `stock ${index}\n`]),
  ),
  'src/a': 'first\n',
  'src/lib/index.js': 'first\n',
  'src/lib/deep/er/page.html': 'first\n',
  'aside/file': 'outside\n',
})

/** Removes all of the source but the stock. */
export const clearing = (base: string): readonly Step[] =>
  createPlanner(base, () => 0)
    .children('src')
    .map(({ path }) => ['remove', path])

export const createStorm = (base: string, seed: number): Storm => {
  const random = createRandom(seed)
  const plan = createPlanner(base, random)
  const thin = async (carryOut: (row: readonly Step[]) => Promise<void>): Promise<boolean> => {
    const steps = thinOut(plan)
    await carryOut(steps)
    return steps.length > 0
  }
  return {
    async round() {
      const steps: Step[] = []
      const carryOut = async (row: readonly Step[]): Promise<void> => {
        for (const step of row) {
          steps.push(step)
          await doStep(base, step)
        }
      }
      const operations = plan.oneOf([1, 1, 2, 3, 5, 8, 12, 20, 40, 100])
      const patience = plan.oneOf([0, 0, 0, 0.05, 0.3])
      await doStep(base, ['remove', 'aside'])
      await doStep(base, ['mkdir', 'aside'])
      for (let done = 0; done < operations; done += 1) {
        if (done % 8 === 0) while (await thin(carryOut)) continue
        await carryOut(chooseOperation(plan))
        if (done < 20 && plan.chance(patience)) await carryOut([['pause', 1 + plan.below(30)]])
      }
      return steps
    },
  }
}

export const doExactly = async (base: string, step: Step): Promise<void> =>
  step[0] === 'pause' ? pause(step[1]) : perform(base, step)

/** A step that cannot be done, such as a name that became too long, is left out: what is there in the end is compared. */
export const doStep = async (base: string, step: Step): Promise<void> => {
  try {
    await doExactly(base, step)
  } catch (error) {
    if (!(error instanceof Error) || !/^E[A-Z]+/.test(error.message)) throw error
  }
}

/** A line a step, in characters that every terminal shows. */
export const showSteps = (steps: readonly Step[]): string =>
  steps.map((step) => toAscii(JSON.stringify(step))).join('\n')

/** Rows of steps, as `showSteps` wrote them; an empty line ends a round. */
export const readRounds = (text: string): readonly (readonly Step[])[] =>
  text
    .trim()
    .split(/\n\n+/)
    .map((round) => round.split('\n').map((line) => JSON.parse(line) as Step))
