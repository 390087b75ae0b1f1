import { selectService } from '../../core/state/select.ts'
import { toDetailsRows, toEditRows, toProblemRows } from '../rows/details-rows.ts'
import { composeRow } from '../text/compose-row.ts'
import { selectChosen } from '../view/view-state.ts'
import type { FullScreen } from './full-screen.ts'

/** The chosen service, and behind it the problems that belong to no service or another one. */
export const details: FullScreen = {
  title: ({ view, state }) => selectChosen(view, state) ?? 'details',
  rows: ({ state, view, theme, now, revealed }, { width }) => {
    const chosen = selectChosen(view, state)
    const service = chosen === undefined ? undefined : selectService(state, chosen)
    const options = { width, theme, now }
    const others = state.problems.filter((one) => one.service === undefined || one.service !== chosen)
    const blank = composeRow([], { width, ellipsis: '' })
    const problems = others.flatMap((one) => [
      blank,
      ...(one.service === undefined
        ? []
        : [composeRow([{ text: ` ${one.service}`, paint: theme.bold }], { width, ellipsis: '' })]),
      ...toProblemRows(one, options),
    ])
    const edited = toEditRows(state, options)
    return [
      ...(service === undefined ? [] : toDetailsRows(state, service, { ...options, revealed, brief: false })),
      ...(edited.length === 0 ? [] : [blank, ...edited]),
      ...problems,
    ]
  },
}
