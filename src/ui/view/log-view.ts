import type { LogItem } from '../../core/state/log-buffer.ts'
import { logLevels, type LogLevel } from '../../core/state/log-level.ts'
import { comparePositions, type LogPosition } from '../../core/state/log-source.ts'

/** A line that keys are about. */
export type LogCursor = LogPosition & {
  readonly service: string
  /** The id of the item that it is a part of: of a stack trace, its first line's. */
  readonly item: number
}

/** A line that a person has drawn, behind a place in the log. */
export type LogMarker = LogPosition & { readonly number: number; readonly at: number }

/** How the log is shown. */
export type LogView = {
  /** The last line shown; absent: the log is followed. */
  readonly bottom?: LogPosition
  /** What had come when it was paused: the newest line, how many lines there had been in all, and how many not kept. */
  readonly paused?: { readonly id: number; readonly lines: number; readonly gone: number }
  readonly cursor?: LogCursor
  /** The other end of what is selected. */
  readonly anchor?: LogCursor
  /** Hides what does not match. */
  readonly filter: string
  /** Marks what matches, and hides nothing. */
  readonly search: string
  readonly leastLevel: LogLevel
  readonly wrap: boolean
  readonly times: 'absolute' | 'relative' | 'off'
  readonly json: 'fields' | 'pretty' | 'raw'
  /** All stack traces are shown whole, but for these items; or none but these. */
  readonly unfolded: boolean
  readonly turned: readonly number[]
  readonly markers: readonly LogMarker[]
  /** It was cleared: what is at this place or before it is not shown. */
  readonly from?: LogPosition
  /** What was typed before, newest first, and which of it was brought back. */
  readonly recent: readonly string[]
  readonly recalled?: number
}

export const initialLogView: LogView = {
  filter: '',
  search: '',
  leastLevel: logLevels.none,
  wrap: false,
  times: 'absolute',
  json: 'fields',
  unfolded: false,
  turned: [],
  markers: [],
  recent: [],
}

export const isUnfolded = ({ id }: Pick<LogItem, 'id'>, { unfolded, turned }: LogView): boolean =>
  turned.includes(id) !== unfolded

/** The item is the one that keys are about, or between both ends of what is selected. */
export const isSelected = (item: LogItem, { cursor, anchor }: LogView): boolean => {
  if (cursor === undefined) return false
  if (anchor === undefined) return cursor.item === item.id
  const [first, last] = comparePositions(cursor, anchor) <= 0 ? [cursor, anchor] : [anchor, cursor]
  return (
    item.id === first.item ||
    item.id === last.item ||
    (comparePositions(item, first) >= 0 && comparePositions(item, last) <= 0)
  )
}
