import { toStaleService } from '../core/events/staleness.ts'
import type { StackEvent } from '../core/events/event.ts'
import type { Problem } from '../core/errors/problem.ts'

/** What there is to tell of one event. */
export type StaleNews = { readonly problem: Problem } | { readonly inStep: string }

/** A service that stays stale tells of another reason at most so often. */
const otherReasonMs = 10_000

type Standing = { readonly service: string; readonly message: string; readonly toldAt: number }

/** When services become stale, and when they are in step again: each is told once, however often its problem is raised meanwhile. */
export type Staleness = {
  /** Undefined: the event is about something else. */
  read(event: StackEvent): StaleNews | 'nothing' | undefined
  /** It has been told, and stands. */
  isTold(problem: Problem): boolean
}

export const createStaleness = (): Staleness => {
  const standing = new Map<string, Standing>()
  const read: Staleness['read'] = (event) => {
    if (event.type === 'problem/raised') {
      const service = toStaleService(event)
      if (service === undefined) return undefined
      const { message } = event.problem
      const before = standing.get(event.id)
      const isOld = before !== undefined && (before.message === message || event.at - before.toldAt < otherReasonMs)
      if (isOld) return 'nothing'
      standing.set(event.id, { service, message, toldAt: event.at })
      return { problem: event.problem }
    }
    if (event.type !== 'problem/cleared') return undefined
    const before = standing.get(event.id)
    if (before === undefined) return undefined
    standing.delete(event.id)
    const isStale = [...standing.values()].some(({ service }) => service === before.service)
    return isStale ? 'nothing' : { inStep: before.service }
  }
  return { read, isTold: ({ message }) => [...standing.values()].some((one) => one.message === message) }
}
