import type { Problem } from '../../core/errors/problem.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import { isCutOff } from '../await-engine.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { createLineReader } from '../line-reader.ts'
import type { LogChunk } from '../ports/container-runtime.ts'
import { isPassing, withRetry } from '../retry.ts'
import { toProblem } from '../to-problem.ts'
import { createReorderBuffer } from './reorder-buffer.ts'
import type { LoggedContainer } from './merge-logs.ts'

/** The last line that was seen of a container, and how many lines bore its very timestamp. */
export type LogMark = { readonly timestamp: string; readonly count: number }

export type LogFollower = {
  /**
   * Follows the container's log until it stops, from its mark when it was followed before; otherwise from `since`
   * (seconds), or from its first line. Called at every start of a container; does nothing while it is followed.
   */
  follow(
    source: LoggedContainer,
    from?: { readonly since?: number | string; readonly tail?: number; readonly mark?: LogMark },
  ): void
  /** Resolves when what the container wrote before it stopped has been told. */
  settled(id: string): Promise<void>
  /** Resolves when no container is followed any more; rejects when one could not be followed to its end. */
  idle(): Promise<void>
  flush(): void
}

type FollowerDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
}
type Stream = { again: boolean; readonly done: Promise<void> }

// The engine closes a follower a moment after the end of its container; no one waits longer for it.
const settleMs = 500
// An engine that is started again is back after this many attempts, with pauses of up to five seconds.
const patientAttempts = 24

/** Follows logs of containers that come, go, and come again, without loss and without repetition. */
// oxlint-disable-next-line max-lines-per-function -- one follower of many streams, which share their marks
export const createLogFollower = (deps: FollowerDeps): LogFollower => {
  const streams = new Map<string, Stream>()
  const marks = new Map<string, LogMark>()
  const ordered = createReorderBuffer(deps)
  let lost: { readonly error: unknown } | undefined

  const read = async (
    source: LoggedContainer,
    from: { readonly since?: number | string; readonly tail?: number },
  ): Promise<void> => {
    const mark = marks.get(source.id)
    const since = mark === undefined ? from.since : toSeconds(mark.timestamp)
    const chunks = deps.runtime.logs(
      source.id,
      {
        follow: true,
        ...(since === undefined ? {} : { since }),
        ...(mark === undefined && from.tail !== undefined ? { tail: from.tail } : {}),
      },
      { signal: deps.signal },
    )
    const skip = createSkip(mark)
    for await (const chunk of chunks) {
      const lines = skip(chunk.lines)
      if (lines.length === 0) continue
      marks.set(source.id, advanceMark(marks.get(source.id), lines))
      ordered.add({ source, stream: chunk.stream, lines })
    }
  }
  const run = async (
    source: LoggedContainer,
    from: { readonly since?: number | string; readonly tail?: number },
  ): Promise<void> => {
    const { clock, random, signal } = deps
    try {
      await withRetry(() => read(source, from), {
        clock,
        random,
        signal,
        attempts: patientAttempts,
        isTransient: (error) => isPassing(error) || isCutOff(error),
      })
    } catch (error) {
      if (signal.aborted) return
      if (isCutOff(error)) lost = { error }
      else if (isUnreadable(error)) await readByAttaching(deps, source, ordered.add)
      else tellFailure(deps, source, error)
    } finally {
      ordered.flush()
    }
  }
  const follow: LogFollower['follow'] = (source, from = {}) => {
    const current = streams.get(source.id)
    if (current !== undefined) {
      current.again = true
      return
    }
    if (from.mark !== undefined) marks.set(source.id, from.mark)
    const loop = async (): Promise<void> => {
      do {
        stream.again = false
        await run(source, from)
      } while (stream.again && !deps.signal.aborted)
      streams.delete(source.id)
    }
    const started = Promise.withResolvers<void>()
    const stream: Stream = { again: false, done: started.promise.then(loop) }
    streams.set(source.id, stream)
    started.resolve()
  }
  return {
    follow,
    flush: ordered.flush,
    settled: async (id) => {
      const stream = streams.get(id)
      if (stream === undefined) return
      const controller = new AbortController()
      const late = deps.clock.sleep(settleMs, { signal: controller.signal }).catch(() => {})
      await Promise.race([stream.done, late])
      controller.abort()
    },
    idle: async () => {
      while (streams.size > 0) await Promise.all([...streams.values()].map((stream) => stream.done))
      if (lost !== undefined) throw lost.error
    },
  }
}

/** A container that is gone has no more to say; whatever else ends its log before it is told. */
const tellFailure = ({ emit, signal }: FollowerDeps, { name, service }: LoggedContainer, error: unknown): void => {
  if (signal.aborted || (isStackError(error) && error.code === 'engine/not-found')) return
  const problem: Problem = { ...toProblem(error), severity: 'warning' }
  const message = `The log of ${name} is not followed any more. ${problem.message}`
  emit({ type: 'problem/raised', id: `log ${name}`, service, problem: { ...problem, message } })
}

/** Leaves out what was seen before: the engine begins again with the moment of the last line. */
const createSkip = (mark: LogMark | undefined): ((lines: LogChunk['lines']) => LogChunk['lines']) => {
  if (mark === undefined) return (lines) => lines
  let left = mark.count
  return (lines) =>
    lines.filter(({ timestamp }) => {
      if (timestamp > mark.timestamp) return true
      if (timestamp < mark.timestamp) return false
      left -= 1
      return left < 0
    })
}

export const advanceMark = (mark: LogMark | undefined, lines: LogChunk['lines']): LogMark => {
  const timestamp = lines.at(-1)?.timestamp ?? mark?.timestamp ?? ''
  const count = lines.filter((line) => line.timestamp === timestamp).length
  return { timestamp, count: mark?.timestamp === timestamp ? mark.count + count : count }
}

/** Seconds with nanoseconds, as text: a number does not hold them. */
const toSeconds = (timestamp: string): string => {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '0'
  return `${Math.floor(Date.parse(timestamp) / 1000)}.${fraction.padEnd(9, '0')}`
}

// The drivers `none` and `syslog` keep nothing: there is only what is written from now on.
export const isUnreadable = (error: unknown): boolean =>
  isStackError(error) && /does not support reading/.test(error.message)

const readByAttaching = async (
  deps: FollowerDeps,
  source: LoggedContainer,
  add: (batch: { source: LoggedContainer; stream: 'stdout' | 'stderr'; lines: LogChunk['lines'] }) => void,
): Promise<void> => {
  const { runtime, clock, signal } = deps
  try {
    const attached = await runtime.attach(source.id, { stdin: false, tty: false }, { signal })
    const toReader = (stream: 'stdout' | 'stderr') =>
      createLineReader((lines) => {
        const at = clock.now()
        const timestamp = new Date(at).toISOString()
        add({ source, stream, lines: lines.map((text) => ({ text, at, timestamp })) })
      })
    const readers = { stdout: toReader('stdout'), stderr: toReader('stderr') }
    for await (const chunk of attached.output) readers[chunk.stream].write(chunk.data)
    readers.stdout.end()
    readers.stderr.end()
  } catch (error) {
    // Where it ended before we came, there is nothing to read any more.
    const found = await runtime.inspectContainer(source.id, { signal }).catch(() => undefined)
    if (found?.state === 'running') tellFailure(deps, source, error)
  }
}
