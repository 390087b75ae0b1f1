import { isCutOff } from '../await-engine.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { EngineEvents, EngineSignal } from '../engine-events.ts'
import type { ContainerDetails } from '../ports/container-runtime.ts'
import type { EngineEvent } from '../ports/runtime.ts'
import { withRetry } from '../retry.ts'
import { runProbe, toProbeCommand } from './probe.ts'
import type { Slots } from './slots.ts'
import type { ContainerView } from './verdict.ts'

export type WatchTarget = { readonly id: string; readonly name: string; readonly service: string }

/** One container that is being waited for, seen through the engine's events and probes of our own. */
export type ContainerWatch = {
  /** Absent until the container has been looked at for the first time. */
  view(): ContainerView | undefined
  /** Told after each change of the view, and when looking failed. */
  subscribe(listener: (failure?: unknown) => void): () => void
  /** Asks the engine again; the listeners are told. */
  look(): Promise<void>
  close(): void
}

type WatchDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'> & {
  readonly events: EngineEvents
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly slots: Slots
}

const looksAgain: ReadonlySet<string> = new Set([
  'start',
  'die',
  'destroy',
  'restart',
  'pause',
  'unpause',
  'oom',
  'rename',
])
const firstDelayMs = 50
const lastDelayMs = 1000
// A delay in proportion to the time already waited: readiness is seen at most an eighth of it late, and a slow starter is asked rarely.
const delayShare = 1 / 8
// How long an `unhealthy` that is older than our waiting may be wrong: what the engine says of the run before the last.
const staleMs = 2000

/**
 * Watches one container: looks at it once, again after each event that says that it changed and after a lost stream, and
 * runs its healthcheck's test with back-off while it runs and is not healthy. At most one probe at a time, none after it
 * was healthy.
 */
export const createContainerWatch = (deps: WatchDeps, target: WatchTarget): ContainerWatch => {
  const { clock } = deps
  const controller = new AbortController()
  const signal = AbortSignal.any([deps.signal, controller.signal])
  const listeners = new Set<(failure?: unknown) => void>()
  const openedAt = clock.now()
  let details: ContainerDetails | undefined
  let isGone = false
  let looked = false
  let run = newRun(clock.now())
  let looking = false
  let lookAgain = false
  let probing = false
  let lastExitCode: number | undefined
  let lookedAt = clock.now()

  const tell = (failure?: unknown): void => {
    for (const listener of [...listeners]) listener(failure)
  }
  const look = async (): Promise<void> => {
    if (looking) {
      lookAgain = true
      return
    }
    looking = true
    try {
      do {
        lookAgain = false
        lookedAt = clock.now()
        const found = await withRetry(() => deps.runtime.inspectContainer(target.id, { signal }), {
          clock,
          random: deps.random,
          signal,
        })
        if (found !== undefined && details !== undefined && found.startedAt !== details.startedAt)
          run = newRun(clock.now())
        isGone = found === undefined
        details = found
        looked = true
      } while (lookAgain)
      looking = false
      tell()
      void probe()
    } catch (error) {
      looking = false
      if (!signal.aborted) tell(error)
    }
  }
  const probe = async (): Promise<void> => {
    const check = details?.healthcheck
    if (probing || check === undefined || toProbeCommand(check.test).length === 0) return
    probing = true
    try {
      while (mayProbe(details, run)) {
        const current = run
        const result = await deps.slots.run(() =>
          runProbe(deps.runtime, { id: target.id, test: check.test }, { timeoutMs: check.timeoutMs, signal, clock }),
        )
        if (current === run) {
          run = afterProbe(
            { ...run, ...toHealth(run, details) },
            { result, retries: check.retries, now: clock.now(), openedAt },
          )
          deps.emit({
            type: 'probe/ended',
            service: target.service,
            container: target.name,
            healthy: result.exitCode === 0,
            exitCode: result.exitCode,
            output: result.output,
          })
          tell()
        }
        if (!mayProbe(details, run)) break
        const waited = clock.now() - run.since
        // A test that hung may still be running in there: it gets its time before the next.
        const pause = result.exitCode === -1 ? check.timeoutMs : 0
        await clock.sleep(
          Math.max(Math.min(pause, lastDelayMs * 5), firstDelayMs, Math.min(lastDelayMs, waited * delayShare)),
          { signal },
        )
      }
    } catch (error) {
      probing = false
      // A probe that could not be asked for says nothing of the container.
      if (isCutOff(error)) await look()
      else if (!signal.aborted) tell(error)
    } finally {
      probing = false
    }
  }
  const onEvent = (event: EngineEvent): void => {
    if (event.id !== target.id) return
    if (event.action === 'start' || event.action === 'restart') run = newRun(clock.now())
    if (event.action === 'die') lastExitCode = event.exitCode
    if (event.health === 'healthy') {
      run = { ...run, health: 'healthy' }
      tell()
    } else if (event.health === 'unhealthy') {
      run = { ...run, health: 'unhealthy', isUnhealthy: event.at >= run.since }
      void look()
    } else if (looksAgain.has(event.action)) void look()
  }
  const unsubscribe = deps.events.subscribe((said: EngineSignal) => {
    if (said.type === 'event') onEvent(said.event)
    else void look()
  })
  deps.events.open()
  void look()

  return {
    view: () => (looked ? toView({ details, isGone, run, lastExitCode, lookedAt, now: clock.now() }) : undefined),
    look,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      unsubscribe()
      controller.abort()
      listeners.clear()
    },
  }
}

