import { type ImagePart, type ImageWork, toPartCounts } from '../../core/state/image-work.ts'
import type { Tone } from '../../core/state/service-status.ts'
import type { State } from '../../core/state/state.ts'
import { keyOf } from '../keys/keymap.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit, wrapWords } from '../text/fit.ts'
import { formatBytes, formatCost, plural } from '../text/format.ts'
import type { Theme } from '../theme.ts'
import type { ViewState } from '../view/view-state.ts'
import { isUnfolded, toTextItems, turn } from './foldable.ts'
import type { FullScreen, ScreenItem } from './full-screen.ts'

/** The last build or pull of each image: its steps or layers, what they took, and what they wrote. */
export const builds: FullScreen = {
  title: () => 'builds and pulls',
  rows: (input, { width }) => (input.state.images.length === 0 ? toNothing(input, width) : []),
  items: ({ state, view }) =>
    inOrder(state).flatMap((work, index) =>
      toItems(work, { view, index, isOpenUnasked: index === 0 || isUrgent(work) }),
    ),
}

/** What goes on, then what was begun last. */
const inOrder = ({ images }: State): readonly ImageWork[] =>
  images.toReversed().toSorted((a, b) => Number(a.outcome !== undefined) - Number(b.outcome !== undefined))

const isUrgent = ({ outcome }: ImageWork): boolean => outcome === undefined || outcome === 'failed'

const toNothing = ({ theme, keys, unicode }: ScreenInput, width: number): readonly string[] => {
  const key = keyOf(keys, 'rebuild', unicode)
  const hint = key === undefined ? '' : ` "${key}" on the main screen builds the chosen service's image again.`
  return [
    'Nothing has been built or pulled since this began: every image was there.',
    `Each step and layer stands here, with its time and what it wrote.${hint}`,
  ].flatMap((text) =>
    wrapWords(text, Math.max(10, width - 2)).map((line) =>
      composeRow([{ text: ` ${line}`, paint: theme.dim }], { width, ellipsis: theme.symbols.ellipsis }),
    ),
  )
}

type Place = { readonly view: ViewState; readonly index: number; readonly isOpenUnasked: boolean }

const toItems = (work: ImageWork, { view, index, isOpenUnasked }: Place): readonly ScreenItem[] => {
  const id = `${work.kind} ${work.image}`
  const head: ScreenItem = {
    id,
    text: `${work.kind} ${work.image} ${work.service ?? ''}`,
    ...(index === 0 ? {} : { before: (_input, width) => [' '.repeat(width)] }),
    segments: (input) => toHead(work, input),
    choose: turn(id),
  }
  if (!isUnfolded(view, id, isOpenUnasked)) return [head]
  return [
    head,
    ...(work.problem === undefined ? [] : [toProblemItem(work.problem.message, id)]),
    ...work.parts.flatMap((part) => toPartItems(part, { view, id: `${id} ${part.id}` })),
  ]
}

const toWorkTone = ({ outcome }: ImageWork): Tone =>
  outcome === undefined ? 'busy' : outcome === 'failed' ? 'bad' : outcome === 'done' ? 'done' : 'calm'

const toHead = (work: ImageWork, { theme, now }: ScreenInput) => {
  const { dot, tones } = theme.symbols
  const tone = toWorkTone(work)
  const { done, total, cached } = toPartCounts(work)
  const what = work.kind === 'build' ? 'step' : 'layer'
  const counts = total === 0 ? '' : work.outcome === 'done' ? plural(total, what) : `${done}/${plural(total, what)}`
  const took = work.ms ?? (work.outcome === undefined ? now - work.startedAt : undefined)
  return {
    left: [
      { text: `${tones[tone]} `, paint: (text: string) => theme.tone(tone, text) },
      { text: fit(work.kind, 6) },
      { text: work.image, paint: theme.bold },
      { text: work.service === undefined ? '' : `  ${work.service}`, paint: theme.dim },
    ],
    right: [
      { text: cached === 0 ? '' : `${cached} there already ${dot} `, paint: theme.dim },
      { text: counts, paint: theme.dim },
      { text: took === undefined ? '' : fit(formatCost(took), 9, { align: 'right' }), paint: theme.bold },
    ],
  }
}

