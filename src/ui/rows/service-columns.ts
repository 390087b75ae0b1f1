import type { ServiceView } from '../../core/state/select.ts'
import { textWidth } from '../../wire/cell-width.ts'

/** Cells of each column of the table, 0 where it has no room; the gap behind it is its own. */
export type Columns = {
  readonly name: number
  readonly state: number
  readonly age: number
  /** CPU: the number, and its last values as a line. */
  readonly cpu: number
  readonly cpuLine: number
  readonly memory: number
  readonly memoryLine: number
  readonly network: number
  readonly restarts: number
  readonly tier: number
  readonly ports: number
  readonly note: number
  readonly image: number
}

const smallestStateWidth = 13

/**
 * Room goes to name, state and reason first. As it gets narrow network, tier, restarts, lines, memory and age leave, in that
 * order; the reason never.
 */
export const toColumns = (views: readonly ServiceView[], width: number): Columns => {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
  const name = Math.min(Math.max(7, longest(views.map(toName))), Math.max(7, Math.floor(width * 0.25))) + 2
  const age = width >= 44 ? 6 : 0
  // Cut is what nobody could guess the end of, but for the smallest screens.
  const state =
    width < 44 ? smallestStateWidth : Math.max(smallestStateWidth, longest(views.map(({ status }) => status.word)) + 1)
  const tier =
    width >= 120 && views.some((view) => view.tier !== undefined)
      ? Math.max(6, Math.min(14, longest(views.map((view) => view.tier ?? '')) + 2))
      : 0
  const image = width >= 150 ? Math.min(34, longest(views.map((view) => view.image ?? '')) + 2) : 0
  const measured = toMeasuredColumns(views, width)
  const taken = Object.values(measured).reduce((sum, cells) => sum + cells, 0)
  const rest = Math.max(0, width - 5 - name - state - age - tier - image - taken)
  const ports = width >= 100 ? Math.min(Math.floor(rest * 0.5), Math.max(7, longest(views.map(toPortsText))) + 2) : 0
  return { name, state, age, tier, image, ...measured, ports, note: rest - ports }
}

type MeasuredColumns = Pick<Columns, 'cpu' | 'cpuLine' | 'memory' | 'memoryLine' | 'network' | 'restarts'>

/** No column for what nobody has measured. */
const toMeasuredColumns = (views: readonly ServiceView[], width: number): MeasuredColumns => {
  const isMeasured = views.some(({ usage }) => usage !== undefined)
  const hasRestarted = views.some(({ restarts }) => restarts > 0)
  const at = (least: number, cells: number): number => (isMeasured && width >= least ? cells : 0)
  return {
    // The line says more than the number where there is room for one of the two.
    cpu: width >= 76 && width < 96 ? 0 : at(60, 7),
    cpuLine: at(76, width >= 130 ? 14 : 10),
    memory: at(66, 7),
    memoryLine: at(150, 10),
    network: at(170, 17),
    restarts: width >= 110 && hasRestarted ? 5 : 0,
  }
}

export const toName = (view: ServiceView): string =>
  view.replicas.wanted > 1 ? `${view.name} ${view.replicas.running}/${view.replicas.wanted}` : view.name

export const toPortsText = (view: ServiceView): string => view.published.map((one) => one.url ?? one.host).join(' ')
