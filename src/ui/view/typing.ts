import { following, type ViewState, withOpenScreen } from './view-state.ts'

/** Changes the text that is being typed: the filter of the log, or the words of the open screen. */
export const withTyped = (view: ViewState, change: (text: string) => string): ViewState =>
  view.typing === 'screen'
    ? withOpenScreen(view, (open) => ({ ...open, words: change(open.words), scroll: 0, cursor: 0 }))
    : following({ ...view, log: { ...view.log, filter: change(view.log.filter) } })
