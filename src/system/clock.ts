import type { Clock } from '../engine/ports/clock.ts'

/** The machine's own time. */
export const createClock = (): Clock => ({
  now: () => Date.now(),
  sleep: (ms, { signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const onAbort = (): void => {
        clear()
        reject(signal?.reason)
      }
      const clear = begin(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
})

/** A timer takes a millisecond at least; who only lets others go on waits for their turn and no longer. */
const begin = (ms: number, then: () => void): (() => void) => {
  if (ms <= 0) {
    const turn = setImmediate(then)
    return () => clearImmediate(turn)
  }
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}
