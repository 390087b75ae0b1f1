import type { Theme } from '../theme.ts'
import { toTitleRow } from './title-row.ts'

export type Section = { readonly name: string; readonly rows: readonly string[] }

// Less of a section says nothing.
const leastRows = 3

/** Sections one below the other in a column, each under its name; the last ones give way where there is no room. */
export const stackSections = (
  sections: readonly Section[],
  { width, height, theme }: { readonly width: number; readonly height: number; readonly theme: Theme },
): readonly string[] => {
  const rows: string[] = []
  for (const [index, section] of sections.entries()) {
    const gap = index === 0 ? 0 : 1
    const room = height - rows.length - gap - 1
    if (index > 0 && room < Math.min(leastRows, section.rows.length)) break
    if (gap === 1) rows.push(' '.repeat(width))
    rows.push(toTitleRow({ name: section.name, focused: false }, { width, theme }), ...section.rows.slice(0, room))
  }
  return rows
}