/** What is known of one run of the container's process; a restart begins another. */
type Run = {
  readonly since: number
  readonly probes: number
  readonly failures: number
  /** When a probe of ours succeeded. */
  readonly probedAt?: number
  readonly isUnhealthy: boolean
  readonly health?: 'healthy' | 'unhealthy'
  readonly lastProbe?: { readonly exitCode: number; readonly output: string }
}

const newRun = (since: number): Run => ({ since, probes: 0, failures: 0, isUnhealthy: false })

const toHealth = (run: Run, details: ContainerDetails | undefined): Pick<Run, 'health'> => {
  const health = run.health ?? details?.health
  return health === undefined || health === 'starting' ? {} : { health }
}

type Probed = {
  readonly result: { readonly exitCode: number; readonly output: string }
  readonly retries: number
  readonly now: number
  readonly openedAt: number
}

const afterProbe = (run: Run, { result, retries, now, openedAt }: Probed): Run => {
  const failures = result.exitCode === 0 ? 0 : run.failures + 1
  return {
    ...run,
    probes: run.probes + 1,
    failures,
    lastProbe: result,
    ...(result.exitCode === 0 ? { probedAt: now } : {}),
    // An `unhealthy` from before counts once our own probes agree for a while.
    isUnhealthy: run.isUnhealthy || (run.health === 'unhealthy' && failures >= retries && now - openedAt >= staleMs),
  }
}

const mayProbe = (details: ContainerDetails | undefined, run: Run): boolean =>
  details?.state === 'running' &&
  details.health !== 'healthy' &&
  run.health !== 'healthy' &&
  run.probedAt === undefined &&
  !run.isUnhealthy

type Seen = {
  readonly details: ContainerDetails | undefined
  readonly isGone: boolean
  readonly run: Run
  readonly lastExitCode: number | undefined
  readonly lookedAt: number
  readonly now: number
}

const toView = ({ details, isGone, run, lastExitCode, lookedAt, now }: Seen): ContainerView => {
  const health = run.health ?? details?.health
  const enginesProbe = details?.probes.at(-1)
  const lastProbe = run.lastProbe ?? enginesProbe
  return {
    state: isGone || details === undefined ? 'gone' : details.state,
    ...(health === undefined ? {} : { health }),
    // While it is restarting the engine tells the code of its last run in the event only.
    exitCode: details?.exitCode ?? lastExitCode ?? 0,
    hasHealthcheck: details?.healthcheck !== undefined,
    restarts: details?.restartCount ?? 0,
    why: details === undefined ? '' : details.error === '' && details.oomKilled ? 'out of memory' : details.error,
    ...(run.probedAt === undefined ? {} : { probedMs: Math.max(0, now - run.probedAt) }),
    isUnhealthy: run.isUnhealthy,
    probes: run.probes,
    ...(lastProbe === undefined ? {} : { lastProbe: { exitCode: lastProbe.exitCode, output: lastProbe.output } }),
    // Not since the engine's own time of its start: that is before a start which takes long has begun the process.
    upMs: Math.max(0, lookedAt - run.since),
  }
}
