import { toStaleService } from '../core/events/staleness.ts'
import type { StackEvent } from '../core/events/event.ts'
import type { Problem } from '../core/errors/problem.ts'

/** What there is to tell of one event. */
export type StandingNews = { readonly problem: Problem } | { readonly over: string }

/** A service of which one problem stands tells of another reason at most so often. */
const otherReasonMs = 10_000

type Standing = { readonly service: string; readonly reason: string; readonly message: string; readonly toldAt: number }

/**
 * Problems that stand for a while and are raised again meanwhile, such as that a service is stale or crashes again and again: each is
 * told once, and when it is over.
 */
export type StandingProblems = {
  /** Undefined: the event is about something else. */
  read(event: StackEvent): StandingNews | 'nothing' | undefined
  /** It has been told, and stands. */
  isTold(problem: Problem): boolean
}

export const createStandingProblems = (): StandingProblems => {
  const standing = new Map<string, Standing>()
  const running = new Map<string, string>()
  const read: StandingProblems['read'] = (event) => {
    if (event.type === 'problem/raised') {
      const { crash, problem, service } = event
      if (service === undefined || (crash === undefined && toStaleService(event) === undefined)) return undefined
      const { message } = problem
      // How often it has crashed by now is no other reason.
      const reason = crash === undefined ? message : `${crash.exitCode} ${crash.line}`
      const before = standing.get(event.id)
      const isOld = before !== undefined && (before.reason === reason || event.at - before.toldAt < otherReasonMs)
      if (isOld) return 'nothing'
      standing.set(event.id, { service, reason, message, toldAt: event.at })
      return { problem }
    }
    if (event.type === 'container/changed') {
      const { id, service, state } = event.container
      if (state === 'running') running.set(id, service)
      else running.delete(id)
    }
    if (event.type === 'container/removed') running.delete(event.id)
    if (event.type !== 'problem/cleared') return undefined
    const before = standing.get(event.id)
    if (before === undefined) return undefined
    standing.delete(event.id)
    const { service } = before
    if (toStaleService({ id: event.id, service }) === undefined)
      // That somebody stopped it says itself.
      return [...running.values()].includes(service) ? { over: `${service} is not crash-looping any more` } : 'nothing'
    const isStale = [...standing].some(
      ([id, one]) => one.service === service && toStaleService({ id, service }) !== undefined,
    )
    return isStale ? 'nothing' : { over: `${service} is in step again with what is saved` }
  }
  return { read, isTold: ({ message }) => [...standing.values()].some((one) => one.message === message) }
}
