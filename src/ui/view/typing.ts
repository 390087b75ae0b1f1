import { following, toBeginning, type ViewState, withOpenScreen } from './view-state.ts'

/** Changes the text that is being typed: the filter of the log, what is searched in it, the words of the open screen, or an answer. */
export const withTyped = (view: ViewState, change: (text: string) => string): ViewState => {
  if (view.typing === 'screen')
    return withOpenScreen(view, (open) => toBeginning({ ...open, words: change(open.words) }))
  if (view.typing === 'prompt')
    return view.prompt === undefined ? view : { ...view, prompt: { ...view.prompt, text: change(view.prompt.text) } }
  const { recalled, ...log } = view.log
  if (view.typing === 'search') return { ...view, log: { ...log, search: change(log.search) } }
  return following({ ...view, log: { ...log, filter: change(log.filter) } })
}
