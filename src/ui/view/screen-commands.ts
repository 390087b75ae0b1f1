import { selectServiceViews } from '../../core/state/select.ts'
import type { ScreenCommand } from '../keys/screen-keys.ts'
import { selectAsked } from './asked.ts'
import { type CommandContext, type Handler, only, send } from './handled.ts'
import {
  type ScreenName,
  selectChosen,
  selectOpenScreen,
  toBeginning,
  type ViewState,
  withOpenScreen,
} from './view-state.ts'

/** Opens a screen over the one that is shown, or closes it when it is the one. */
export const toggleScreen =
  (name: ScreenName): Handler =>
  ({ view }) =>
    only(
      selectOpenScreen(view)?.name === name ? { ...view, screens: view.screens.slice(0, -1) } : openScreen(view, name),
    )

/** A screen that is open further below comes up again, so that nobody has to go back twice through the same. */
export const openScreen = (view: ViewState, name: ScreenName): ViewState => ({
  ...view,
  screens: [...view.screens.filter((one) => one.name !== name), { name, scroll: 0, cursor: 0, words: '', turned: [] }],
})

export const screenHandlers: Readonly<Record<ScreenCommand, Handler>> = {
  help: toggleScreen('help'),
  timeline: toggleScreen('timeline'),
  graph: toggleScreen('graph'),
  reloads: toggleScreen('reloads'),
  health: toggleScreen('health'),
  builds: toggleScreen('builds'),
  objects: toggleScreen('objects'),
  changes: toggleScreen('changes'),
  commands: toggleScreen('commands'),
  palette: ({ view }) => only({ ...openScreen(view, 'palette'), typing: 'screen' }),
  refresh: ({ view, state }) => {
    if (selectOpenScreen(view)?.name === 'changes')
      return send({ ...view, notice: 'The files are read again.' }, { type: 'reload' })
    const asked = selectAsked({ view, state, hasInspector: false })
    return asked === undefined ? only(view) : send({ ...view, notice: 'Asked again.' }, asked.command)
  },
  reveal: ({ view }) => only({ ...view, reveals: !view.reveals }),
  nextService: (context) => only(withService(context, 1)),
  previousService: (context) => only(withService(context, -1)),
  mouse: ({ view }) =>
    only({
      ...view,
      mouse: !view.mouse,
      notice: view.mouse
        ? 'The mouse is left to the terminal.'
        : 'A click chooses, the wheel scrolls. Hold shift to select text.',
    }),
  find: ({ view }) => only({ ...view, typing: 'screen' }),
}

/** Another service under the same screen, from its beginning. */
const withService = ({ view, state }: CommandContext, step: 1 | -1): ViewState => {
  const names = selectServiceViews(state).map(({ name }) => name)
  const at = names.indexOf(selectChosen(view, state) ?? '')
  const selected = names.at((at + step) % names.length)
  return selected === undefined
    ? view
    : withOpenScreen({ ...view, selected }, (open) => ({ ...toBeginning(open), turned: [] }))
}
