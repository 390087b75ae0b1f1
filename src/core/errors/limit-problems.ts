import type { Problem } from './problem.ts'

/** Problems of one kind that are told. Nobody reads more at once, and each costs a look at the file. */
export const maxProblems = 100

/** At most a hundred problems; one more stands for the rest and counts them. `count`: how many there are of these in all. */
export const limitProblems = (problems: readonly Problem[], count: number = problems.length): readonly Problem[] => {
  const severity = problems[0]?.severity ?? 'error'
  if (count <= maxProblems || problems.at(-1)?.more !== undefined) return problems
  const kept = problems.slice(0, maxProblems)
  const more = count - kept.length
  const word = `${severity}${more === 1 ? '' : 's'}`
  const rest: Problem = {
    severity,
    code: 'problems/more',
    message: `There ${more === 1 ? 'is' : 'are'} ${more} more ${word}.`,
    hint: 'Those above come first.',
    more,
  }
  return [...kept, rest]
}

/** How many problems a list stands for. */
export const countProblems = (problems: readonly Problem[]): number =>
  problems.reduce((count, { more = 1 }) => count + more, 0)
