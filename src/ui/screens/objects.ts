import type {
  ListedImage,
  ListedNetwork,
  ListedVolume,
  ObjectUser,
  ProjectObjects,
} from '../../core/events/project-objects.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { formatBytes } from '../text/format.ts'
import type { ViewState } from '../view/view-state.ts'
import { isUnfolded, toTextItems, turn } from './foldable.ts'
import type { FullScreen, ScreenItem } from './full-screen.ts'

/** What the engine has for the project beside its containers, how much it is, and who uses it. */
export const objects: FullScreen = {
  title: () => 'volumes, networks, images',
  rows: ({ theme, state }) => (state.objects === undefined ? [theme.dim(' The engine is asked for them.')] : []),
  items: ({ state, view }) =>
    state.objects === undefined ? [] : toSections(state.objects).flatMap((one, index) => toItems(one, { index, view })),
}

/** One volume, network or image. */
type Entry = {
  readonly id: string
  readonly name: string
  /** What is said of it in a word: `external`. */
  readonly word: string
  readonly bytes?: number
  readonly users: readonly ObjectUser[]
  readonly details: readonly string[]
}

type Group = {
  readonly name: string
  readonly entries: readonly Entry[]
  /** What stands there when there is none. */
  readonly none: string
  /** Networks have no size; images share layers, so that their sizes are no sum. */
  readonly hasSizes: boolean
  readonly hasSum: boolean
  readonly isMeasuring: boolean
}

const toSections = ({ volumes, networks, images, isMeasuring }: ProjectObjects): readonly Group[] => [
  {
    name: 'volumes',
    entries: volumes.map(toVolume),
    none: 'none: what containers write goes with them',
    hasSizes: true,
    hasSum: true,
    isMeasuring,
  },
  {
    name: 'networks',
    entries: networks.map(toNetwork),
    none: 'none: "up" makes them',
    hasSizes: false,
    hasSum: false,
    isMeasuring: false,
  },
  {
    name: 'images',
    entries: images.map(toImage),
    none: 'none: "up" pulls and builds them',
    hasSizes: true,
    hasSum: false,
    isMeasuring: false,
  },
]

const toUserLines = (users: readonly ObjectUser[]): readonly string[] =>
  users.map(({ container, at }) => (at === undefined ? container : `${container} at ${at}`))

const toVolume = ({ name, driver, mountpoint, isExternal, isAnonymous, bytes, users }: ListedVolume): Entry => ({
  id: `volume ${name}`,
  name,
  word: isAnonymous ? 'anonymous' : isExternal ? 'external' : driver === 'local' ? '' : driver,
  ...(bytes === undefined ? {} : { bytes }),
  users,
  details: [
    name,
    mountpoint === undefined || mountpoint === '' ? `driver ${driver}` : `driver ${driver}, at ${mountpoint}`,
    ...(isExternal ? ['This project did not make it: "down --volumes" leaves it.'] : []),
    ...toUserLines(users),
  ],
})

const toNetwork = ({ id, name, driver, isExternal, users }: ListedNetwork): Entry => ({
  id: `network ${id}`,
  name,
  word: isExternal ? 'external' : driver === 'bridge' ? '' : driver,
  users,
  details: [
    `${id.slice(0, 12)}, driver ${driver}`,
    ...(isExternal ? ['This project did not make it: "down" leaves it.'] : []),
    ...toUserLines(users),
  ],
})

const toImage = ({ reference, id, bytes, createdAt, users }: ListedImage): Entry => ({
  id: `image ${id ?? reference}`,
  name: reference.startsWith('sha256:') ? reference.slice(7, 19) : reference,
  word: id === undefined ? 'not here' : '',
  ...(bytes === undefined ? {} : { bytes }),
  users,
  details: [
    id === undefined
      ? 'The engine does not have it: "up" gets it.'
      : `${id}${createdAt === undefined ? '' : `, made ${new Date(createdAt).toISOString().slice(0, 10)}`}`,
    ...toUserLines(users),
  ],
})

