import { toPlainText } from '../../core/state/log-filter.ts'
import type { Section } from '../rows/sections.ts'
import { toTitleRow } from '../rows/title-row.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow } from '../text/compose-row.ts'
import type { OpenScreen, ScreenName } from '../view/view-state.ts'
import { addressesTo } from './addresses.ts'
import { builds } from './builds.ts'
import { changes } from './changes.ts'
import { commandLog } from './command-log.ts'
import { details } from './details.ts'
import type { FullScreen, ItemContext, ScreenItem, ScreenSize } from './full-screen.ts'
import { graph } from './graph.ts'
import { health } from './health.ts'
import { help } from './help.ts'
import { objects } from './objects.ts'
import { palette } from './palette.ts'
import { reloads } from './reloads.ts'
import { timeline } from './timeline.ts'

const screens: Readonly<Record<ScreenName, FullScreen>> = {
  help,
  palette,
  details,
  timeline,
  graph,
  reloads,
  health,
  builds,
  objects,
  changes,
  commands: commandLog,
  openAddress: addressesTo('open'),
  copyAddress: addressesTo('copy'),
}

/** What can be chosen on a screen, as far as it has the words that were typed. */
export const selectItems = (open: OpenScreen, context: ItemContext): readonly ScreenItem[] => {
  const hasWords = toMatcher(open.words)
  return screens[open.name].items?.(context).filter((item) => hasWords(item.text)) ?? []
}

/** What Enter does with what is chosen on a screen. */
export const toChoice = ({ name }: OpenScreen): string => screens[name].chooses ?? 'unfold'

/** Where the cursor is among the items. At the top it stays there, whatever comes before the first one. */
export const selectCursor = ({ cursor, chosen }: OpenScreen, items: readonly ScreenItem[]): number => {
  const at = chosen === undefined ? -1 : items.findIndex(({ id }) => id === chosen)
  return Math.max(0, Math.min(at === -1 ? cursor : at, items.length - 1))
}

/** All words, in any order and case. */
const toMatcher = (words: string): ((text: string) => boolean) => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return (text) => {
    const lower = text.toLowerCase()
    return wanted.every((word) => lower.includes(word))
  }
}

/** A screen as a part of another one: its rows as they are when nothing is looked for. */
export const toSection = (name: ScreenName, input: ScreenInput, width: number): Section => {
  const open: OpenScreen = { name, scroll: 0, cursor: 0, words: '', turned: [] }
  const screen = screens[name]
  return { name: screen.title(input), rows: screen.rows?.(input, { width, height: 0, open }) ?? [] }
}

/** In which row of a screen each of its items stands, one after the other; some may be above or below what is seen. */
export type ItemRows = readonly number[]

/** What of a screen is seen, under its title, how many rows it has in all, and which of them can be chosen. */
export const toScreenRows = (
  input: ScreenInput,
  size: ScreenSize,
): { readonly rows: readonly string[]; readonly length: number; readonly items: ItemRows } => {
  const { theme } = input
  const { width, open } = size
  const screen = screens[open.name]
  const height = Math.max(0, size.height - 1)
  const { rows: all, chosen, isFirst, places = [] } = toAllRows(input, { ...size, height })
  // What stands over the first one is seen with it.
  const isAtTop = isFirst === true && chosen !== undefined && chosen < height
  const wanted = chosen === undefined ? open.scroll : isAtTop ? 0 : Math.max(0, chosen - Math.floor(height / 2))
  const scroll = Math.max(0, Math.min(wanted, all.length - height))
  const below = all.length - scroll - height
  const isTyping = input.view.typing === 'screen'
  const title = toTitleRow(
    {
      name: screen.title(input),
      focused: true,
      detail:
        open.words === '' && !isTyping
          ? []
          : [
              { text: '/ ', paint: theme.accent },
              { text: open.words, paint: theme.bold },
              { text: isTyping ? '_' : '', paint: theme.accent },
            ],
      right: below > 0 ? [{ text: `${below} more below`, paint: theme.dim }] : [],
    },
    { width, theme },
  )
  return {
    rows: [title, ...all.slice(scroll, scroll + height)],
    length: all.length + 1,
    items: places.map((place) => 1 + place - scroll),
  }
}

const toAllRows = (
  input: ScreenInput,
  size: ScreenSize,
): {
  readonly rows: readonly string[]
  readonly chosen?: number
  readonly isFirst?: boolean
  readonly places?: readonly number[]
} => {
  const { open } = size
  const screen = screens[open.name]
  const hasWords = toMatcher(open.words)
  const above = (screen.rows?.(input, size) ?? []).filter(
    (row) => screen.searches === true || screen.items !== undefined || hasWords(toPlainText(row)),
  )
  const items = selectItems(open, input)
  if (items.length === 0) {
    const shown = open.words === '' || screen.items === undefined ? above : []
    return { rows: shown.length > 0 ? shown : [input.theme.dim(' nothing matches')] }
  }
  const cursor = selectCursor(open, items)
  const rows = [...above]
  const places: number[] = []
  for (const [index, item] of items.entries()) {
    rows.push(...(item.before?.(input, size.width) ?? []))
    places.push(rows.length)
    rows.push(toItemRow(item, { input, width: size.width, isChosen: index === cursor }))
    rows.push(...(item.rest?.(input, size.width) ?? []))
  }
  return { rows, chosen: places[cursor] ?? 0, isFirst: cursor === 0, places }
}

const toItemRow = (
  item: ScreenItem,
  { input, width, isChosen }: { readonly input: ScreenInput; readonly width: number; readonly isChosen: boolean },
): string => {
  const { theme } = input
  const { left, right } = item.segments(input)
  const mark = { text: isChosen ? ` ${theme.symbols.selected} ` : '   ', paint: theme.accent }
  const row = composeRow([mark, ...left], {
    width,
    ellipsis: theme.symbols.ellipsis,
    goes: 'first',
    ...(right === undefined ? {} : { right: [...right, { text: ' ' }] }),
  })
  return isChosen ? theme.bold(row) : row
}
