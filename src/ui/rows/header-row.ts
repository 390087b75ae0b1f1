import { selectCounts, selectLastReload, selectServiceViews } from '../../core/state/select.ts'
import type { State } from '../../core/state/state.ts'
import type { Theme } from '../theme.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { formatAge, formatCost } from '../text/format.ts'

const phaseWords: Readonly<Record<State['phase'], string>> = {
  loading: 'loading',
  planning: 'planning',
  applying: 'starting',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
}

/** Is it up, what is broken, and what did the last save do. */
export const toHeaderRow = (
  state: State,
  options: { readonly width: number; readonly theme: Theme; readonly now: number },
): string => {
  const { theme, now } = options
  const counts = selectCounts(state)
  const broken = [
    ...(counts.looping > 0 ? [`${counts.looping} crash-looping`] : []),
    ...(counts.bad > counts.looping ? [`${counts.bad - counts.looping} failed`] : []),
  ]
  const sentences: Segment[][] = [
    [{ text: ` ${state.project === '' ? 'stack' : state.project}`, paint: (text) => theme.bold(theme.accent(text)) }],
    toPhase(state, theme, now),
  ]
  if (counts.total > 0)
    sentences.push([
      {
        text: `${counts.up}/${counts.total} up`,
        paint: counts.up === counts.total ? (text) => theme.tone('good', text) : theme.bold,
      },
    ])
  if (broken.length > 0)
    sentences.push([
      { text: `${theme.symbols.tones.bad} ${broken.join(', ')}`, paint: (text) => theme.bold(theme.tone('bad', text)) },
    ])
  if (counts.stale > 0)
    sentences.push([
      { text: `${theme.symbols.warning} ${counts.stale} stale`, paint: (text) => theme.bold(theme.warn(text)) },
    ])
  const warnings = state.problems.filter((one) => one.problem.severity === 'warning').length
  if (warnings > 0)
    sentences.push([
      { text: `${theme.symbols.warning} ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`, paint: theme.warn },
    ])
  const left = sentences.flatMap((one, index) => (index === 0 ? one : [{ text: '   ' }, ...one]))
  return composeRow(left, {
    width: options.width,
    ellipsis: theme.symbols.ellipsis,
    goes: 'last',
    right: toReloadSegments(state, theme, now),
  })
}

const toPhase = (state: State, theme: Theme, now: number): Segment[] => {
  const word = {
    text: isAllOff(state) ? 'stopped' : phaseWords[state.phase],
    paint:
      state.phase === 'running' || state.phase === 'stopped' ? theme.dim : (text: string) => theme.tone('busy', text),
  }
  const passing = state.phase === 'applying' || state.phase === 'planning' || state.phase === 'stopping'
  return passing ? [word, { text: ` ${formatAge(now - state.phaseAt)}`, paint: theme.dim }] : [word]
}

/** The session goes on, and none of its services does. */
const isAllOff = (state: State): boolean =>
  state.phase === 'running' &&
  state.services.length > 0 &&
  selectServiceViews(state).every(({ isUp, status }) => !isUp && (status.tone === 'calm' || status.tone === 'done'))

const toReloadSegments = (state: State, theme: Theme, now: number): Segment[] => {
  const { change } = state
  if (change !== undefined)
    return [
      {
        text: `${theme.symbols.reload} ${change.service} ${change.action} `,
        paint: (text) => theme.tone('busy', text),
      },
    ]
  const reload = selectLastReload(state)
  const { edit, proposal } = state
  if (proposal !== undefined)
    return [
      { text: `${theme.symbols.reload} edit waits`, paint: theme.warn },
      { text: ` ${toEditText(proposal.changes)} ` },
    ]
  if (edit !== undefined && edit.at >= (reload?.at ?? 0))
    return [
      { text: `${theme.symbols.reload} files edited`, paint: theme.accent },
      { text: ` ${toEditText(edit.changes)} ` },
      { text: `${theme.symbols.dot} ${formatAge(now - edit.at)} ago `, paint: theme.dim },
    ]
  if (reload === undefined)
    return state.watching === undefined
      ? []
      : [
          {
            text: `watching ${state.watching.services.length === 1 ? state.watching.services[0] : `${state.watching.services.length} services`} `,
            paint: theme.dim,
          },
        ]
  const failed = reload.problem !== undefined
  const outcome = failed ? 'failed' : reload.waiting === undefined ? formatCost(reload.ms) : 'waits until it runs'
  return [
    {
      text: `${theme.symbols.reload} ${reload.service} ${reload.action}`,
      paint: (text) => (failed ? theme.tone('bad', text) : theme.accent(text)),
    },
    {
      text: ` ${outcome} `,
      ...(failed ? { paint: (text: string) => theme.tone('bad', text) } : {}),
    },
    { text: `${theme.symbols.dot} ${formatAge(now - reload.at)} ago `, paint: theme.dim },
  ]
}

const toEditText = (changes: NonNullable<State['edit']>['changes']): string =>
  changes.length === 0
    ? 'nothing changes'
    : changes.length === 1
      ? (changes[0]?.what ?? '')
      : `${changes.length} changes`
