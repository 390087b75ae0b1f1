import { type BarKind, selectTimeline, type Timeline, type TimelineRow } from '../../core/state/timeline.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { formatCost } from '../text/format.ts'
import type { Theme } from '../theme.ts'
import type { FullScreen } from './full-screen.ts'

/** How the stack came up, service by service on one scale of time. */
export const timeline: FullScreen = {
  title: () => 'start-up',
  rows: (input, { width }) => {
    const found = selectTimeline(input.state, input.now)
    return found === undefined ? [input.theme.dim(' Nothing had to be started.')] : toRows(found, input, width)
  },
}

const wordWidth = 13
const costWidth = 8

const toRows = (found: Timeline, { theme, unicode }: ScreenInput, width: number): readonly string[] => {
  const name = Math.max(
    7,
    Math.min(20, Math.floor(width / 4), ...[Math.max(...found.rows.map((row) => row.name.length))]),
  )
  const word = width >= 60 ? wordWidth : 0
  const before = name + word + costWidth + 6
  // The last cell is for the mark at its end.
  const chart = Math.max(8, width - before - 3)
  const scale = { from: found.from, msPerCell: Math.max(1, found.to - found.from) / chart, chart }
  const { ellipsis } = theme.symbols
  return [
    composeRow(
      [
        { text: fit('     SERVICE', name + 5), paint: theme.dim },
        { text: word === 0 ? '' : fit(' STATE', word + 1), paint: theme.dim },
        { text: fit('TIME', costWidth, { align: 'right' }), paint: theme.dim },
        { text: `  ${toAxis(scale)}`, paint: theme.dim },
      ],
      { width, ellipsis },
    ),
    ...found.rows.map((row) =>
      composeRow(
        [
          {
            text: `   ${theme.symbols.tones[row.tone]} `,
            paint: (text) => theme.tone(row.tone, text),
          },
          {
            text: fit(row.name, name, { ellipsis }),
            ...(found.criticalPath.includes(row.name) ? { paint: theme.bold } : {}),
          },
          {
            text: word === 0 ? '' : ` ${fit(row.word, word, { ellipsis })}`,
            paint: (text) => theme.tone(row.tone, text),
          },
          { text: fit(formatCost(row.to - found.from), costWidth, { align: 'right' }) },
          { text: '  ' },
          ...toChart(row, { theme, unicode, ...scale }),
        ],
        { width, ellipsis },
      ),
    ),
    composeRow([], { width, ellipsis }),
    ...toCriticalRows(found, theme, width),
    composeRow([{ text: ' ' }, ...toKey(theme, unicode)], { width, ellipsis }),
  ]
}

const toCriticalRows = (found: Timeline, theme: Theme, width: number): readonly string[] => {
  const { ellipsis, arrow } = theme.symbols
  const total = formatCost(found.to - found.from)
  const path = found.criticalPath.join(` ${arrow} `)
  if (path === '') return []
  return [
    composeRow(
      [
        { text: ` critical path${found.isOver ? '' : ' so far'}, ${total}: `, paint: theme.dim },
        { text: path, paint: theme.bold },
      ],
      { width, ellipsis },
    ),
  ]
}

type Scale = { readonly from: number; readonly msPerCell: number; readonly chart: number }

const marks: Readonly<Record<BarKind, readonly [unicode: string, ascii: string]>> = {
  image: ['▓', '%'],
  make: ['█', '#'],
  check: ['▒', '='],
  wait: ['·', '.'],
}

const toChart = (
  row: TimelineRow,
  { theme, unicode, from, msPerCell, chart }: Scale & { readonly theme: Theme; readonly unicode: boolean },
): readonly Segment[] => {
  const cellOf = (at: number): number => Math.max(0, Math.min(chart, Math.round((at - from) / msPerCell)))
  const segments: Segment[] = []
  let used = 0
  for (const bar of row.bars) {
    // What was quick is seen all the same.
    const end = Math.max(cellOf(bar.to), bar.kind === 'wait' ? 0 : used + 1)
    const mark = marks[bar.kind][unicode ? 0 : 1]
    segments.push({ text: mark.repeat(Math.max(0, Math.min(chart, end) - used)), paint: toPaint(bar.kind, theme) })
    used = Math.max(used, Math.min(chart, end))
  }
  if (!row.isOver) return segments
  return [...segments, { text: theme.symbols.tones[row.tone], paint: (text) => theme.tone(row.tone, text) }]
}

const toPaint = (kind: BarKind, theme: Theme): ((text: string) => string) => {
  switch (kind) {
    case 'image':
      return theme.accent
    case 'make':
      return (text) => theme.tone('good', text)
    case 'check':
      return (text) => theme.tone('busy', text)
    case 'wait':
      return theme.dim
  }
}

const toKey = (theme: Theme, unicode: boolean): readonly Segment[] =>
  (
    [
      ['image', 'pull, build'],
      ['make', 'create, start'],
      ['check', 'healthcheck'],
      ['wait', 'waits'],
    ] as const
  ).flatMap(([kind, text], index) => [
    { text: (index === 0 ? '' : '   ') + marks[kind][unicode ? 0 : 1], paint: toPaint(kind, theme) },
    { text: ` ${text}`, paint: theme.dim },
  ])

/** A mark each time that is a round number, as far apart as their words need. */
const toAxis = ({ msPerCell, chart }: Scale): string => {
  const least = msPerCell * 9
  const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000]
  const step = steps.find((one) => one >= least) ?? 3_600_000
  let axis = ''
  for (let at = 0; at / msPerCell < chart; at += step) {
    const cell = Math.round(at / msPerCell)
    const word = step < 1000 ? `${at / 1000}s` : at < 60_000 ? `${at / 1000}s` : `${Math.round(at / 6000) / 10}m`
    if (cell + word.length > chart) break
    axis = axis.padEnd(cell) + word
  }
  return axis
}
