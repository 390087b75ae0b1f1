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
import { toSafeOutput } from '../../wire/safe-text.ts'

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

/** What a watch knows, and what it is at. */
type Watch = {
  readonly deps: WatchDeps
  readonly target: WatchTarget
  readonly signal: AbortSignal
  readonly listeners: Set<(failure?: unknown) => void>
  readonly openedAt: number
  details: ContainerDetails | undefined
  isGone: boolean
  looked: boolean
  lookedAt: number
  run: Run
  looking: boolean
  lookAgain: boolean
  probing: boolean
  lastExitCode: number | undefined
}

/**
 * Watches one container: looks at it once, again after each event that says that it changed and after a lost stream, and
 * runs its healthcheck's test with back-off while it runs and is not healthy. At most one probe at a time, none after it
 * was healthy.
 */
export const createContainerWatch = (deps: WatchDeps, target: WatchTarget): ContainerWatch => {
  const controller = new AbortController()
  const now = deps.clock.now()
  const watch: Watch = {
    deps,
    target,
    signal: AbortSignal.any([deps.signal, controller.signal]),
    listeners: new Set(),
    openedAt: now,
    details: undefined,
    isGone: false,
    looked: false,
    lookedAt: now,
    run: newRun(now),
    looking: false,
    lookAgain: false,
    probing: false,
    lastExitCode: undefined,
  }
  const unsubscribe = deps.events.subscribe((said: EngineSignal) => {
    if (said.type === 'event') onEvent(watch, said.event)
    else void look(watch)
  })
  deps.events.open()
  void look(watch)
  return {
    view: () => (watch.looked ? toView({ ...watch, now: deps.clock.now() }) : undefined),
    look: () => look(watch),
    subscribe: (listener) => {
      watch.listeners.add(listener)
      return () => watch.listeners.delete(listener)
    },
    close: () => {
      unsubscribe()
      controller.abort()
      watch.listeners.clear()
    },
  }
}

const tell = ({ listeners }: Watch, failure?: unknown): void => {
  for (const listener of [...listeners]) listener(failure)
}

const look = async (watch: Watch): Promise<void> => {
  if (watch.looking) {
    watch.lookAgain = true
    return
  }
  watch.looking = true
  try {
    do {
      watch.lookAgain = false
      await lookOnce(watch)
    } while (watch.lookAgain)
    watch.looking = false
    tell(watch)
    void probe(watch)
  } catch (error) {
    watch.looking = false
    if (!watch.signal.aborted) tell(watch, error)
  }
}

const lookOnce = async (watch: Watch): Promise<void> => {
  const { deps, target, signal } = watch
  watch.lookedAt = deps.clock.now()
  const { clock, random } = deps
  const found = await withRetry(() => deps.runtime.inspectContainer(target.id, { signal }), { clock, random, signal })
  const { details } = watch
  if (found !== undefined && details !== undefined && found.startedAt !== details.startedAt)
    watch.run = newRun(clock.now())
  watch.isGone = found === undefined
  watch.details = found
  watch.looked = true
}

const probe = async (watch: Watch): Promise<void> => {
  const check = watch.details?.healthcheck
  if (watch.probing || check === undefined || toProbeCommand(check.test).length === 0) return
  watch.probing = true
  try {
    while (mayProbe(watch.details, watch.run)) {
      const exitCode = await probeOnce(watch, check)
      if (!mayProbe(watch.details, watch.run)) break
      const waited = watch.deps.clock.now() - watch.run.since
      // A test that hung may still be running in there: it gets its time before the next.
      const pause = exitCode === -1 ? Math.min(check.timeoutMs, lastDelayMs * 5) : 0
      const delay = Math.max(pause, firstDelayMs, Math.min(lastDelayMs, waited * delayShare))
      await watch.deps.clock.sleep(delay, { signal: watch.signal })
    }
  } catch (error) {
    watch.probing = false
    // A probe that could not be asked for says nothing of the container.
    if (isCutOff(error)) await look(watch)
    else if (!watch.signal.aborted) tell(watch, error)
  } finally {
    watch.probing = false
  }
}

/** Runs the test once and takes down what it said of the run that it was begun in. */
const probeOnce = async (watch: Watch, check: NonNullable<ContainerDetails['healthcheck']>): Promise<number> => {
  const { deps, target, signal, openedAt, run } = watch
  const { clock } = deps
  let startedAt = clock.now()
  const result = await deps.slots.run(() => {
    startedAt = clock.now()
    return runProbe(deps.runtime, { id: target.id, test: check.test }, { timeoutMs: check.timeoutMs, signal, clock })
  })
  const { exitCode, output } = result
  if (run !== watch.run) return exitCode
  const before = { ...run, ...toHealth(run, watch.details) }
  watch.run = afterProbe(before, { result, retries: check.retries, now: clock.now(), openedAt })
  const { service, name: container } = target
  deps.emit({
    type: 'probe/ended',
    service,
    container,
    healthy: exitCode === 0,
    exitCode,
    output,
    ...toSpan(startedAt, clock.now()),
  })
  tell(watch)
  return exitCode
}

const toSpan = (startedAt: number, endedAt: number) => ({ startedAt, ms: endedAt - startedAt })

const onEvent = (watch: Watch, event: EngineEvent): void => {
  if (event.id !== watch.target.id) return
  if (event.action === 'start' || event.action === 'restart') watch.run = newRun(watch.deps.clock.now())
  if (event.action === 'die') watch.lastExitCode = event.exitCode
  if (event.health === 'healthy') {
    watch.run = { ...watch.run, health: 'healthy' }
    tell(watch)
  } else if (event.health === 'unhealthy') {
    watch.run = { ...watch.run, health: 'unhealthy', isUnhealthy: event.at >= watch.run.since }
    void look(watch)
  } else if (looksAgain.has(event.action)) void look(watch)
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
    outOfMemory: details?.oomKilled === true,
    why: details === undefined ? '' : details.error === '' && details.oomKilled ? 'out of memory' : details.error,
    ...(run.probedAt === undefined ? {} : { probedMs: Math.max(0, now - run.probedAt) }),
    isUnhealthy: run.isUnhealthy,
    probes: run.probes,
    ...(lastProbe === undefined
      ? {}
      : { lastProbe: { exitCode: lastProbe.exitCode, output: toSafeOutput(lastProbe.output) } }),
    ranMs: details?.startedAt === undefined ? 0 : Math.max(0, now - details.startedAt * 1000),
    // Not since the engine's own time of its start: that is before a start which takes long has begun the process.
    upMs: Math.max(0, lookedAt - run.since),
  }
}
