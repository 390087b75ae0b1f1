import type { NotedCommand, State } from '../../core/state/state.ts'
import type { KeyScope, Pane } from '../keys/binding.ts'
import type { Effect } from './effect.ts'
import { initialLogView, type LogView } from './log-view.ts'

/** Full screens, which take the place of table and log; `screens/screens.ts` has one entry for each. */
export type ScreenName =
  | 'help'
  | 'palette'
  | 'details'
  | 'timeline'
  | 'graph'
  | 'reloads'
  | 'health'
  | 'builds'
  | 'objects'
  | 'changes'
  | 'commands'
  | 'openAddress'
  | 'copyAddress'

/** A full screen that is open. */
export type OpenScreen = {
  readonly name: ScreenName
  /** First row that is shown. */
  readonly scroll: number
  /** Which of its items is chosen, for screens that have some. */
  readonly cursor: number
  /** The same by its id, which holds while others come before it; absent: by its place. */
  readonly chosen?: string
  /** Only rows with these words are shown. */
  readonly words: string
  /** Items whose rows below were opened, or folded away, against what is done unasked. */
  readonly turned: readonly string[]
}

/** Something that ends or loses a thing, and is done after a yes. */
export type Confirmation = {
  /** `kill web` */
  readonly title: string
  /** What will be lost. */
  readonly text: readonly string[]
  /** The key's word in the bar: `kill it`. */
  readonly yes: string
  readonly effect: Effect
}

/** Something that an action has to know first. */
export type Prompt = {
  readonly about: 'scale' | 'exec'
  readonly services: readonly string[]
  /** What was typed so far. */
  readonly text: string
}

/** What belongs to this screen alone: it is not in the store and no event tells it. */
export type ViewState = {
  readonly pane: Pane
  /** Name of the chosen service; absent: the first. */
  readonly selected?: string
  /** The next action is for all of these, and not for the chosen one. */
  readonly marked: readonly string[]
  /** The log shows the chosen service alone. */
  readonly solo: boolean
  readonly log: LogView
  /** What is being typed goes there; absent: keys are commands. */
  readonly typing?: 'filter' | 'search' | 'screen' | 'prompt'
  /** What is asked for while `prompt` is typed. */
  readonly prompt?: Prompt
  /** The last one is shown, and `back` shows the one before it. */
  readonly screens: readonly OpenScreen[]
  readonly asking?: 'quit' | Confirmation
  /** Values that may be secrets are shown. */
  readonly reveals: boolean
  /** Clicks and the wheel are for the dashboard. */
  readonly mouse: boolean
  /** What has had the terminal for itself, newest last. */
  readonly ran: readonly NotedCommand[]
  /** Stopping was asked for from here. */
  readonly stopAsked: boolean
  /** A word about the last key, until the next one. */
  readonly notice?: string
}

export const initialViewState: ViewState = {
  pane: 'services',
  marked: [],
  solo: false,
  log: initialLogView,
  screens: [],
  reveals: false,
  mouse: false,
  ran: [],
  stopAsked: false,
}

export const selectKeyScope = (view: ViewState, state: State): KeyScope => {
  if (state.questions.length > 0) return 'question'
  if (view.asking !== undefined) return view.asking === 'quit' ? 'quit' : 'confirm'
  if (view.typing !== undefined) return 'typing'
  return view.screens.length > 0 ? 'screen' : 'main'
}

export const selectOpenScreen = (view: ViewState): OpenScreen | undefined => view.screens.at(-1)

/** The view with the open screen changed; the same when none is open. */
export const withOpenScreen = (view: ViewState, change: (open: OpenScreen) => OpenScreen): ViewState => {
  const open = selectOpenScreen(view)
  return open === undefined ? view : { ...view, screens: [...view.screens.slice(0, -1), change(open)] }
}

/** At its first row. */
export const toBeginning = ({ chosen, ...open }: OpenScreen): OpenScreen => ({ ...open, scroll: 0, cursor: 0 })

/** Without what waited for a key when it was left. */
export const toResting = ({ typing, prompt, asking, notice, ...view }: ViewState): ViewState => view

/** At the end of the log, and going on with it. */
export const following = (view: ViewState): ViewState => {
  const { bottom, paused, ...log } = view.log
  return { ...view, log }
}

/** The chosen service: the one with that name, or the first when it is gone or nothing was chosen yet. */
export const selectChosen = (view: ViewState, state: State): string | undefined =>
  state.services.some((service) => service.name === view.selected) ? view.selected : state.services[0]?.name

/** What an action is for: the marked services that are still there, in the order of the file, or else the chosen one. */
export const selectTargets = (view: ViewState, state: State): readonly string[] => {
  const marked = state.services.map(({ name }) => name).filter((name) => view.marked.includes(name))
  const chosen = selectChosen(view, state)
  return marked.length > 0 || chosen === undefined ? marked : [chosen]
}

/** Services whose log is shown; undefined: all. */
export const selectLogServices = (view: ViewState, state: State): readonly string[] | undefined => {
  const chosen = selectChosen(view, state)
  return view.solo && chosen !== undefined ? [chosen] : undefined
}
