import { cutToCells, textWidth } from '../../wire/cell-width.ts'
import { toVisibleLine } from '../../wire/safe-text.ts'

/** A piece of a row: plain text, and how it is painted once it has been cut. */
export type Segment = { readonly text: string; readonly paint?: (text: string) => string }

export type RowOptions = {
  readonly width: number
  readonly ellipsis: string
  /** Stands at the right end; its first segments go when there is no room, or its last ones. */
  readonly right?: readonly Segment[]
  readonly goes?: 'first' | 'last'
  /** Fills the middle. */
  readonly fill?: Segment
}

/** One row of a screen as one string of exactly `width` cells: measured and cut as plain text, painted after that. */
export const composeRow = (given: readonly Segment[], options: RowOptions): string => {
  const { width, ellipsis } = options
  const left = given.map(toVisible)
  let right = (options.right ?? []).map(toVisible)
  const leftWidth = left.reduce((sum, one) => sum + textWidth(one.text), 0)
  while (right.length > 0 && leftWidth + widthOf(right) + 2 > width)
    right = options.goes === 'last' ? right.slice(0, -1) : right.slice(1)
  const room = width - widthOf(right)
  let used = 0
  let row = ''
  for (const segment of left) {
    const text = cutToCells(segment.text, room - used, ellipsis)
    used += textWidth(text)
    row += paint(segment, text)
    if (used >= room) break
  }
  const middle =
    options.fill === undefined
      ? ' '.repeat(room - used)
      : paint(options.fill, options.fill.text.repeat(Math.max(0, room - used)))
  return row + middle + right.map((one) => paint(one, one.text)).join('')
}

/** Names and messages of others are in it. */
const toVisible = (segment: Segment): Segment => ({ ...segment, text: toVisibleLine(segment.text) })

const widthOf = (segments: readonly Segment[]) => segments.reduce((sum, one) => sum + textWidth(one.text), 0)
const paint = (segment: Segment, text: string) => (segment.paint === undefined ? text : segment.paint(text))
