import type { Segment } from '../text/compose-row.ts'
import type { ScreenInput } from '../screen-input.ts'
import type { Handler } from '../view/handled.ts'
import type { OpenScreen } from '../view/view-state.ts'

/** What a list is made of; it must not need a terminal, since keys come faster than frames. */
export type ItemContext = Pick<ScreenInput, 'state' | 'view' | 'keys'>

/** A row that can be chosen. */
export type ScreenItem = {
  /** What it is known by while the list is another one; absent: by its place. */
  readonly id?: string
  /** What the words that are typed are looked for in. */
  readonly text: string
  readonly segments: (input: ScreenInput) => { readonly left: readonly Segment[]; readonly right?: readonly Segment[] }
  /** Rows that stand over it, such as the name of its section, and under it; they are seen with it. */
  readonly before?: (input: ScreenInput, width: number) => readonly string[]
  readonly rest?: (input: ScreenInput, width: number) => readonly string[]
  /** Enter on it. */
  readonly choose: Handler
}

/** A screen that takes the place of table and log. It is scrolled, searched and left in the same way as all others. */
export type FullScreen = {
  readonly title: (input: ScreenInput) => string
  /** All its rows, cut to the width; above the items when it has some. */
  readonly rows?: (input: ScreenInput, size: ScreenSize) => readonly string[]
  readonly items?: (context: ItemContext) => readonly ScreenItem[]
  /** What Enter does with an item, as the bar says it; absent: it unfolds it. */
  readonly chooses?: string
  /** It looks for the words itself; absent: rows without them are left out. */
  readonly searches?: true
}

export type ScreenSize = {
  readonly width: number
  /** Rows that are seen at once. */
  readonly height: number
  readonly open: OpenScreen
}
