import { selectService } from '../../core/state/select.ts'
import type { Binding } from '../keys/binding.ts'
import type { UiCommand } from '../keys/keymap.ts'
import { toKeyLabel } from '../keys/key-names.ts'
import { fit } from '../text/fit.ts'
import { selectChosen, selectTargets, type ViewState } from '../view/view-state.ts'
import type { FullScreen, ItemContext, ScreenItem } from './full-screen.ts'

/** Keys that only move, or that the palette itself is opened with, are no actions. */
const isAction = (one: Binding<UiCommand>): boolean =>
  one.when.includes('main') && one.group !== 'Move' && one.command !== 'palette'

/** Every action, with its key and what is typed into a shell for the same; Enter does it. */
export const palette: FullScreen = {
  title: () => 'all actions',
  chooses: 'choose',
  items: (context) => context.keys.filter(isAction).map((one) => toItem(one, context)),
}

const toItem = (one: Binding<UiCommand>, { view, state }: ItemContext): ScreenItem => {
  const targets = selectTargets(view, state)
  const isUp = targets.some((name) => selectService(state, name)?.isUp === true)
  const written = isUp ? one.commandLine : (one.commandLineWhenDown ?? one.commandLine)
  const line =
    written
      ?.replace('SERVICES=N', targets.map((name) => `${name}=N`).join(' '))
      .replace('SERVICES', targets.join(' '))
      .replace('SERVICE', selectChosen(view, state) ?? '') ?? ''
  return {
    text: `${one.group} ${one.command} ${one.help} ${one.keys.join(' ')} ${line}`,
    segments: ({ theme, unicode, columns }) => ({
      left: [
        { text: fit(one.keys[0] === undefined ? '' : toKeyLabel(one.keys[0], unicode), 8), paint: theme.accent },
        { text: columns < 100 ? '' : fit(one.group, 9), paint: theme.dim },
        // The longest of them is cut before the command line is lost.
        {
          text:
            columns < 60 ? one.help : fit(one.help, Math.floor(columns * 0.55), { ellipsis: theme.symbols.ellipsis }),
        },
        { text: columns < 60 ? '' : `  ${line}`, paint: theme.dim },
      ],
    }),
    choose: ({ view: now }) => ({ view: closed(now), effects: [], next: one.command }),
  }
}

const closed = ({ typing, ...view }: ViewState): ViewState => ({ ...view, screens: view.screens.slice(0, -1) })