const toItems = (
  group: Group,
  { index, view }: { readonly index: number; readonly view: ViewState },
): readonly ScreenItem[] => {
  const before = (input: ScreenInput, width: number): readonly string[] => [
    ...(index === 0 ? [] : [' '.repeat(width)]),
    toTitle(group, input, width),
  ]
  const [first, ...others] = group.entries
  if (first === undefined)
    return [
      {
        id: group.name,
        text: group.none,
        before,
        segments: ({ theme }) => ({ left: [{ text: `  ${group.none}`, paint: theme.dim }] }),
        choose: ({ view: now }) => ({ view: now, effects: [] }),
      },
    ]
  const [head, ...rest] = [first, ...others].flatMap((one) => toEntryItems(one, group, view))
  return [{ ...head!, before }, ...rest]
}

const toEntryItems = (entry: Entry, group: Group, view: ViewState): readonly ScreenItem[] => {
  const { id, name, word, users, details } = entry
  const head: ScreenItem = {
    id,
    text: `${group.name} ${name} ${word} ${users.map((one) => `${one.name} ${one.container}`).join(' ')}`,
    segments: (input) => ({ left: toRow(entry, group, input) }),
    choose: turn(id),
  }
  if (!isUnfolded(view, id, false)) return [head]
  return [head, ...toTextItems(details.join('\n'), { id, indent: 4 })]
}

const toColumns = (columns: number) => ({
  name: Math.max(16, Math.min(48, Math.floor(columns * 0.4))),
  word: columns >= 80 ? 11 : 0,
  size: 11,
})

/** `volumes  3, 12.4 MB      SIZE  USED BY` */
const toTitle = (
  { name, entries, hasSizes, hasSum, isMeasuring }: Group,
  { theme, columns }: ScreenInput,
  width: number,
): string => {
  const { ellipsis } = theme.symbols
  const sizes = toColumns(columns)
  const sum = entries.reduce((all, { bytes = 0 }) => all + bytes, 0)
  const isKnown = entries.some(({ bytes }) => bytes !== undefined)
  const count = `${entries.length}${hasSum && isKnown && !isMeasuring ? `, ${formatBytes(sum)}` : ''}`
  const before = ` ${name}`
  return composeRow(
    [
      { text: before, paint: theme.bold },
      {
        text: fit(entries.length === 0 ? '' : `  ${count}`, 5 + sizes.name + sizes.word - before.length),
        paint: theme.dim,
      },
      { text: fit(hasSizes && entries.length > 0 ? 'SIZE' : '', sizes.size, { align: 'right' }), paint: theme.dim },
      { text: entries.length === 0 ? '' : '  USED BY', paint: theme.dim },
    ],
    { width, ellipsis },
  )
}

const toRow = (
  { name, word, bytes, users }: Entry,
  { hasSizes, isMeasuring }: Group,
  { theme, columns }: ScreenInput,
): readonly Segment[] => {
  const { ellipsis, tones } = theme.symbols
  const sizes = toColumns(columns)
  const tone = users.length > 0 ? 'good' : 'calm'
  const size = !hasSizes ? '' : bytes !== undefined ? formatBytes(bytes) : isMeasuring ? `measuring${ellipsis}` : '-'
  const names = [...new Set(users.map((one) => one.name))]
  return [
    { text: `${tones[tone]} `, paint: (text) => theme.tone(tone, text) },
    { text: fit(name, sizes.name - 1, { ellipsis }) },
    { text: ' ' },
    { text: fit(sizes.word === 0 ? '' : word, sizes.word), paint: theme.dim },
    { text: fit(size, sizes.size, { align: 'right' }), ...(bytes === undefined ? { paint: theme.dim } : {}) },
    { text: sizes.word === 0 && word !== '' ? `  ${word},` : '', paint: theme.dim },
    {
      text: `${sizes.word === 0 && word !== '' ? ' ' : '  '}${names.length === 0 ? 'nobody' : names.join(', ')}`,
      ...(names.length === 0 ? { paint: theme.dim } : {}),
    },
  ]
}
