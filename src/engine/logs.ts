import { isUp } from '../core/plan/container-steps.ts'
import type { ObservedContainer } from '../core/plan/observed.ts'
import { isStackError } from '../core/errors/stack-error.ts'
import type { Problem } from '../core/errors/problem.ts'
import { isCutOff } from './await-engine.ts'
import type { EngineDeps } from './deps.ts'
import { toProblem } from './to-problem.ts'
import type { Emit } from './emitter.ts'
import { createEngineEvents } from './engine-events.ts'
import { advanceMark, createLogFollower, isUnreadable, type LogMark } from './logs/log-follower.ts'
import type { LogChunk, LogSpec } from './ports/container-runtime.ts'
import { type LogRun, type LoggedContainer, mergeLogs } from './logs/merge-logs.ts'

export type LogsRequest = {
  readonly project: string
  /** Absent: all. */
  readonly services?: readonly string[]
  /** Only the container of this number of each service. */
  readonly number?: number
  readonly follow: boolean
  /** Lines of each container. */
  readonly tail?: number
  /** Seconds since the epoch, or the engine's own text (`10m`, RFC 3339). */
  readonly since?: number | string
  readonly until?: number | string
  readonly emit: Emit
}

type LogsDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'>

/**
 * Tells the logs of a project's containers as `log/written`, ordered by the engine's time. With `follow` it goes on with what
 * is written from then on, by containers that are made later too, until all have ended or the signal says so.
 */
export const readLogs = async (
  deps: LogsDeps,
  request: LogsRequest,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> => {
  const stop = signal ?? new AbortController().signal
  const events = request.follow ? createEngineEvents(deps, { project: request.project, signal: stop }) : undefined
  try {
    events?.open()
    const all = await deps.runtime.listContainers({ project: request.project }, { signal: stop })
    const chosen = all.filter((container) => !container.oneOff && isWanted(request, container))
    const marks = await tellHistory(deps, { request, sources: chosen.map(toSource), signal: stop })
    if (events === undefined) return
    const follower = createLogFollower({ ...deps, emit: request.emit, signal: stop })
    const followRunning = (containers: readonly ObservedContainer[]): void => {
      for (const container of containers) {
        const mark = marks.get(container.id)
        if (container.oneOff || !isWanted(request, container) || !isUp(container)) continue
        follower.follow(toSource(container), mark === undefined ? toLimits(request) : { mark })
      }
    }
    let looking: Promise<void> = Promise.resolve()
    events.subscribe((said) => {
      if (said.type === 'lost') {
        // Those that were started while nobody told us. What hinders the look, the stream of events says when it stays away.
        looking = deps.runtime
          .listContainers({ project: request.project }, { signal: stop })
          .then(followRunning, () => {})
        return
      }
      if (said.event.action !== 'start' || said.event.service === undefined) return
      const { id, name, service, attributes } = said.event
      if (isWanted(request, { service, number: Number(attributes[numberLabel] ?? 0) }))
        follower.follow({ id, name, service })
    })
    followRunning(chosen)
    const allEnded = async (): Promise<void> => {
      await follower.idle()
      await looking
      await follower.idle()
    }
    await Promise.race([allEnded(), events.ended])
    follower.flush()
  } finally {
    events?.close()
  }
}

const numberLabel = 'com.docker.compose.container-number'

const isWanted = (
  request: LogsRequest,
  { service, number }: { readonly service: string; readonly number: number },
): boolean =>
  request.services?.includes(service) !== false && (request.number === undefined || request.number === number)

const toSource = ({ id, name, service }: LoggedContainer): LoggedContainer => ({ id, name, service })

const toLimits = ({ since, tail }: LogsRequest): { readonly since?: number | string; readonly tail?: number } => ({
  ...(since === undefined ? {} : { since }),
  ...(tail === undefined ? {} : { tail }),
})

type History = {
  readonly request: LogsRequest
  readonly sources: readonly LoggedContainer[]
  readonly signal: AbortSignal
}

const tellHistory = async (
  deps: LogsDeps,
  { request, sources, signal }: History,
): Promise<ReadonlyMap<string, LogMark>> => {
  const marks = new Map<string, LogMark>()
  const spec = { follow: false, ...toLimits(request), ...(request.until === undefined ? {} : { until: request.until }) }
  for await (const { source, stream, lines } of joinRuns(
    mergeLogs(
      sources.map((one) => ({ source: one, chunks: readHistory(deps, { source: one, spec, request, signal }) })),
    ),
  )) {
    marks.set(source.id, advanceMark(marks.get(source.id), lines))
    request.emit({
      type: 'log/written',
      service: source.service,
      container: source.name,
      stream,
      lines: lines.map(({ text, at, timestamp }) => ({ text, at, timestamp })),
    })
  }
  return marks
}

type Reading = {
  readonly source: LoggedContainer
  readonly spec: LogSpec
  readonly request: LogsRequest
  readonly signal: AbortSignal
}

/** A log that cannot be read is told, and keeps nobody from reading the others. What is followed may still be attached to. */
const readHistory = async function* (
  { runtime }: LogsDeps,
  { source, spec, request, signal }: Reading,
): AsyncGenerator<LogChunk> {
  try {
    yield* runtime.logs(source.id, spec, { signal })
  } catch (error) {
    if (signal.aborted || !isStackError(error) || isCutOff(error)) throw error
    if (request.follow || error.code === 'engine/not-found') return
    const told = toProblem(error)
    const problem: Problem = isUnreadable(error)
      ? {
          severity: 'warning',
          code: 'logs/not-kept',
          message: `The log of ${source.name} cannot be read: its log driver keeps nothing.`,
          hint: `Give service "${source.service}" another one under "logging", such as "local", or see what it writes from now on: "stack logs -f ${source.service}".`,
        }
      : { ...told, severity: 'warning', message: `The log of ${source.name} cannot be read. ${told.message}` }
    request.emit({ type: 'problem/raised', id: `log ${source.name}`, service: source.service, problem })
  }
}

// Enough that a line costs no event of its own, little enough to be shown soon.
const linesAtOnce = 500

/** Neighbours of one stream of one container as one: the engine hands lines over one by one. */
const joinRuns = async function* (batches: AsyncIterable<LogRun>): AsyncGenerator<LogRun> {
  let run: { readonly batch: LogRun; readonly lines: LogRun['lines'][number][] } | undefined
  for await (const batch of batches) {
    const isMore =
      run !== undefined &&
      run.batch.source.id === batch.source.id &&
      run.batch.stream === batch.stream &&
      run.lines.length < linesAtOnce
    if (isMore) run?.lines.push(...batch.lines)
    else {
      if (run !== undefined) yield { ...run.batch, lines: run.lines }
      run = { batch, lines: [...batch.lines] }
    }
  }
  if (run !== undefined) yield { ...run.batch, lines: run.lines }
}
