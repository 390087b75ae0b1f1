import type { ReloadParts } from '../../core/events/event.ts'
import { toShortPath } from '../../core/events/short-path.ts'
import type { Reload } from '../../core/state/state.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit, wrapWords } from '../text/fit.ts'
import { formatAge, formatCost, plural } from '../text/format.ts'
import type { FullScreen } from './full-screen.ts'

/** What saved files did, the newest first, with what each took and where the time went. */
export const reloads: FullScreen = {
  title: () => 'reloads',
  rows: (input, { width }) => {
    const { state, theme } = input
    if (state.reloads.length === 0)
      return [
        theme.dim(
          state.watching === undefined ? ' No service is watched.' : ' Nothing has been saved since the watch began.',
        ),
      ]
    return [toHeading(input, width), ...state.reloads.toReversed().flatMap((one) => toRows(one, input, width))]
  },
}

const partNames: readonly (keyof ReloadParts)[] = ['detect', 'hold', 'send', 'react']

const toColumns = (width: number) => ({
  name: Math.min(16, Math.max(8, Math.floor(width / 8))),
  action: width >= 100 ? 16 : width >= 64 ? 12 : 8,
  parts: width >= 100,
})

const toHeading = ({ theme }: ScreenInput, width: number): string => {
  const { name, action, parts } = toColumns(width)
  return composeRow(
    [
      { text: fit('   AGO', 7) },
      { text: fit('SERVICE', name) },
      { text: fit(' ACTION', action + 1) },
      { text: fit('TOOK', 9, { align: 'right' }) },
      { text: parts ? partNames.map((part) => fit(part.toUpperCase(), 9, { align: 'right' })).join('') : '' },
      { text: '  WHAT' },
    ].map((one) => ({ ...one, paint: theme.dim })),
    { width, ellipsis: theme.symbols.ellipsis },
  )
}

const toRows = (reload: Reload, { theme, now, state }: ScreenInput, width: number): readonly string[] => {
  const { name, action, parts } = toColumns(width)
  const { ellipsis, tones, warning } = theme.symbols
  const tone = reload.problem !== undefined ? 'bad' : reload.waiting === undefined ? 'good' : 'busy'
  const row: readonly Segment[] = [
    { text: ` ${tones[tone]} `, paint: (text) => theme.tone(tone, text) },
    { text: fit(formatAge(now - reload.at), 4), paint: theme.dim },
    {
      text: fit(reload.service, name, { ellipsis }),
      paint: (text) =>
        theme.service(
          Math.max(
            0,
            state.services.findIndex((one) => one.name === reload.service),
          ),
          text,
        ),
    },
    { text: ` ${fit(reload.action, action, { ellipsis })}` },
    { text: fit(formatCost(reload.ms), 9, { align: 'right' }), paint: theme.bold },
    { text: parts ? partNames.map((part) => toPart(reload.parts?.[part])).join('') : '', paint: theme.dim },
    { text: `  ${toWhat(reload)}` },
  ]
  const indent = 8 + name
  const more = [
    ...(parts || reload.parts === undefined ? [] : [{ text: toPartsText(reload.parts), paint: theme.dim }]),
    ...(reload.problem === undefined
      ? []
      : [{ text: `${warning} ${reload.problem.message}`, paint: (text: string) => theme.tone('bad', text) }]),
    ...(reload.waiting === undefined
      ? []
      : [{ text: `${plural(reload.waiting, 'change')} of it when the service runs`, paint: theme.warn }]),
  ]
  return [
    composeRow(row, { width, ellipsis }),
    ...more.flatMap(({ text, paint }) =>
      wrapWords(text, Math.max(10, width - indent - 1)).map((line) =>
        composeRow([{ text: ' '.repeat(indent) }, { text: line, paint }], { width, ellipsis }),
      ),
    ),
  ]
}

const toPart = (ms: number | undefined): string => fit(ms === undefined ? '' : formatCost(ms), 9, { align: 'right' })

/** `hold 6 ms, send 14 ms`: what took no time is left out. */
const toPartsText = (parts: ReloadParts): string =>
  partNames
    .flatMap((part) => {
      const ms = parts[part]
      return ms === undefined || Math.round(ms) === 0 ? [] : [`${part} ${formatCost(ms)}`]
    })
    .join(', ')

const toWhat = ({ paths = [], files }: Reload): string => {
  const shown = paths.slice(0, 2).map(toShortPath)
  const more = files - shown.length
  if (shown.length === 0) return plural(files, 'file')
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
