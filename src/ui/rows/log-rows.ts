import type { LogItem } from '../../core/state/log-buffer.ts'
import type { LogFilter } from '../../core/state/log-filter.ts'
import { logLevels } from '../../core/state/log-level.ts'
import { comparePositions, type LogEntry } from '../../core/state/log-source.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { composeRow } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { toLogLines } from '../text/log-text.ts'
import type { Theme } from '../theme.ts'
import { isSelected, isUnfolded, type LogView } from '../view/log-view.ts'
import { mergeRanges, toItemLines, type ItemLine } from './log-item.ts'

export type LogRowsOptions = {
  /** The first rows are shown when there are too many, instead of the last. */
  readonly first?: boolean
  readonly width: number
  readonly height: number
  readonly theme: Theme
  readonly log: LogView
  /** How to write a time; absent: not at all. */
  readonly formatTime?: (at: number) => string
  /** All services of the stack: the place of a name gives its colour, the longest one the width. */
  readonly services: readonly string[]
  /** Only one service is shown: its name need not stand on each line. */
  readonly solo: boolean
  readonly filter: LogFilter | undefined
  readonly search: LogFilter | undefined
  readonly rest: (item: LogItem) => readonly LogEntry[]
  /** The item behind the last one, which is not shown: a marker behind it is not, either. */
  readonly next?: LogItem
}

export type LogRows = {
  readonly rows: readonly string[]
  /** The line that keys are about is among them; or there is none. */
  readonly hasCursor: boolean
}

/** Items of the log as rows, the newest at the bottom; those that take several rows push older ones out. */
export const toLogRows = (items: readonly LogItem[], options: LogRowsOptions): LogRows => {
  const { width, height, log } = options
  const name = options.solo ? 0 : Math.min(16, Math.max(3, ...options.services.map(textWidth)), Math.floor(width / 4))
  let rows: readonly string[] = []
  let hasCursor = log.cursor === undefined
  for (let count = 0; count < items.length && rows.length < height; count += 1) {
    const index = options.first === true ? count : items.length - 1 - count
    const item = items[index]!
    const own = item.stream === 'event' ? [toEventRow(item, options)] : toItemRows(item, { ...options, name })
    const all = [...own, ...toMarkers(item, { next: items[index + 1] ?? options.next, options })]
    rows = options.first === true ? [...rows, ...all] : [...all, ...rows]
    hasCursor ||= isAt(item, log)
  }
  const visible = options.first === true ? rows.slice(0, height) : rows.slice(-height)
  return { rows: visible.length > 0 ? visible : [nothing(options)], hasCursor }
}

/** The cursor is on the item or on a line that goes on with it, which came behind it. */
const isAt = (item: LogItem, { cursor }: LogView): boolean => cursor !== undefined && cursor.item === item.id

/** Markers behind an item, and before the next one that is shown. */
const toMarkers = (
  item: LogItem,
  { next, options }: { readonly next: LogItem | undefined; readonly options: LogRowsOptions },
): readonly string[] => {
  const { log, theme, width } = options
  const found = log.markers.filter(
    (marker) => comparePositions(marker, item) >= 0 && (next === undefined || comparePositions(marker, next) < 0),
  )
  const { rule, ellipsis } = theme.symbols
  return found.map(({ number, at }) =>
    composeRow(
      [
        { text: ` ${rule.repeat(2)} marker ${number}`, paint: theme.accent },
        { text: ` ${options.formatTime?.(at) ?? ''} `, paint: theme.accent },
      ],
      { width, ellipsis, fill: { text: rule, paint: theme.accent } },
    ),
  )
}

const nothing = ({ filter, theme, width }: LogRowsOptions): string => {
  if (filter === undefined) return theme.dim(' no output yet')
  if (filter.fault === undefined) return theme.dim(' no line matches')
  const isLevel = filter.fault.startsWith('level:')
  const text = isLevel ? ` ${filter.fault}` : ` no regular expression: ${filter.fault}`
  return composeRow([{ text, paint: theme.warn }], { width, ellipsis: theme.symbols.ellipsis })
}

const toTime = (at: number, { formatTime, width }: LogRowsOptions): string => {
  if (formatTime === undefined || width < 40) return ''
  const time = formatTime(at)
  return ` ${width < 80 && time.length > 8 ? time.slice(0, 8) : time}`
}

/** What happened to a service: a rule with it in it, so that nobody takes it for the word of a program. */
const toEventRow = (item: LogItem, options: LogRowsOptions): string => {
  const { theme, width, log } = options
  const { rule, ellipsis, selected } = theme.symbols
  const tone = (text: string) => (item.level >= logLevels.error ? theme.tone('bad', text) : theme.dim(text))
  const isChosen = isSelected(item, log)
  return composeRow(
    [
      { text: toTime(item.at, options), paint: theme.dim },
      isChosen ? { text: selected, paint: theme.accent } : { text: ' ' },
      { text: `${rule}${rule} `, paint: tone },
      { text: item.text, paint: tone },
      { text: ' ' },
    ],
    { width: width - 1, ellipsis, fill: { text: rule, paint: tone } },
  )
}

const toItemRows = (item: LogItem, options: LogRowsOptions & { readonly name: number }): readonly string[] => {
  const { theme, log, name } = options
  const time = toTime(item.at, options)
  const label = name === 0 ? '' : ` ${fit(item.service, name, { ellipsis: theme.symbols.ellipsis })}`
  const edge = textWidth(time) + textWidth(label)
  const prefix = theme.dim(time) + theme.service(Math.max(0, options.services.indexOf(item.service)), label)
  const gutter = toGutter(item, options)
  const lines = toItemLines(item, {
    theme,
    json: log.json,
    isUnfolded: isUnfolded(item, log),
    rest: options.rest,
  })
  return lines
    .flatMap((line) => toTextRows(line, { ...options, room: Math.max(1, options.width - edge - 2) }))
    .map((row, index) => (index === 0 ? prefix : ' '.repeat(edge)) + gutter + row)
}

/** Between name and text: what keys are about, or how grave it is, all along a stack trace. */
const toGutter = (item: LogItem, { theme, log }: LogRowsOptions): string => {
  if (isSelected(item, log)) return theme.accent(theme.symbols.selected)
  if (item.level >= logLevels.error) return theme.tone('bad', theme.symbols.grave)
  return item.level === logLevels.warn ? theme.warn(theme.symbols.grave) : ' '
}

const toTextRows = (line: ItemLine, options: LogRowsOptions & { readonly room: number }): readonly string[] => {
  const { theme, room, log, filter, search } = options
  const note = line.note === undefined ? '' : ` ${line.note}`
  const rows = toLogLines(line.text, {
    width: Math.max(1, room - note.length),
    colour: theme.colour,
    wrap: log.wrap && note === '',
    ellipsis: theme.symbols.ellipsis,
    ...(filter === undefined && search === undefined
      ? {}
      : { find: (text: string) => mergeRanges(filter?.find(text) ?? [], search?.find(text) ?? []) }),
  })
  const painted = line.isDim ? rows.map(theme.dim) : rows
  if (note === '') return painted
  const used = textWidth(rows[0]!.replaceAll(/\u001b\[[\d;:]*m/g, ''))
  return [`${painted[0]!}${' '.repeat(Math.max(0, room - note.length - used))}${theme.dim(note)}`]
}
