import { type Ending, isLikeStopped } from '../../core/events/crash.ts'
import type { ContainerSummary } from '../../core/events/event.ts'
import { isCutOff } from '../await-engine.ts'
import { toContainerSummary } from '../container-summary.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { EngineEvents } from '../engine-events.ts'
import type { LoggedContainer } from '../logs/merge-logs.ts'
import type { ContainerDetails } from '../ports/container-runtime.ts'
import type { EngineEvent } from '../ports/runtime.ts'
import type { Crash, Crashes } from './crashes.ts'
import { toSafeOutput } from '../../wire/safe-text.ts'

export type ContainerExit = {
  readonly container: ContainerSummary
  readonly exitCode: number
  /** Somebody else stopped it, so it may be about to start again. */
  readonly isByHand: boolean
}

export type Monitor = {
  /** Looks at all containers of the project. */
  lookAtAll(): Promise<void>
  containers(): readonly ContainerSummary[]
}

type MonitorDeps = Pick<EngineDeps, 'runtime'> & {
  readonly emit: Emit
  readonly events: EngineEvents
  readonly signal: AbortSignal
}
export type MonitorOptions = {
  readonly project: string
  /** `isNew`: it was created while we watched, and has written nothing before. */
  readonly onStart: (container: LoggedContainer, isNew: boolean) => void
  /** It was started, or goes on after a pause; after it has been looked at. */
  readonly onStarted: (container: ContainerSummary) => void
  readonly onExit: (exit: ContainerExit) => void
  /** Ends that nobody asked for, and those that somebody did. */
  readonly crashes: Pick<Crashes, 'onCrash' | 'onFound' | 'onHandled'>
  readonly onFailure: (error: unknown) => void
  /** Everything was looked at again after events were lost. */
  readonly onCaughtUp: () => void
  /** What the container wrote before it ended is told first. */
  readonly beforeExit: (id: string) => Promise<void>
}

/** Somebody asked for this end. */
type Death = EngineEvent & { readonly isByHand: boolean }

const telling: ReadonlySet<string> = new Set([
  'create',
  'start',
  'restart',
  'die',
  'stop',
  'pause',
  'unpause',
  'rename',
  'health_status',
  'oom',
  'update',
])

/**
 * Keeps what is known of the project's containers true: the engine's events say which one to look at again, a lost stream
 * says all. Tells `container/changed` and `container/removed`, and whose start or end it was.
 */
