import type { Clock } from '../ports/clock.ts'
import type { WatchBatch } from '../ports/watcher.ts'

export type HoldOptions = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Something is rewriting many files (git holds its index lock): no batch goes out until it is done. */
  readonly isHeld: () => Promise<boolean>
}

export type HeldBatch = WatchBatch & { /** When the first of it was noticed. */ readonly since: number }

const quietMs = 20
// Many files at once come from a tool that goes on for a while.
const manyPaths = 20
const manyQuietMs = 100
// Someone who never stops writing must not starve everyone.
const capMs = 500
// With so many the machine may have lost some.
const rescanPaths = 500
const heldCheckMs = 20
const heldCapMs = 15_000

/**
 * Gathers changes that belong together: until nothing has come for a moment, which is longer when much came, and never
 * for long. While git works on its index everything waits, and is then compared as a whole.
 */
export const holdBatches = async function* (
  batches: AsyncIterable<WatchBatch>,
  { clock, signal, isHeld }: HoldOptions,
): AsyncGenerator<HeldBatch> {
  const source = batches[Symbol.asyncIterator]()
  let next = source.next()
  next.catch(() => {})
  for (;;) {
    const first = await next
    if (first.done === true) return
    const since = clock.now()
    const paths = new Set(first.value.paths)
    let rescan = first.value.rescan
    next = source.next()
    next.catch(() => {})
    let isOver = false
    for (;;) {
      const quiet = Math.min(paths.size > manyPaths ? manyQuietMs : quietMs, since + capMs - clock.now())
      const more = quiet <= 0 ? undefined : await within(next, quiet, { clock, signal })
      if (more === undefined) break
      if (more.done === true) {
        isOver = true
        break
      }
      for (const path of more.value.paths) paths.add(path)
      rescan ||= more.value.rescan
      next = source.next()
      next.catch(() => {})
    }
    if (await waitWhileHeld({ clock, signal, isHeld })) rescan = true
    yield { paths: [...paths], rescan: rescan || paths.size > rescanPaths, since }
    if (isOver) return
  }
}

/** What comes in the time given; `undefined` when nothing does. */
const within = async <T>(
  work: Promise<T>,
  ms: number,
  { clock, signal }: Pick<HoldOptions, 'clock' | 'signal'>,
): Promise<T | undefined> => {
  const controller = new AbortController()
  const late = clock.sleep(ms, { signal: AbortSignal.any([signal, controller.signal]) }).then(() => undefined)
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    controller.abort()
  }
}

const waitWhileHeld = async ({ clock, signal, isHeld }: HoldOptions): Promise<boolean> => {
  const since = clock.now()
  let wasHeld = false
  while (clock.now() - since < heldCapMs && (await isHeld())) {
    wasHeld = true
    await clock.sleep(heldCheckMs, { signal })
  }
  return wasHeld
}
