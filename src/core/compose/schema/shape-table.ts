import made from './shape-table.json' with { type: 'json' }
import type { Mapping, Shape } from './shape.ts'

/** A shape of the table: other shapes by their number, keys as an object, patterns as source and flags. */
export type Row = Readonly<Record<string, unknown>> & { readonly kind: Shape['kind'] }

/** The shapes of a table, each linked to those that it names. A row names only rows before it. */
export const linkShapes = (table: readonly Row[]): readonly Shape[] => {
  const shapes: Shape[] = []
  const shapeAt = (number: unknown): Shape | undefined => shapes[number as number]
  const toPattern = (text: unknown): RegExp => new RegExp(...(text as [string, string]))
  for (const row of table) {
    const linked: Record<string, unknown> = { ...row }
    if (row['item'] !== undefined) linked['item'] = shapeAt(row['item'])
    if (row['value'] !== undefined) linked['value'] = shapeAt(row['value'])
    if (row['options'] !== undefined) linked['options'] = (row['options'] as readonly number[]).map(shapeAt)
    if (row['keys'] !== undefined)
      linked['keys'] = new Map(Object.entries(row['keys'] as object).map(([name, number]) => [name, shapeAt(number)]))
    if (row['pattern'] !== undefined) linked['pattern'] = toPattern(row['pattern'])
    if (row['names'] !== undefined) linked['names'] = toPattern(row['names'])
    shapes.push(linked as Shape)
  }
  return shapes
}

/** A whole stack file, after all its layers are merged. */
export const stackFileShape = linkShapes(made.rows as readonly Row[]).at(-1) as Mapping
