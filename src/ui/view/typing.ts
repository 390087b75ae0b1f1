import { following, toBeginning, type ViewState, withOpenScreen } from './view-state.ts'

/** Changes the text that is being typed: the filter of the log, what is searched in it, or the words of the open screen. */
export const withTyped = (view: ViewState, change: (text: string) => string): ViewState => {
  if (view.typing === 'screen')
    return withOpenScreen(view, (open) => toBeginning({ ...open, words: change(open.words) }))
  const { recalled, ...log } = view.log
  if (view.typing === 'search') return { ...view, log: { ...log, search: change(log.search) } }
  return following({ ...view, log: { ...log, filter: change(log.filter) } })
}
