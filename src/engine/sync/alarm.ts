import type { Clock } from '../ports/clock.ts'

/** Wakes one who waits: when it is rung, and at the earliest time that was asked for. */
export type Alarm = {
  ring(): void
  /** At the latest at this time, in milliseconds since the epoch. */
  ringAt(time: number): void
  /** Resolves at the next ring; at once when it rang meanwhile. Rejects when the signal is aborted. */
  next(): Promise<void>
}

export const createAlarm = (clock: Clock, signal: AbortSignal): Alarm => {
  let hasRung = false
  let due = Number.POSITIVE_INFINITY
  let wake: (() => void) | undefined
  const ring = (): void => {
    hasRung = true
    wake?.()
  }
  return {
    ring,
    ringAt: (time) => {
      if (time >= due) return
      due = time
      // Whoever waits has to wait for a shorter time.
      wake?.()
    },
    next: async () => {
      while (!hasRung && clock.now() < due) {
        const sleeping = new AbortController()
        const rung = new Promise<void>((resolve) => (wake = resolve))
        const timer = Number.isFinite(due)
          ? clock.sleep(due - clock.now(), { signal: AbortSignal.any([signal, sleeping.signal]) })
          : aborted(signal)
        timer.catch(() => {})
        try {
          await Promise.race([rung, timer])
        } finally {
          wake = undefined
          sleeping.abort()
        }
      }
      signal.throwIfAborted()
      hasRung = false
      if (clock.now() >= due) due = Number.POSITIVE_INFINITY
    },
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
