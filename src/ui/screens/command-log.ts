import type { NotedCommand, State } from '../../core/state/state.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { formatAge, formatCost } from '../text/format.ts'
import type { Tone } from '../../core/state/service-status.ts'
import type { ViewState } from '../view/view-state.ts'
import type { FullScreen } from './full-screen.ts'

/** What was asked for here, as what is typed into a shell for the same, and what came of it: the newest first. */
export const commandLog: FullScreen = {
  title: () => 'command log',
  rows: (input, { width }) => {
    const all = selectCommands(input.state, input.view)
    return all.length === 0
      ? [input.theme.dim(' Nothing has been asked for yet: each action stands here with its command line.')]
      : [toHeading(input, width), ...all.map((one) => toRow(one, input, width))]
  },
}

/** Those of the session, and those that had the terminal for themselves. */
const selectCommands = ({ commands }: State, { ran }: ViewState): readonly NotedCommand[] =>
  [...commands, ...ran].toReversed().toSorted((a, b) => b.at - a.at)

const words = { done: 'done', failed: 'failed', aborted: 'given up' } as const
const tones = { done: 'done', failed: 'bad', aborted: 'calm' } as const satisfies Record<string, Tone>

/** Times of the log have milliseconds. */
const timeWidth = 14

const toHeading = ({ theme }: ScreenInput, width: number): string =>
  composeRow([{ text: `   ${fit('AT', timeWidth)}${fit('AGO', 6)}COMMAND`, paint: theme.dim }], {
    width,
    ellipsis: theme.symbols.ellipsis,
    right: [{ text: `${fit('RESULT', 9)}${fit('TOOK', 8, { align: 'right' })} `, paint: theme.dim }],
  })

const toRow = ({ line, at, outcome, ms }: NotedCommand, input: ScreenInput, width: number): string => {
  const { theme, now, formatTime } = input
  const tone = outcome === undefined ? 'busy' : tones[outcome]
  const paint = (text: string) => theme.tone(tone, text)
  return composeRow(
    [
      { text: ` ${theme.symbols.tones[tone]} `, paint },
      { text: fit(formatTime(at), timeWidth - 2) + '  ', paint: theme.dim },
      { text: fit(formatAge(now - at), 6), paint: theme.dim },
      { text: line },
    ],
    {
      width,
      ellipsis: theme.symbols.ellipsis,
      right: [
        { text: fit(outcome === undefined ? 'goes on' : words[outcome], 9), paint },
        { text: `${fit(ms === undefined ? '' : formatCost(ms), 8, { align: 'right' })} `, paint: theme.dim },
      ],
    },
  )
}
