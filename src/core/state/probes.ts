import type { StackEvent } from '../events/event.ts'
import type { InspectedProbe } from '../events/inspection.ts'

/** One run of a healthcheck's test. */
export type Probe = {
  readonly container: string
  readonly healthy: boolean
  readonly exitCode: number
  readonly output: string
  /** When it was told of. */
  readonly at: number
  /** When it began, and how long it took, where that is known. */
  readonly startedAt?: number
  readonly ms?: number
  /** Failures of its container in a row, this one included. */ readonly failures: number
}

export const probesKept = 50
/** Of one output; the engine keeps as much. */
const outputKept = 4096

type Ended = Omit<Probe, 'failures'>

export const toEndedProbe = ({
  container,
  healthy,
  exitCode,
  output,
  at,
  startedAt,
  ms,
}: Extract<StackEvent, { type: 'probe/ended' }>): Ended => ({
  container,
  healthy,
  exitCode,
  output: output.slice(0, outputKept),
  at,
  ...(startedAt === undefined ? {} : { startedAt }),
  ...(ms === undefined ? {} : { ms }),
})

export const toInspectedProbe = ({ container, at: startedAt, exitCode, output, ms }: InspectedProbe): Ended => ({
  container,
  healthy: exitCode === 0,
  exitCode,
  output: output.slice(0, outputKept),
  at: startedAt + (ms ?? 0),
  startedAt,
  ...(ms === undefined ? {} : { ms }),
})

/** The history with these in it, oldest first; those that are known are not taken in twice. The same when none is new. */
export const withProbes = (known: readonly Probe[], ended: readonly Ended[]): readonly Probe[] => {
  const fresh = ended.filter((one) => !known.some((other) => isSame(one, other)))
  if (fresh.length === 0) return known
  const all: readonly (Ended & Partial<Pick<Probe, 'failures'>>)[] = [...known, ...fresh].toSorted(
    (a, b) => beginOf(a) - beginOf(b),
  )
  const failures = new Map<string, number>()
  return all
    .map((one): Probe => {
      const before = failures.get(one.container) ?? Math.max(0, (one.failures ?? 1) - 1)
      const count = one.healthy ? 0 : before + 1
      failures.set(one.container, count)
      return { ...one, failures: count }
    })
    .slice(-probesKept)
}

const isSame = (a: Ended, b: Ended): boolean =>
  a.container === b.container && a.startedAt !== undefined && a.startedAt === b.startedAt

const beginOf = ({ startedAt, at }: Ended): number => startedAt ?? at
