import type { Theme } from '../theme.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'

export type Title = {
  readonly name: string
  /** Behind the name: what part of it is shown. */
  readonly detail?: readonly Segment[]
  readonly right?: readonly Segment[]
  /** This pane has the keyboard. */
  readonly focused: boolean
}

/** A rule across a pane with its name in it: what a frame would say, in one row and without sides that could break. */
export const toTitleRow = (
  title: Title,
  { width, theme }: { readonly width: number; readonly theme: Theme },
): string => {
  const { rule, ellipsis } = theme.symbols
  const right =
    title.right === undefined || title.right.length === 0
      ? []
      : [{ text: ' ' }, ...title.right, { text: ` ${rule}`, paint: theme.dim }]
  return composeRow(
    [
      { text: `${rule}${rule} `, paint: title.focused ? theme.accent : theme.dim },
      { text: title.name, paint: title.focused ? (text) => theme.bold(theme.accent(text)) : theme.bold },
      ...(title.detail === undefined || title.detail.length === 0 ? [] : [{ text: ' ' }, ...title.detail]),
      { text: ' ' },
    ],
    { width, ellipsis, right, fill: { text: rule, paint: theme.dim } },
  )
}
