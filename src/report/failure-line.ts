import { toShortTime } from './lines.ts'
import type { Paint } from './paint.ts'

export type FailureInput = {
  /** The word of the command: `up`. */
  readonly title: string
  readonly project: string
  /** What failed, as people know it. */
  readonly failed: readonly string[]
  /** How many steps were not done because of that. */
  readonly skipped: number
  readonly ms: number
  readonly paint: Paint
}

const shownNames = 3

/** The last line of a command that failed: what it did not do. Why stands above it, with each failure. */
export const toFailureLine = ({ title, project, failed, skipped, ms, paint }: FailureInput): string => {
  const names = [...new Set(failed)]
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : ''
  const rest =
    skipped === 0
      ? ''
      : `; ${skipped} ${skipped === 1 ? 'step' : 'steps'} after it ${skipped === 1 ? 'was' : 'were'} not done`
  const what = names.length === 0 ? 'failed' : `failed at ${names.slice(0, shownNames).join(', ')}${more}`
  return `${paint('red', '✘')} ${paint('bold', project)}: ${title} ${what}${rest.replace('after it', names.length > 1 ? 'after them' : 'after it')} ${paint('dim', `(${toShortTime(ms)})`)}`
}
