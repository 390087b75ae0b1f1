import { type CrashLoop, type Ending, selectErrorLine } from '../../core/events/crash.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { ContainerSummary } from '../../core/events/event.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { readLastLines } from '../last-lines.ts'
import type { RecentChanges } from './recent-changes.ts'

/** The end of a process that nobody asked for. */
export type Crash = Ending & {
  readonly container: ContainerSummary
  readonly at: number
  /** How long it had run; absent when it is not known. */
  readonly ranMs?: number
}

/** Containers that end by themselves again and again: each such loop is a problem of its service, until it is over. */
export type Crashes = {
  onCrash(crash: Crash): Promise<void>
  /** It has been there, and ending again and again, before the session was. */
  onFound(container: ContainerSummary): Promise<void>
  onStarted(container: ContainerSummary): void
  /** Somebody stopped or removed it: whether it is mended shows when it is started again. */
  onHandled(container: Pick<ContainerSummary, 'service' | 'number'>): void
}

type Deps = Pick<EngineDeps, 'runtime' | 'clock'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly changes: Pick<RecentChanges, 'before'>
}

/** What is known of the ends of one container, and of those that took its place. */
type Loop = {
  crashes: number
  readonly firstAt?: number
  lastAt: number
  /** The longest run between two of its ends. */
  longestMs: number
  readonly after: CrashLoop['after']
  isRaised: boolean
  steady: AbortController
}

/** Two ends are a loop when no more than this is between them. */
const loopMs = 300_000
const shortestSteadyMs = 10_000
const lines = 50

/** A run that holds twice as long as those before it is the end of the loop. */
const toSteadyMs = ({ crashes, longestMs }: Loop): number =>
  crashes === 1 ? loopMs : Math.min(loopMs, Math.max(shortestSteadyMs, longestMs * 2))

/** Says how often it has ended by now, and what it wrote before. */
const raise = async (deps: Deps, loop: Loop, { container, exitCode, outOfMemory }: Crash): Promise<void> => {
  const { service, startedAt } = container
  const { crashes, firstAt, lastAt, after, steady } = loop
  const since = startedAt === undefined ? {} : { since: startedAt / 1000 }
  const written = await readLastLines(deps, container.id, { tail: lines, signal: deps.signal, ...since })
  const line = selectErrorLine(written)
  // Meanwhile somebody may have stopped it, or it may have ended once more.
  if (steady.signal.aborted || loop.crashes !== crashes) return
  const crash: CrashLoop = {
    exitCode,
    ...(outOfMemory === true ? { outOfMemory } : {}),
    crashes,
    ...(firstAt === undefined ? {} : { since: firstAt, last: lastAt }),
    ...(line === undefined ? {} : { line }),
    ...(after === undefined ? {} : { after }),
  }
  const problem = new StackError('service/crash-looping', { service, crash }).toProblem()
  loop.isRaised = true
  deps.emit({ type: 'problem/raised', id: toId(container), service, problem, crash })
}

/** One more end: of the loop that is known, or the first of what may become one. */
const count = (known: Loop | undefined, { at, ranMs = 0 }: Crash, after: Loop['after']): Loop => {
  const isNext = known !== undefined && at - known.lastAt <= ranMs + loopMs && ranMs <= toSteadyMs(known)
  if (!isNext)
    return {
      crashes: 1,
      firstAt: at,
      lastAt: at,
      longestMs: 0,
      after,
      isRaised: known?.isRaised ?? false,
      steady: new AbortController(),
    }
  known.longestMs = Math.max(known.longestMs, ranMs)
  known.crashes += 1
  known.lastAt = at
  known.steady = new AbortController()
  return known
}

export const createCrashes = (deps: Deps): Crashes => {
  const loops = new Map<string, Loop>()
  const settle = (id: string, loop: Loop): void => {
    loop.steady.abort()
    if (loop.isRaised) deps.emit({ type: 'problem/cleared', id })
    loop.isRaised = false
  }
  return {
    onCrash: async (crash) => {
      const { container, at } = crash
      const id = toId(container)
      const known = loops.get(id)
      known?.steady.abort()
      const loop = count(known, crash, deps.changes.before(container.service, at))
      loops.set(id, loop)
      // One that nobody starts again has just ended.
      const isAgain = container.state !== 'exited' || (container.restarts ?? 0) > 0
      if (loop.crashes > 1 && isAgain) await raise(deps, loop, crash)
    },
    onFound: async (container) => {
      const { restarts: crashes = 0, exitCode = 0, outOfMemory } = container
      if (container.state !== 'restarting' || crashes < 2) return
      const at = deps.clock.now()
      const loop = {
        crashes,
        lastAt: at,
        longestMs: 0,
        after: undefined,
        isRaised: false,
        steady: new AbortController(),
      }
      loops.set(toId(container), loop)
      await raise(deps, loop, { container, at, exitCode, ...(outOfMemory === true ? { outOfMemory } : {}) })
    },
    onStarted: (container) => {
      const id = toId(container)
      const loop = loops.get(id)
      if (loop === undefined) return
      const { signal } = loop.steady
      deps.clock.sleep(toSteadyMs(loop), { signal: AbortSignal.any([signal, deps.signal]) }).then(
        () => {
          settle(id, loop)
          loops.delete(id)
        },
        () => {},
      )
    },
    onHandled: (container) => {
      const loop = loops.get(toId(container))
      if (loop !== undefined) settle(toId(container), loop)
    },
  }
}

/** By its number, for whatever takes the place of a container goes on with its loop. */
const toId = ({ service, number }: Pick<ContainerSummary, 'service' | 'number'>): string => `crash.${service}.${number}`
