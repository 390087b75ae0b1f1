import type { Emit } from '../emitter.ts'
import type { Clock } from '../ports/clock.ts'
import type { LogRun } from './merge-logs.ts'

// Long enough for lines of one moment to meet, too short to be felt. This wait makes the order, for every reader of a
// log; the two behind it, of the store and of the screen, only save drawing.
const windowMs = 25
// More lines than this in one window nobody can read: the oldest are dropped, and counted.
const maxLines = 20_000

export type ReorderBuffer = {
  add(run: LogRun): void
  /** What is there leaves at once. */
  flush(): void
}

type Line = LogRun['lines'][number]
type Entry = { readonly batch: LogRun; readonly line: Line }

/** Lines of several containers that arrive nearly together leave in the order in which they were written. */
export const createReorderBuffer = ({
  clock,
  emit,
  signal,
}: {
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
}): ReorderBuffer => {
  let entries: Entry[] = []
  let isOpen = false
  const dropped = new Map<string, number>()

  const flush = (): void => {
    const ready = entries
    entries = []
    isOpen = false
    if (!isSorted(ready)) ready.sort(byTime)
    for (const run of toRuns(ready)) {
      const { source, stream } = (run[0] as Entry).batch
      emit({
        type: 'log/written',
        service: source.service,
        container: source.name,
        stream,
        lines: run.map(({ line }) => line),
      })
    }
    for (const [service, lines] of dropped) emit({ type: 'log/dropped', service, lines })
    dropped.clear()
  }
  return {
    flush,
    add: (batch) => {
      for (const line of batch.lines) entries.push({ batch, line })
      const excess = entries.length - maxLines
      if (excess > 0)
        for (const {
          batch: { source },
        } of entries.splice(0, excess))
          dropped.set(source.service, (dropped.get(source.service) ?? 0) + 1)
      if (isOpen || entries.length === 0) return
      isOpen = true
      clock.sleep(windowMs, { signal }).then(flush, flush)
    },
  }
}

const byTime = ({ line: a }: Entry, { line: b }: Entry): number =>
  a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0

const isSorted = (entries: readonly Entry[]): boolean =>
  entries.every((entry, index) => index === 0 || (entries[index - 1] as Entry).line.timestamp <= entry.line.timestamp)

/** Neighbours of one stream of one container leave as one event. */
const toRuns = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const runs: Entry[][] = []
  let last: Entry | undefined
  for (const entry of entries) {
    const isSame =
      last !== undefined && last.batch.source.id === entry.batch.source.id && last.batch.stream === entry.batch.stream
    if (isSame) runs.at(-1)?.push(entry)
    else runs.push([entry])
    last = entry
  }
  return runs
}