// oxlint-disable-next-line max-lines-per-function -- what a session knows of its containers, in one closure
export const createMonitor = (deps: MonitorDeps, options: MonitorOptions): Monitor => {
  const known = new Map<string, ContainerSummary>()
  const looking = new Map<string, { again: boolean; readonly done: Promise<void> }>()
  const killed = new Set<string>()
  const deaths = new Map<string, Death>()
  const born = new Set<string>()
  const starved = new Set<string>()

  const put = (container: ContainerSummary): void => {
    const before = known.get(container.id)
    known.set(container.id, container)
    if (before !== undefined && isSame(before, container)) return
    deps.emit({ type: 'container/changed', container })
    if (before === undefined) guard(options.crashes.onFound(container))
  }
  const drop = (id: string): void => {
    const before = known.get(id)
    if (!known.delete(id) || before === undefined) return
    deps.emit({ type: 'container/removed', id, service: before.service })
    options.crashes.onHandled(before)
  }
  const look = async (id: string): Promise<void> => {
    const details = await deps.runtime.inspectContainer(id, { signal: deps.signal })
    if (details === undefined || details.state === 'removing') return drop(id)
    if (details.oneOff) return
    const death = deaths.get(id)
    deaths.delete(id)
    const now = toContainerSummary(details)
    // Started again before we looked: that it had ended, and how, is told all the same.
    const isBack = death !== undefined && now.state === 'running' && (now.startedAt ?? 0) > death.at
    if (isBack || hasEnded(now)) await options.beforeExit(id)
    if (isBack && !death.isByHand && known.get(id)?.startedAt !== now.startedAt)
      put({ ...(known.get(id) ?? now), state: 'restarting', ...toEnding(death) })
    if (now.health === 'unhealthy' && known.get(id)?.health !== 'unhealthy') tellFailedProbes(deps.emit, details)
    const isByHand = killed.has(id) || death?.isByHand === true ? hasEnded(now) : wasStoppedBefore(now)
    put(isByHand ? { ...now, byHand: true } : keepByHand(known.get(id), now))
  }
  // Nobody can be asked any more who ended it.
  const wasStoppedBefore = (now: ContainerSummary): boolean =>
    !known.has(now.id) && !born.has(now.id) && now.state === 'exited' && isLikeStopped(now)
  // The flag of a container is that of its present run, which may be the next one by now.
  const toEnding = ({ id, exitCode = 0 }: EngineEvent): Ending =>
    starved.has(id) && exitCode === killedCode ? { exitCode, outOfMemory: true } : { exitCode }
  /** One look at a time; who asks while one goes on gets the result of the next. */
  const lookAt = (id: string): Promise<void> => {
    const current = looking.get(id)
    if (current !== undefined) {
      current.again = true
      return current.done
    }
    const loop = async (): Promise<void> => {
      try {
        do {
          mine.again = false
          await look(id)
        } while (mine.again)
      } finally {
        looking.delete(id)
      }
    }
    const begun = Promise.withResolvers<void>()
    const mine = { again: false, done: begun.promise.then(loop) }
    looking.set(id, mine)
    begun.resolve()
    return mine.done
  }
  const onDeath = async (event: EngineEvent): Promise<void> => {
    // Whoever killed it ended this run, and not the one that may have begun and ended before it is looked at.
    const isByHand = killed.delete(event.id)
    deaths.set(event.id, { ...event, isByHand })
    const startedAt = known.get(event.id)?.startedAt
    await lookAt(event.id)
    const container = known.get(event.id)
    const ending = toEnding(event)
    starved.delete(event.id)
    if (container === undefined) return
    if (isByHand) options.crashes.onHandled(container)
    else guard(options.crashes.onCrash(toCrash({ container, event, ending, startedAt })))
    if (container.state !== 'exited' && container.state !== 'dead') return
    if (isByHand && (container.startedAt ?? 0) > event.at) return
    options.onExit({ container, exitCode: event.exitCode ?? container.exitCode ?? 0, isByHand })
  }
  const onEvent = async (event: EngineEvent): Promise<void> => {
    if (event.kind !== 'container' || event.attributes[oneOffLabel] === 'True') return
    if (event.action === 'kill') killed.add(event.id)
    if (event.action === 'oom') starved.add(event.id)
    if (event.action === 'destroy') return drop(event.id)
    if (event.action === 'die') return onDeath(event)
    if (!telling.has(event.action)) return
    if (event.action === 'create') born.add(event.id)
    if (event.action === 'start' && event.service !== undefined)
      options.onStart({ id: event.id, name: event.name, service: event.service }, born.has(event.id))
    await lookAt(event.id)
    const container = known.get(event.id)
    // One that waits to be started again has no process whose end could be told.
    if (container !== undefined && event.action === 'stop') options.crashes.onHandled(container)
    if (container !== undefined && (event.action === 'start' || event.action === 'unpause'))
      options.onStarted(container)
  }
  const lookAtAll = async (): Promise<void> => {
    // What comes while the list is on its way is not missing from it.
    const before = [...known.keys()]
    const containers = await deps.runtime.listContainers({ project: options.project }, { signal: deps.signal })
    const present = new Set(containers.map((container) => container.id))
    for (const id of before) if (!present.has(id)) drop(id)
    await Promise.all(containers.filter((container) => !container.oneOff).map((container) => lookAt(container.id)))
  }
  const guard = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      // A cut connection is the affair of the stream of events, which says so when it cannot be mended.
      if (!deps.signal.aborted && !isCutOff(error)) options.onFailure(error)
    })
  }
  deps.events.subscribe((said) => {
    if (said.type === 'event') guard(onEvent(said.event))
    else guard(lookAtAll().then(options.onCaughtUp))
  })
  return { lookAtAll, containers: () => [...known.values()] }
}

const oneOffLabel = 'com.docker.compose.oneoff'

/** That somebody asked for the end is told by the engine once, and holds as long as it is ended. */
const keepByHand = (before: ContainerSummary | undefined, now: ContainerSummary): ContainerSummary =>
  before?.byHand === true && before.state === now.state && before.startedAt === now.startedAt
    ? { ...now, byHand: true }
    : now

/** Nobody probes what was ready once but the engine: what its last probes said is why it is not healthy any more. */
const tellFailedProbes = (emit: Emit, { service, name: container, probes }: ContainerDetails): void => {
  const passed = probes.findLastIndex(({ exitCode }) => exitCode === 0)
  for (const { exitCode, output, at: startedAt, ms } of probes.slice(passed + 1))
    emit({
      type: 'probe/ended',
      service,
      container,
      healthy: false,
      exitCode,
      output: toSafeOutput(output),
      startedAt,
      ...(ms === undefined ? {} : { ms }),
    })
}

/** What a process ends with that the kernel or somebody killed. */
const killedCode = 137

type Ended = {
  readonly container: ContainerSummary
  readonly event: EngineEvent
  readonly ending: Ending
  /** Of the run that has ended, if it was seen. */
  readonly startedAt: number | undefined
}

const toCrash = ({ container, event: { at }, ending, startedAt }: Ended): Crash => ({
  ...ending,
  ...(container.outOfMemory === true ? { outOfMemory: true } : {}),
  container: startedAt === undefined ? container : { ...container, startedAt },
  at,
  ...(startedAt === undefined || startedAt > at ? {} : { ranMs: at - startedAt }),
})

const hasEnded = ({ state }: ContainerSummary): boolean =>
  state === 'exited' || state === 'dead' || state === 'restarting'

const isSame = (a: ContainerSummary, b: ContainerSummary): boolean => JSON.stringify(a) === JSON.stringify(b)
