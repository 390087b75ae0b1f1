import type { StepContext } from './context.ts'

// Longer than an engine under load takes for a start, and short for somebody who waits for a prompt.
const boundMs = 10_000

/**
 * A call that the engine finishes once it has been asked, whether or not anybody still listens: a cancelled run waits for its
 * end, within a bound. Cut off, it would leave a container that looks as if it did not run and does a moment later, and
 * whoever stops what runs would pass it over.
 */
export const seeThrough = async <T>(
  { clock, signal }: Pick<StepContext, 'clock' | 'signal'>,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  signal.throwIfAborted()
  const cut = new AbortController()
  const over = new AbortController()
  const onAbort = (): void => {
    clock.sleep(boundMs, { signal: over.signal }).then(
      () => cut.abort(signal.reason),
      () => {},
    )
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await call(cut.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
    over.abort()
  }
}
