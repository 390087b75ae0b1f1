import type { ContainerSummary, EventBody } from '../../core/events/event.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { ContainerUsage } from '../ports/container-usage.ts'

/** Between two looks; the second one comes soon, so that there is something to see. */
const pauseMs = 2000
const firstPauseMs = 500

export type Measuring = {
  /** Measures the containers of these services, and of no others; none: nothing. */
  select(services: readonly string[]): void
}

type MeasuringDeps = Pick<EngineDeps, 'runtime' | 'machine' | 'clock'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** What is known of one run of a container. */
type Measured = {
  readonly startedAt: number | undefined
  /** Its main process, where the engine is on this machine; else 0. */
  readonly pid: number
  readonly usage: ContainerUsage
}

/**
 * Tells what containers use, as long as somebody looks at it. The kernel is read where the engine is on this machine, which costs
 * the engine nothing; any other engine is asked for single looks, at half the price of its stream.
 */
export const createMeasuring = (
  deps: MeasuringDeps,
  { containers }: { readonly containers: () => readonly ContainerSummary[] },
): Measuring => {
  const { clock, emit, signal } = deps
  const before = new Map<string, Measured>()
  let selected: ReadonlySet<string> = new Set()
  let isLocal: Promise<boolean> | undefined
  let looking: AbortController | undefined

  const toPid = async (id: string): Promise<number> => {
    isLocal ??= isEngineHere(deps)
    return (await isLocal) ? ((await deps.runtime.inspectContainer(id, { signal }))?.pid ?? 0) : 0
  }
  const measureOne = async ({ id, service, startedAt }: ContainerSummary): Promise<void> => {
    const known = before.get(id)
    const last = known?.startedAt === startedAt ? known : undefined
    const pid = last?.pid ?? (await toPid(id))
    const usage =
      (pid === 0 ? undefined : deps.machine?.usageOf({ id, pid })) ?? (await deps.runtime.readUsage(id, { signal }))
    before.set(id, { startedAt, pid, usage })
    if (last === undefined || usage.at <= last.usage.at) return
    emit({ type: 'stats/measured', container: id, service, ...toRates(last.usage, usage) })
  }
  const measure = async (): Promise<void> => {
    const present = containers().filter(({ state, service }) => state === 'running' && selected.has(service))
    const ids = new Set(present.map(({ id }) => id))
    for (const id of before.keys()) if (!ids.has(id)) before.delete(id)
    // One that has just ended cannot be measured, and an engine that is away is told of by whoever follows its events.
    await Promise.all(present.map((container) => measureOne(container).catch(() => undefined)))
  }
  const loop = async (stopped: AbortSignal): Promise<void> => {
    before.clear()
    for (let pause = firstPauseMs; !stopped.aborted; pause = pauseMs) {
      await measure()
      await clock.sleep(pause, { signal: stopped }).catch(() => undefined) // stopped
    }
  }
  return {
    select: (services) => {
      selected = new Set(services)
      if (selected.size === 0) {
        looking?.abort()
        looking = undefined
      } else if (looking === undefined && !signal.aborted) {
        looking = new AbortController()
        void loop(AbortSignal.any([looking.signal, signal]))
      }
    },
  }
}

const isEngineHere = async ({ runtime, machine, signal }: MeasuringDeps): Promise<boolean> =>
  machine !== undefined && (await machine.isEngineHere((await runtime.facts({ signal })).socketPath))

type Rates = Omit<Extract<EventBody, { type: 'stats/measured' }>, 'type' | 'container' | 'service'>

/** As fine as anybody reads them: an idle container measures the same again and again, and nothing is drawn. */
const toRates = (last: ContainerUsage, now: ContainerUsage): Rates => {
  const seconds = (now.at - last.at) / 1000
  const perSecond = (count: (usage: ContainerUsage) => number): number =>
    Math.max(0, Math.round((count(now) - count(last)) / seconds))
  const { memoryLimitBytes } = now
  return {
    cpuPercent: Math.max(0, Math.round((now.cpuMs - last.cpuMs) / seconds) / 10),
    memoryBytes: Number(now.memoryBytes.toPrecision(3)),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    networkInBytes: perSecond((usage) => usage.networkInBytes),
    networkOutBytes: perSecond((usage) => usage.networkOutBytes),
  }
}
