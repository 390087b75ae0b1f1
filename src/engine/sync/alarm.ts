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
  let sleepsUntil = Number.POSITIVE_INFINITY
  let wake: (() => void) | undefined
  const rouse = (): void => wake?.()
  signal.addEventListener('abort', rouse, { once: true })
  /** A sleeper that is not needed any more wakes nobody who has nothing to do. */
  const sleep = (): void => {
    if (due >= sleepsUntil) return
    const until = (sleepsUntil = due)
    clock.sleep(Math.max(0, until - clock.now()), { signal }).then(
      () => {
        if (sleepsUntil === until) sleepsUntil = Number.POSITIVE_INFINITY
        rouse()
      },
      () => {},
    )
  }
  return {
    ring: () => {
      hasRung = true
      rouse()
    },
    ringAt: (time) => {
      if (time >= due) return
      due = time
      // Whoever waits has to wait for a shorter time.
      rouse()
    },
    next: async () => {
      while (!hasRung && !signal.aborted && clock.now() < due) {
        sleep()
        await new Promise<void>((resolve) => (wake = resolve))
        wake = undefined
      }
      // Whatever is asked for in between, the rest of the process has its turn.
      await clock.sleep(0, { signal })
      hasRung = false
      if (clock.now() >= due) due = Number.POSITIVE_INFINITY
    },
  }
}
