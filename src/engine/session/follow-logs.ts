import type { ContainerSummary } from '../../core/events/event.ts'
import { isAttached, type SessionState } from './state.ts'

/** From where the log of a container is told that was there before the session. */
export const toPast = ({
  request: { history },
  startedAt,
}: SessionState): { readonly since: number } | { readonly tail: number } =>
  history === undefined ? { since: startedAt } : { tail: history }

/** Those that are followed already, or were before, go on from their last line. */
export const followRunning = (state: SessionState): void => follow(state, ({ state: is }) => is === 'running')

/** With the last lines of those that have ended. */
export const followAll = (state: SessionState): void => follow(state, () => true)

const follow = (state: SessionState, isTold: (container: ContainerSummary) => boolean): void => {
  const told = state.monitor.containers().filter((one) => isTold(one) && isAttached(state, one.service))
  for (const container of told) state.follower.follow(container, toPast(state))
}
