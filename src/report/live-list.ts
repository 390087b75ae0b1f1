import type { StackEvent } from '../core/events/event.ts'
import { textWidth, cutToCells, padToCells } from '../wire/cell-width.ts'
import { toErr, toShortTime, type Line } from './lines.ts'
import type { Paint, Style } from './paint.ts'
import { toProblemLines, type ProblemOptions } from './problems.ts'
import { createStepRows, type RowChange } from './step-rows.ts'

export type LiveOptions = {
  readonly paint: Paint
  readonly problems: ProblemOptions
  /** `up` */ readonly title: string
}
export type Size = { readonly columns: number; readonly rows: number }

/** A list that is drawn again and again in place, one line for each thing, never taller than the screen. */
export type LiveList = {
  /** What is printed for good, above the list. */
  tell(event: StackEvent): readonly Line[]
  /** The list as it is now. Empty while there is nothing to show. */
  frame(now: number, size: Size): readonly string[]
  /** Whether the time of a line moves on, so that it is worth drawing again. */
  isMoving(): boolean
}

type Row = { readonly change: RowChange; readonly startedAt: number }

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const symbols: Readonly<Record<RowChange['state'], { readonly symbol: string; readonly style: Style }>> = {
  working: { symbol: '', style: 'blue' },
  waiting: { symbol: '', style: 'yellow' },
  done: { symbol: '✔', style: 'green' },
  failed: { symbol: '✘', style: 'red' },
  skipped: { symbol: '-', style: 'dim' },
}

/** Compact progress of a command that changes things. Pure: the time and the size of the screen are arguments. */
export const createLiveList = (options: LiveOptions): LiveList => {
  const steps = createStepRows()
  const rows = new Map<string, Row>()
  const isOpen = ({ change }: Row): boolean =>
    change.state === 'working' || change.state === 'waiting' || change.pending !== undefined
  return {
    tell: (event) => {
      const change = steps.read(event)
      if (change !== undefined) {
        const row = rows.get(change.key)
        // A copy or a rename that ended well is no end of the row.
        const isEndOfDetail = change.minor && change.state === 'done'
        if (!isEndOfDetail)
          rows.set(change.key, { change: keepDetail(change, row?.change), startedAt: row?.startedAt ?? event.at })
        return []
      }
      if (event.type === 'step/waiting') return toErr(event.note)
      return event.type === 'problem/raised' ? toErr(...toProblemLines([event.problem], options.problems)) : []
    },
    frame: (now, size) => {
      if (rows.size === 0) return []
      const all = [...rows.values()]
      const done = all.filter((row) => !isOpen(row) && row.change.state === 'done').length
      const header = options.paint('bold', `[+] ${options.title} ${done}/${all.length}`)
      const shown = chooseRows(all, { room: Math.max(1, size.rows - 3), isOpen })
      const titleWidth = shown.reduce((most, row) => Math.max(most, textWidth(row.change.title)), 0)
      const lines = shown.map((row) =>
        toLine(row, { now, titleWidth, columns: size.columns, paint: options.paint, isOpen: isOpen(row) }),
      )
      const hidden = all.length - shown.length
      return [header, ...lines, ...(hidden > 0 ? [options.paint('dim', `   … ${hidden} more`)] : [])]
    },
    isMoving: () => [...rows.values()].some(isOpen),
  }
}

/** Why something is done stays visible while it goes on. */
const keepDetail = (change: RowChange, before: RowChange | undefined): RowChange =>
  change.detail === undefined && change.state === 'working' && before?.detail !== undefined
    ? { ...change, detail: before.detail }
    : change

/** All rows when they fit; else what fails and what goes on first, in the order in which they came. */
const chooseRows = (
  all: readonly Row[],
  { room, isOpen }: { readonly room: number; readonly isOpen: (row: Row) => boolean },
): readonly Row[] => {
  if (all.length <= room) return all
  const rank = (row: Row): number => (row.change.state === 'failed' ? 0 : isOpen(row) ? 1 : 2)
  const chosen = new Set(all.toSorted((a, b) => rank(a) - rank(b) || b.startedAt - a.startedAt).slice(0, room - 1))
  return all.filter((row) => chosen.has(row))
}

type LineOptions = {
  readonly now: number
  readonly titleWidth: number
  readonly columns: number
  readonly paint: Paint
  readonly isOpen: boolean
}

const toLine = ({ change, startedAt }: Row, { now, titleWidth, columns, paint, isOpen }: LineOptions): string => {
  const { symbol, style } = symbols[change.state]
  const ms = isOpen ? Math.max(0, now - startedAt) : change.ms
  const turning = spinner[Math.floor(now / 80) % spinner.length] ?? ''
  const time = toShortTime(ms)
  const title = padToCells(
    cutToCells(change.title, Math.max(10, columns - 24)),
    Math.min(titleWidth, Math.max(10, columns - 24)),
  )
  const text = padToCells(change.text, 10)
  const used = 3 + textWidth(title) + 2 + textWidth(text) + 1 + time.length
  if (change.pending !== undefined) {
    const head = ` ${paint('dim', '·')} ${title}  ${text} ${' '.repeat(5)}`
    return (
      head +
      paint(
        'dim',
        cutToCells(change.pending === 'next' ? '' : `  waits for ${change.pending}`, Math.max(0, columns - used - 1)),
      )
    )
  }
  const showsDetail = change.detail !== undefined && change.state !== 'done'
  const detail = showsDetail ? cutToCells(`  ${change.detail}`, Math.max(0, columns - used - 1)) : ''
  return ` ${paint(style, symbol === '' ? turning : symbol)} ${title}  ${paint(style, text)} ${paint('dim', time.padStart(5) + detail)}`
}
