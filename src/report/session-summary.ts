import type { LogBuffer } from '../core/state/log-buffer.ts'
import { selectLastWords } from '../core/state/log-words.ts'
import { selectCounts, selectServiceViews, type ServiceView } from '../core/state/select.ts'
import type { State } from '../core/state/state.ts'
import { padToCells, textWidth } from '../wire/cell-width.ts'
import { toVisibleLine } from '../wire/safe-text.ts'
import type { Paint } from './paint.ts'

export type SessionSummaryInput = {
  readonly state: State
  readonly logs: Pick<LogBuffer, 'tail' | 'rest'>
  /** The commands that lead on from here, as typed: `stack ui -p shop`. */
  readonly commands: {
    readonly comeBack: string
    readonly takeDown: string
    /** Absent where it cannot be started from here. */
    readonly start?: string
  }
  readonly paint: Paint
}

/** What a dashboard leaves behind when it ends: what runs and where, what is broken and why, and how to go on. */
export const toSessionSummary = (input: SessionSummaryInput): readonly string[] => {
  const { state, paint } = input
  if (state.project === '') return []
  const views = selectServiceViews(state)
  const bad = views.filter(({ status }) => status.tone === 'bad')
  const up = views.filter((view) => view.isUp && !bad.includes(view))
  const addressed = up.filter(({ published }) => published.length > 0)
  const others = up.filter((view) => !addressed.includes(view))
  const isAnyUp = views.some(({ isUp }) => isUp)
  const off = isAnyUp
    ? views.filter(({ isUp, status }) => !isUp && status.tone !== 'bad' && status.tone !== 'done')
    : []
  const width = [...bad, ...addressed].reduce((most, { name }) => Math.max(most, textWidth(toVisibleLine(name))), 0)
  const toRow = ({ name }: ServiceView, texts: readonly string[]): string =>
    `  ${padToCells(toVisibleLine(name), width)}  ${texts.filter((text) => text !== '').join('  ')}`
  return [
    toHeadline(input, { isUp: isAnyUp, hasBad: bad.length > 0 }),
    ...bad.map((view) => toRow(view, [paint('red', toVisibleLine(toFault(view, input))), toAddresses(view, paint)])),
    ...addressed.map((view) =>
      toRow(view, [toAddresses(view, paint), view.status.tone === 'busy' ? view.status.word : '']),
    ),
    ...toNameLine(addressed.length === 0 ? 'up' : 'also up', others, ({ status }) => status.tone === 'busy'),
    ...toNameLine('not up', off, () => true),
    ...toWayOn(input, views),
  ]
}

/** `  not up: api (waiting), mail (stopped)` */
const toNameLine = (
  title: string,
  views: readonly ServiceView[],
  tellsState: (view: ServiceView) => boolean,
): readonly string[] =>
  views.length === 0
    ? []
    : [
        `  ${title}: ${views.map((view) => `${toVisibleLine(view.name)}${tellsState(view) ? ` (${view.status.word})` : ''}`).join(', ')}`,
      ]

const toHeadline = (
  { state, paint }: SessionSummaryInput,
  { isUp, hasBad }: { readonly isUp: boolean; readonly hasBad: boolean },
): string => {
  const name = paint('bold', toVisibleLine(state.project))
  const sign = hasBad ? paint('red', '✘') : paint('green', '✔')
  if (!state.services.some(hasContainers)) return `${hasBad ? sign : '○'} ${name} has no containers`
  if (!isUp) return `${sign} ${name} has stopped`
  if (isEngineAway(state)) return `? ${name} was running when the engine was last seen`
  const { up, total } = selectCounts(state)
  const count = up === total ? `all ${toCount(total)} up` : `${up} of ${toCount(total)} up`
  return `${sign} ${name} ${state.exit === 0 ? 'keeps running' : 'still runs'}: ${count}`
}

const hasContainers = ({ containers }: State['services'][number]): boolean => containers.length > 0
const isEngineAway = ({ problems }: State): boolean => problems.some(({ id }) => id === 'engine')
const toCount = (count: number): string => `${count} ${count === 1 ? 'service' : 'services'}`

/** `exit 1: TypeError: cart is undefined`: the word of its row, and the reason or else what its log says. */
const toFault = ({ name, status }: ServiceView, { logs }: SessionSummaryInput): string => {
  const reason = status.reason ?? (/^exit \d/.test(status.word) ? selectLastWords(logs, name) : undefined)
  return reason === undefined ? status.word : `${status.word}: ${reason}`
}

const toAddresses = ({ published }: ServiceView, paint: Paint): string =>
  published.length === 0
    ? ''
    : paint(
        'cyan',
        published
          .map(({ host, url, protocol }) => url ?? (protocol === 'tcp' ? host : `${host}/${protocol}`))
          .join('  '),
      )

const toWayOn = (
  { state, commands: { comeBack, takeDown, start } }: SessionSummaryInput,
  views: readonly ServiceView[],
): readonly string[] => {
  if (views.some(({ isUp }) => isUp))
    return [
      `"${comeBack}" comes back to ${isEngineAway(state) ? 'it when the engine is back' : 'it'}, "${takeDown}" takes it down.`,
    ]
  const again = start === undefined ? [] : [`"${start}" starts it${state.services.some(hasContainers) ? ' again' : ''}`]
  const gone = state.services.some(hasContainers) ? [`"${takeDown}" removes it`] : []
  const ways = [...again, ...gone]
  return ways.length === 0 ? [] : [`${ways.join(', ')}.`]
}
