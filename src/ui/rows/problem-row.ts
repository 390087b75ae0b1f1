import { toCrashText } from '../../core/events/crash.ts'
import type { RaisedProblem } from '../../core/state/state.ts'
import type { Theme } from '../theme.ts'
import { composeRow } from '../text/compose-row.ts'
import { cutToCells, textWidth } from '../../wire/cell-width.ts'
import { formatAge } from '../text/format.ts'

/** The problem that matters most, pinned until it is cleared: errors before warnings, the newest first. */
export const toProblemRow = (
  problems: readonly RaisedProblem[],
  options: { readonly width: number; readonly theme: Theme; readonly now: number },
): string => {
  const { theme, width, now } = options
  const top = selectTopProblem(problems)
  if (top === undefined) return ''
  const error = top.problem.severity === 'error'
  const message = toMessage(top)
  const where = top.service === undefined || message.includes(top.service) ? '' : `${top.service}: `
  const more = problems.length > 1 ? `+${problems.length - 1} more ${theme.symbols.dot} ` : ''
  const right = width < 60 ? '' : `  ${more}${formatAge(now - top.at)} ago  i details `
  const { ellipsis } = theme.symbols
  return composeRow(
    [
      {
        text: ` ${error ? theme.symbols.tones.bad : theme.symbols.warning} `,
        paint: error ? (text) => theme.bold(theme.tone('bad', text)) : theme.warn,
      },
      {
        text: cutToCells(`${where}${message}`, width - 5 - textWidth(right), ellipsis),
        paint: error ? (text) => theme.tone('bad', text) : theme.warn,
      },
    ],
    { width, ellipsis, ...(right === '' ? {} : { right: [{ text: right, paint: theme.dim }] }) },
  )
}

/** Its row in the table says already that it is a loop. */
const toMessage = ({ problem, crash }: RaisedProblem): string =>
  crash === undefined ? (problem.message.split('\n')[0] ?? '') : toCrashText(crash)

export const selectTopProblem = (problems: readonly RaisedProblem[]): RaisedProblem | undefined =>
  problems.findLast((one) => one.problem.severity === 'error') ?? problems.at(-1)
