import { textWidth, padToCells } from '../wire/cell-width.ts'
import { toVisibleText } from '../wire/safe-text.ts'

export type ColumnOptions = {
  /** Cells between columns. */
  readonly gap: number
  /** Cells that a column has at least, its gap included: Docker's tables of projects and images are 20 wide. */
  readonly minimum?: number
}

/** Rows as aligned columns. */
export const toColumns = (
  rows: readonly (readonly string[])[],
  { gap, minimum = 0 }: ColumnOptions,
): readonly string[] => {
  const shown = rows.map((row) => row.map(toVisibleText))
  const widths: number[] = []
  for (const row of shown) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, textWidth(cell))
  }
  return shown.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : padToCells(cell, Math.max((widths[at] ?? 0) + gap, minimum))))
      .join(''),
  )
}
