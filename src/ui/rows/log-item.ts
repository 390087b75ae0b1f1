import type { LogItem } from '../../core/state/log-buffer.ts'
import { toPlainText, type TextRange } from '../../core/state/log-filter.ts'
import { logLevels, type LogLevel } from '../../core/state/log-level.ts'
import type { LogEntry } from '../../core/state/log-source.ts'
import { toSafeText } from '../../wire/safe-text.ts'
import { parseJsonLine, toLevelWord, type JsonLine } from '../text/json-line.ts'
import type { Theme } from '../theme.ts'
import type { LogView } from '../view/log-view.ts'

/** One text of an item, before it is cut or wrapped. */
export type ItemLine = {
  /** The line of the log that it shows. */
  readonly id: number
  readonly text: string
  readonly isDim: boolean
  /** Stands at the right end: how many frames are folded away. */
  readonly note?: string
}

export type ItemOptions = {
  readonly theme: Theme
  readonly json: LogView['json']
  readonly isUnfolded: boolean
  readonly rest: (item: LogItem) => readonly LogEntry[]
}

/** A trace of no more frames than this is shown whole. */
const shownFrames = 3
const libraries =
  /node_modules|node:internal|\(node:|site-packages|\/usr\/lib\/|<frozen |\/usr\/local\/lib\/|java\.base\/|\bSystem\./

/** A line of the log with all that belongs to it: what JSON holds, and the frames of its trace, or how many there are. */
export const toItemLines = (item: LogItem, options: ItemOptions): readonly ItemLine[] => {
  const { theme, json, isUnfolded } = options
  const parsed = json === 'raw' ? undefined : parseJsonLine(item.text)
  const rest = item.more === 0 ? [] : options.rest(item)
  const frames = [...(parsed?.stack ?? []).map((text) => ({ id: item.id, text })), ...rest]
  if (parsed === undefined) return [toLine(item, item.text), ...fold(item, frames, isUnfolded)]
  const head = toLine(item, toJsonText(parsed, { theme, withFields: json === 'fields' }))
  const fields = json === 'pretty' ? toFieldLines(item, parsed, theme) : []
  return [head, ...fields, ...fold(item, frames, isUnfolded)]
}

const toLine = ({ id }: Pick<LogEntry, 'id'>, text: string): ItemLine => ({ id, text, isDim: false })

type Frame = Pick<LogEntry, 'id' | 'text'>

const fold = (item: LogItem, frames: readonly Frame[], isUnfolded: boolean): readonly ItemLine[] => {
  const all = frames.map(({ id, text }) => ({ id, text, isDim: /^\s/.test(text) }))
  if (isUnfolded || all.length <= shownFrames) return all
  // Python says last what it is about; others first, and where: the first frame that is the program's own.
  const told = item.text.startsWith('Traceback')
    ? all.findLast(({ text }) => /^\S/.test(text))
    : all.find(({ text }) => /^\s/.test(text) && !libraries.test(text))
  const shown = told ?? all[0]!
  return [{ ...shown, note: `+${all.length - 1} ${all.length === 2 ? 'frame' : 'frames'}` }]
}

const paintLevel = (level: LogLevel, text: string, theme: Theme): string =>
  level >= logLevels.error
    ? theme.tone('bad', text)
    : level === logLevels.warn
      ? theme.warn(text)
      : level === logLevels.info
        ? theme.tone('good', text)
        : theme.dim(text)

const toJsonText = (
  { level, message, fields }: JsonLine,
  { theme, withFields }: { readonly theme: Theme; readonly withFields: boolean },
): string => {
  const word = level === logLevels.none ? '' : `${paintLevel(level, toLevelWord(level).padEnd(5), theme)} `
  const told = fields.map(([name, value]) => `${name}=${/^[^\s"]+$/.test(value) ? value : JSON.stringify(value)}`)
  const behind = withFields && told.length > 0 ? `${message === '' ? '' : '  '}${theme.dim(safe(told.join(' ')))}` : ''
  return `${word}${safe(message)}${behind}`
}

const toFieldLines = (item: LogItem, { fields }: JsonLine, theme: Theme): readonly ItemLine[] => {
  const width = Math.min(24, Math.max(0, ...fields.map(([name]) => name.length)))
  return fields.map(([name, value], index) => {
    const branch = index === fields.length - 1 ? theme.symbols.lastBranch : theme.symbols.branch
    return toLine(item, `${theme.dim(`${branch} ${safe(name).padEnd(width)}`)}  ${safe(value)}`)
  })
}

/** What stands in a string of JSON may be a command to a terminal, too. */
const safe = (text: string): string => toSafeText(text.replaceAll('\n', ' '), false)

/** An item as text alone, with its whole trace, as it was written. */
export const toItemText = (item: LogItem, rest: readonly LogEntry[]): string =>
  [item, ...rest].map(({ text }) => toSafeText(toPlainText(text), false)).join('\n')

/** Where filter and search match, together and in order. */
export const mergeRanges = (...all: readonly (readonly TextRange[])[]): readonly TextRange[] => {
  const sorted = all.flat().toSorted(([a], [b]) => a - b)
  const merged: TextRange[] = []
  for (const [start, end] of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1]) merged[merged.length - 1] = [last[0], Math.max(end, last[1])]
    else merged.push([start, end])
  }
  return merged
}
