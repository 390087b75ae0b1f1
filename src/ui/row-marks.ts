import { createContext } from 'react'
import { textWidth } from '../wire/cell-width.ts'

/** Each stands in a frame of Ink's for a whole row: the characters of Unicode that are left to whoever needs one. */
const firstMark = 0xe0_00
const marks = 0xf8_ff - firstMark + 1
const marked = /([\uE000-\uF8FF])( *)/g

/** The rows of many frames: Ink compares with the one before, and writes it again after a pause. */
const mostKept = 4_096

type Kept = { readonly mark: string; readonly row: string }

/**
 * Takes rows past Ink's painting, which takes every character of a frame apart, each time: 3 ms of 5 that a frame at
 * 160×48 cost. Ink gets one character for a row, another one for another row, and places, compares, holds back and
 * writes these; on the way to the terminal the row takes the place of its mark and of the blanks behind it.
 */
export type RowMarks = {
  readonly markOf: (row: string) => string
  /** The text for the terminal: each mark in it as its row. */
  readonly fill: (text: string) => string
}

export const createRowMarks = (): RowMarks => {
  let byRow = new Map<string, Kept>()
  let byMark = new Map<string, Kept>()
  let next = 0

  const forget = () => {
    const newest = [...byMark.values()].slice(-mostKept / 2)
    byMark = new Map(newest.map((kept) => [kept.mark, kept]))
    byRow = new Map(newest.map((kept) => [kept.row, kept]))
  }

  /** There are more marks than rows kept. One that is free again stands in no frame that Ink still knows. */
  const nextMark = (): string => {
    for (;;) {
      const mark = String.fromCharCode(firstMark + next)
      next = (next + 1) % marks
      if (!byMark.has(mark)) return mark
    }
  }

  return {
    markOf(row) {
      const known = byRow.get(row)
      if (known !== undefined) {
        // The newest stand last, so that what is on the screen is never forgotten.
        byMark.delete(known.mark)
        byMark.set(known.mark, known)
        return known.mark
      }
      if (byMark.size >= mostKept) forget()
      const mark = nextMark()
      const kept = { mark, row }
      byRow.set(row, kept)
      byMark.set(mark, kept)
      return mark
    },
    fill: (text) =>
      text.replaceAll(marked, (all, mark: string, blanks: string) => {
        const kept = byMark.get(mark)
        if (kept === undefined) return all
        return blanks === '' ? kept.row : kept.row + blanks.slice(cellsOf(kept.row) - 1)
      }),
  }
}

/** What a row is painted with: colours and links. */
const paint = /\u001b(?:\[[\d;:]*m|\]8;[^\u0007\u001b]*(?:\u0007|\u001b\\))/g

const cellsOf = (row: string) => textWidth(row.replaceAll(paint, ''))

/** Absent where Ink paints a text for somebody else than a terminal. */
export const RowMarksContext = createContext<RowMarks | undefined>(undefined)

/** A terminal that shows rows where marks are written. */
export const withRows = (stdout: NodeJS.WriteStream, { fill }: RowMarks): NodeJS.WriteStream =>
  new Proxy(stdout, {
    get(target, name) {
      if (name === 'write')
        return (chunk: string | Uint8Array, ...rest: []) =>
          target.write(typeof chunk === 'string' ? fill(chunk) : chunk, ...rest)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
