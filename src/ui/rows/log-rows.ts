import type { LogFilter } from '../../core/state/log-filter.ts'
import type { LogEntry } from '../../core/state/log-source.ts'
import type { Theme } from '../theme.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { composeRow } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { toLogLines } from '../text/log-text.ts'

export type LogRowsOptions = {
  readonly width: number
  readonly height: number
  readonly theme: Theme
  readonly wrap: boolean
  /** How to write a time; absent: not at all. */
  readonly formatTime?: (at: number) => string
  /** All services of the stack: the place of a name gives its colour, the longest one the width. */
  readonly services: readonly string[]
  /** Only one service is shown: its name need not stand on each line. */
  readonly solo: boolean
  readonly filter: LogFilter | undefined
}

/** Log lines as rows, the newest at the bottom; wrapped lines push older ones out. */
export const toLogRows = (entries: readonly LogEntry[], options: LogRowsOptions): readonly string[] => {
  const { width, height } = options
  const name = options.solo ? 0 : Math.min(16, Math.max(3, ...options.services.map(textWidth)), Math.floor(width / 4))
  const rows: string[] = []
  for (let index = entries.length - 1; index >= 0 && rows.length < height; index -= 1) {
    rows.unshift(...toEntryRows(entries[index]!, { ...options, name }))
  }
  const visible = rows.slice(-height)
  return visible.length > 0 ? visible : [nothing(options)]
}

const nothing = ({ filter, theme, width }: LogRowsOptions): string => {
  if (filter === undefined) return theme.dim(' no output yet')
  if (filter.fault === undefined) return theme.dim(' no line matches')
  const text = ` no regular expression: ${filter.fault}`
  return composeRow([{ text, paint: theme.warn }], { width, ellipsis: theme.symbols.ellipsis })
}

const toEntryRows = (entry: LogEntry, options: LogRowsOptions & { readonly name: number }): readonly string[] => {
  const { theme, width, formatTime, name } = options
  const time =
    formatTime === undefined || width < 40
      ? ''
      : ` ${width < 80 ? formatTime(entry.at).slice(0, 8) : formatTime(entry.at)}`
  const label = name === 0 ? '' : ` ${fit(entry.service, name, { ellipsis: theme.symbols.ellipsis })}`
  const edge = textWidth(time) + textWidth(label) + 1
  const prefix = theme.dim(time) + theme.service(Math.max(0, options.services.indexOf(entry.service)), label) + ' '
  const lines = toLogLines(entry.text, {
    width: Math.max(1, width - edge - 1),
    colour: theme.colour,
    wrap: options.wrap,
    ellipsis: theme.symbols.ellipsis,
    ...(options.filter === undefined ? {} : { find: options.filter.find }),
  })
  return lines.map((line, index) => (index === 0 ? prefix : ' '.repeat(edge)) + line)
}
