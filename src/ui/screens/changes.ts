import type { PlanChange } from '../../core/events/event.ts'
import { toShortPath } from '../../core/events/short-path.ts'
import type { State } from '../../core/state/state.ts'
import { keyOf } from '../keys/keymap.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow } from '../text/compose-row.ts'
import { wrapWords } from '../text/fit.ts'
import { formatAge, plural } from '../text/format.ts'
import type { Theme } from '../theme.ts'
import type { FullScreen } from './full-screen.ts'

/** What an edit of the stack file would do, before it is done: the plan as `stack plan` prints it, with the cause of each change. */
export const changes: FullScreen = {
  title: () => 'changes of the stack file',
  rows: (input, { width }) => {
    const { proposal, edit } = input.state
    if (proposal !== undefined) return toProposal(proposal, input, width)
    const told = toRows(toNone(input), { width, theme: input.theme })
    if (edit === undefined || edit.changes.length === 0) return told
    const { theme, now } = input
    return [
      ...told,
      ' '.repeat(width),
      ...toRows(`The last edit, ${formatAge(now - edit.at)} ago:`, { width, theme, paint: theme.bold }),
      ...edit.changes.flatMap((one) => toRows(toChangeText(one), { width, theme, indent: 2 })),
    ]
  },
}

const toChangeText = ({ what, why }: PlanChange): string => (why === undefined ? what : `${what}: ${why}`)

const toNone = ({ state: { files } }: ScreenInput): string => {
  const [file] = files
  if (file === undefined) return 'The stack file of this project is not at hand: nothing can be made from it.'
  return `What runs is what ${toShortPath(file)} says, as far as it was read: no edit waits. What an edit would change stands here until it is applied; "r" reads the file again.`
}

type RowsOptions = {
  readonly width: number
  readonly theme: Theme
  readonly indent?: number
  readonly paint?: ((text: string) => string) | undefined
  /** Cells before the rows that a long line goes on with. */
  readonly hanging?: number
}

const toRows = (text: string, { width, theme, indent = 0, paint, hanging = 0 }: RowsOptions): readonly string[] => {
  const own = /^ */.exec(text)?.[0] ?? ''
  const before = ' '.repeat(indent + 1) + own
  return wrapWords(text.slice(own.length), Math.max(10, width - before.length - hanging - 1)).map((line, index) =>
    composeRow(
      [
        { text: before + (index === 0 ? '' : ' '.repeat(hanging)) },
        { text: line, ...(paint === undefined ? {} : { paint }) },
      ],
      { width, ellipsis: theme.symbols.ellipsis },
    ),
  )
}

const toProposal = (
  { at, changes: all, losses, plan = all.map(toChangeText) }: NonNullable<State['proposal']>,
  { theme, now, keys, unicode }: ScreenInput,
  width: number,
): readonly string[] => {
  const key = keyOf(keys, 'apply', unicode)
  const how = key === undefined ? '' : ` "${key}" applies ${all.length === 1 ? 'it' : 'them'}.`
  const blank = ' '.repeat(width)
  const options = { width, theme }
  return [
    ...toRows(
      `Edited ${formatAge(now - at)} ago. ${plural(all.length, 'change')} ${all.length === 1 ? 'waits' : 'wait'}; nothing is done yet.${how}`,
      { ...options, paint: theme.bold },
    ),
    ...(losses.length === 0
      ? []
      : toRows(`${theme.symbols.warning} Data that would be lost: ${losses.join(', ')}`, {
          ...options,
          paint: (text) => theme.tone('bad', text),
        })),
    blank,
    ...plan.flatMap((line) =>
      line === '' ? [blank] : toRows(line, { ...options, paint: toPaint(line, theme), hanging: 4 }),
    ),
  ]
}

/** By the mark that the line begins with. */
const toPaint = (line: string, theme: Theme): ((text: string) => string) | undefined => {
  switch (line.slice(0, 2)) {
    case '+ ':
      return (text) => theme.tone('good', text)
    case '~ ':
      return theme.warn
    case '- ':
      return theme.accent
    case '! ':
      return (text) => theme.tone('bad', text)
    case '= ':
    case '  ':
      return theme.dim
    default:
      return line.startsWith('warning: ') ? theme.warn : undefined
  }
}
