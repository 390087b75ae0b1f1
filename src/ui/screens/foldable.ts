import { composeRow } from '../text/compose-row.ts'
import { wrapWords } from '../text/fit.ts'
import { type Handler, only } from '../view/handled.ts'
import { selectOpenScreen, type ViewState, withOpenScreen } from '../view/view-state.ts'
import type { ScreenItem } from './full-screen.ts'

/** Whether what stands under an item is shown; while words are looked for everything is. */
export const isUnfolded = (view: ViewState, id: string, unasked: boolean): boolean => {
  const open = selectOpenScreen(view)
  return open?.words !== '' || open.turned.includes(id) !== unasked
}

/** Shows what stands under an item, or folds it away; the cursor is on the item then. */
export const turn =
  (id: string): Handler =>
  ({ view }) =>
    only(
      withOpenScreen(view, (open) =>
        open.words === ''
          ? {
              ...open,
              chosen: id,
              turned: open.turned.includes(id) ? open.turned.filter((one) => one !== id) : [...open.turned, id],
            }
          : open,
      ),
    )

/** Cells before an item's text, where its mark stands. */
const markWidth = 3

type Indented = { readonly id: string; readonly indent: number; readonly paint?: (text: string) => string }

/** Lines of a text that belong to an item, each as an item of its own: long ones go on below themselves. Enter goes back to their item. */
export const toTextItems = (text: string, { id, indent, paint }: Indented): readonly ScreenItem[] =>
  text.split('\n').map((line, index): ScreenItem => {
    const own = /^ {0,12}/.exec(line)?.[0] ?? ''
    const before = ' '.repeat(indent) + own
    const wrap = (width: number) =>
      wrapWords(line.slice(own.length), Math.max(10, width - before.length - markWidth - 1))
    const piece = (part: string) => [{ text: before }, paint === undefined ? { text: part } : { text: part, paint }]
    return {
      id: `${id} ${index}`,
      text: line,
      segments: ({ columns }) => ({ left: piece(wrap(columns)[0] ?? '') }),
      rest: ({ theme }, width) =>
        wrap(width)
          .slice(1)
          .map((part) =>
            composeRow([{ text: ' '.repeat(markWidth) }, ...piece(part)], { width, ellipsis: theme.symbols.ellipsis }),
          ),
      choose: turn(id),
    }
  })
