import { selectActivities, selectServiceViews } from '../core/state/select.ts'
import type { State } from '../core/state/state.ts'
import { untilNextAge } from './text/format.ts'

/**
 * Milliseconds until an age on the screen says something else; undefined when none is shown. Ages under a minute
 * change every second, older ones every minute, then every hour: a screen at rest hardly draws.
 */
export const selectNextAge = (state: State, now: number): number | undefined => {
  const shown = [
    ...(state.phase === 'running' || state.phase === 'stopped' || state.phase === 'loading' ? [] : [state.phaseAt]),
    ...selectServiceViews(state).flatMap(({ status }) =>
      status.since === undefined || status.tone === 'done' || status.tone === 'calm' ? [] : [status.since],
    ),
    ...selectActivities(state).flatMap((activity) => activity.since ?? []),
    ...state.problems.map((problem) => problem.at),
    ...state.reloads.slice(-1).map((reload) => reload.at),
  ]
  if (shown.length === 0) return undefined
  // All ages change together, on the full second: one frame for all of them.
  const next = now + Math.min(...shown.map((at) => untilNextAge(now - at)))
  return Math.ceil(next / 1000) * 1000 - now
}
