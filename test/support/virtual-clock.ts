import type { Clock } from '../../src/engine/ports/clock.ts'

export type VirtualClock = Clock & {
  /** Runs until the promise is settled; whenever nothing else can happen, time jumps to the next sleeper. */
  run<T>(work: Promise<T>): Promise<T>
  /** Lets everything happen that can without time passing, then lets `ms` pass. */
  advance(ms: number): Promise<void>
  /** Who still sleeps: empty at the end of a test that leaves nothing behind. */
  sleepers(): number
}

type Sleeper = { readonly at: number; readonly order: number; wake(): void }

// Turns of the event loop in which nothing may happen before time moves on: promises of streams take a few.
const quietTurns = 4

/** Time that passes only when everybody sleeps: tests of minutes take milliseconds and always go the same way. */
export const createVirtualClock = (start = 1_700_000_000_000): VirtualClock => {
  const sleepers = new Set<Sleeper>()
  let now = start
  let order = 0

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < quietTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  const wakeNext = (limit: number): boolean => {
    const next = [...sleepers].toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
    if (next === undefined || next.at > limit) return false
    now = Math.max(now, next.at)
    next.wake()
    return true
  }
  return {
    now: () => now,
    sleepers: () => sleepers.size,
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason)
        const leave = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', onAbort)
        }
        const onAbort = (): void => {
          leave()
          reject(signal?.reason)
        }
        order += 1
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          order,
          wake: () => {
            leave()
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
    run: async (work) => {
      const state = { isDone: false }
      const done = (): void => {
        state.isDone = true
      }
      work.then(done, done)
      let idle = 0
      for (;;) {
        await settle()
        if (state.isDone) return work
        if (wakeNext(Number.POSITIVE_INFINITY)) idle = 0
        else if ((idle += 1) > 50)
          throw new Error('the test waits for something that never happens: nobody sleeps and nothing moves')
      }
    },
    advance: async (ms) => {
      const end = now + ms
      do await settle()
      while (wakeNext(end))
      now = end
      await settle()
    },
  }
}