/** Only its first line: the rest of it is the output of the step that failed, which stands below. */
const toProblemItem = (message: string, id: string): ScreenItem => {
  const [line = ''] = message.split('\n')
  const [item] = toTextItems(line, { id: `${id} problem`, indent: 2 })
  return {
    ...item!,
    choose: turn(id),
    segments: (input) => {
      const { left } = item!.segments(input)
      return { left: left.map((one) => ({ ...one, paint: (text: string) => input.theme.tone('bad', text) })) }
    },
  }
}

/** Of a step that goes on the last lines are seen unasked. */
const tailShown = 4

const toPartItems = (
  part: ImagePart,
  { view, id }: { readonly view: ViewState; readonly id: string },
): readonly ScreenItem[] => {
  const lines = part.output === '' ? [] : part.output.split('\n')
  const isOpen = isUnfolded(view, id, part.state === 'failed')
  const shown = isOpen ? lines : part.state === 'started' ? lines.slice(-tailShown) : []
  const hidden = part.cut + lines.length - shown.length
  const gone = isOpen && part.cut > 0 ? [`(${plural(part.cut, 'line')} before these are not kept)`] : []
  return [
    {
      id,
      text: `${part.name} ${part.state} ${part.note ?? ''}`,
      segments: (input) => toPart(part, { input, hidden: isOpen ? 0 : hidden }),
      choose: turn(id),
    },
    ...(shown.length === 0 ? [] : toTextItems([...gone, ...shown].join('\n'), { id, indent: 6 })),
  ]
}

const partTones: Readonly<Record<ImagePart['state'], Tone>> = {
  started: 'busy',
  done: 'done',
  cached: 'calm',
  failed: 'bad',
  stopped: 'calm',
}

const toPart = (part: ImagePart, { input, hidden }: { readonly input: ScreenInput; readonly hidden: number }) => {
  const { theme, now, columns } = input
  const tone = partTones[part.state]
  const took = part.ms ?? (part.state === 'started' ? now - part.startedAt : undefined)
  const time =
    part.state === 'cached' || part.state === 'stopped' ? part.state : took === undefined ? '' : formatCost(took)
  const right: readonly Segment[] = [
    { text: hidden === 0 || columns < 70 ? '' : `+${plural(hidden, 'line')}`, paint: theme.dim },
    { text: part.state === 'started' && part.note !== undefined ? part.note : '', paint: theme.dim },
    ...toSize(part, theme, columns),
    { text: fit(time, 9, { align: 'right' }), ...(part.state === 'cached' ? { paint: theme.dim } : {}) },
  ]
  const used = right.reduce((sum, { text }) => sum + text.length, 0)
  return {
    left: [
      { text: `  ${theme.symbols.tones[tone]} `, paint: (text: string) => theme.tone(tone, text) },
      {
        text: fit(part.name, Math.max(12, columns - used - 11), { ellipsis: theme.symbols.ellipsis }).trimEnd(),
        ...(part.state === 'cached' ? { paint: theme.dim } : {}),
      },
    ],
    right,
  }
}

/** `▬▬▬── 12 MB / 40 MB` while it goes on, then its size. */
const toSize = ({ done, total, state }: ImagePart, theme: Theme, columns: number): readonly Segment[] => {
  if (done === undefined) return []
  if (state !== 'started') return [{ text: `  ${formatBytes(total ?? done)}`, paint: theme.dim }]
  const { bar } = theme.symbols
  const cells = columns >= 100 ? 12 : columns >= 70 ? 6 : 0
  const full = total === undefined || total === 0 ? 0 : Math.min(cells, Math.round((done / total) * cells))
  return [
    { text: total === undefined || cells === 0 ? '' : `  ${bar.full.repeat(full)}`, paint: theme.accent },
    { text: total === undefined ? '' : bar.empty.repeat(cells - full), paint: theme.dim },
    { text: `  ${formatBytes(done)}${total === undefined ? '' : ` of ${formatBytes(total)}`}`, paint: theme.dim },
  ]
}
