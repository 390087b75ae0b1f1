/** Work that changes the project, one piece after another: the lock of the project knows processes, not what goes on within one. */
export type Jobs = {
  /** Runs it when all that was asked for before has ended. The signal drops what waits still, at once; what runs it does not end. */
  run<T>(work: () => Promise<T>, options?: { readonly signal?: AbortSignal }): Promise<T>
  readonly isBusy: () => boolean
}

/** How work ended that was asked for. `aborted`: the session ends or something newer takes its place, and that is no failure. */
export type Attempted = 'done' | 'failed' | 'aborted'

export const createJobs = (onIdle: () => void): Jobs => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    isBusy: () => waiting > 0,
    run: async (work, { signal } = {}) => {
      signal?.throwIfAborted()
      const dropped = Promise.withResolvers<never>()
      const drop = (): void => dropped.reject(signal?.reason)
      signal?.addEventListener('abort', drop, { once: true })
      waiting += 1
      const mine = last.then(() => {
        signal?.throwIfAborted()
        signal?.removeEventListener('abort', drop)
        return work()
      })
      last = mine.catch(() => {})
      try {
        return await Promise.race([mine, dropped.promise])
      } finally {
        signal?.removeEventListener('abort', drop)
        waiting -= 1
        if (waiting === 0) onIdle()
      }
    },
  }
}
