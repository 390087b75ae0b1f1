import type { LogPosition } from '../core/state/log-source.ts'
import type { State } from '../core/state/state.ts'
import type { KeyScope } from './keymap.ts'

/** What belongs to this screen alone: it is not in the store and no event tells it. */
export type ViewState = {
  readonly pane: 'services' | 'logs'
  /** Name of the chosen service; absent: the first. */
  readonly selected?: string
  /** The log shows the chosen service alone. */
  readonly solo: boolean
  /** The last line shown; absent: the log is followed. */
  readonly bottom?: LogPosition
  readonly filter: string
  /** The filter is being typed. */
  readonly typing: boolean
  readonly wrap: boolean
  readonly timestamps: boolean
  readonly overlay?: 'help' | 'details' | 'quit' | 'kill'
  /** First row of the overlay that is shown. */
  readonly scroll: number
  /** Stopping was asked for from here. */
  readonly stopAsked: boolean
  /** A word about the last key, until the next one. */
  readonly notice?: string
}

export const initialViewState: ViewState = {
  pane: 'services',
  solo: false,
  filter: '',
  typing: false,
  wrap: false,
  timestamps: true,
  scroll: 0,
  stopAsked: false,
}

export const selectKeyScope = (view: ViewState, state: State): KeyScope => {
  if (state.questions.length > 0) return 'question'
  if (view.overlay !== undefined) return view.overlay
  return view.typing ? 'filter' : 'main'
}

/** The chosen service: the one with that name, or the first when it is gone or nothing was chosen yet. */
export const selectChosen = (view: ViewState, state: State): string | undefined =>
  state.services.some((service) => service.name === view.selected) ? view.selected : state.services[0]?.name

/** Services whose log is shown; undefined: all. */
export const selectLogServices = (view: ViewState, state: State): readonly string[] | undefined => {
  const chosen = selectChosen(view, state)
  return view.solo && chosen !== undefined ? [chosen] : undefined
}
