import { type Layout, toLogWidth } from '../layout.ts'
import { selectItems } from '../screens/screens.ts'
import type { MouseReport } from '../terminal/reports.ts'
import { type CommandContext, type Handled, only } from './handled.ts'
import { toChosen } from './move-commands.ts'
import { updateView } from './update-view.ts'
import { following, selectKeyScope, type ViewState, withOpenScreen } from './view-state.ts'

/** What stands where on the screen that somebody points at. */
export type Pointed = {
  readonly layout: Layout
  /** Services whose rows are shown, from the top. */
  readonly shown: readonly string[]
  /** In which of its rows each item of the open screen stands. */
  readonly items: readonly number[]
}

type Target =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'services' | 'logs' | 'screen' }
  | { readonly kind: 'item'; readonly index: number }

/** Lines for one notch of the wheel, as most terminals have it. */
const notch = 3

/** A click chooses what it points at; the wheel moves what is under the pointer, and the keyboard stays where it is. */
export const pointAt = (report: MouseReport, context: CommandContext, pointed: Pointed): Handled => {
  const scope = selectKeyScope(context.view, context.state)
  const target = findTarget(report, pointed)
  const isFree = scope === 'main' || scope === 'screen' || context.view.typing === 'screen'
  if (target === undefined || !isFree) return only(context.view)
  return report.kind === 'click' ? click(target, context) : turnWheel(report, target, context)
}

/** The rows from top to bottom, as the panes are stacked. */
const findTarget = ({ x, y }: MouseReport, { layout, shown, items }: Pointed): Target | undefined => {
  let top = layout.header + layout.gap
  if (y < top) return undefined
  if (y < top + layout.overlay) {
    const index = items.indexOf(y - top)
    // The first row is the title.
    return y > top && index >= 0 ? { kind: 'item', index } : { kind: 'screen' }
  }
  top += layout.overlay
  if (y < top + layout.table) {
    const name = shown[y - top - (layout.heading ? 1 : 0)]
    return name === undefined ? { kind: 'services' } : { kind: 'service', name }
  }
  top += layout.table + layout.activities + layout.logGap
  return y >= top && y < top + layout.logs && x < toLogWidth(layout) ? { kind: 'logs' } : undefined
}

const click = (target: Target, context: CommandContext): Handled => {
  const { notice, ...view } = context.view
  switch (target.kind) {
    case 'service':
      return only({ ...(view.solo ? following(view) : view), pane: 'services', selected: target.name })
    case 'services':
    case 'logs':
      return only({ ...view, pane: target.kind })
    case 'item': {
      const chosen = withOpenScreen(view, (open) =>
        toChosen(open, target.index, selectItems(open, { ...context, view })),
      )
      return updateView(view.typing === 'screen' ? 'accept' : 'choose', { ...context, view: chosen })
    }
    case 'screen':
      return only(view)
  }
}

const turnWheel = ({ kind }: MouseReport, target: Target, context: CommandContext): Handled => {
  const { pane } = context.view
  const isTable = target.kind === 'service' || target.kind === 'services'
  let view: ViewState = { ...context.view, pane: isTable ? 'services' : target.kind === 'logs' ? 'logs' : pane }
  const steps = isTable || target.kind === 'item' ? 1 : notch
  for (let step = 0; step < steps; step += 1)
    view = updateView(kind === 'wheelUp' ? 'up' : 'down', { ...context, view }).view
  return only({ ...view, pane })
}
