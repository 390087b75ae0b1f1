/** Work that changes the project, one piece after another: the lock of the project knows processes, not what goes on within one. */
export type Jobs = {
  /** Runs it when all that was asked for before has ended. */
  run<T>(work: () => Promise<T>): Promise<T>
  readonly isBusy: () => boolean
}

export const createJobs = (onIdle: () => void): Jobs => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    isBusy: () => waiting > 0,
    run: async (work) => {
      waiting += 1
      const mine = last.then(work)
      last = mine.catch(() => {})
      try {
        return await mine
      } finally {
        waiting -= 1
        if (waiting === 0) onIdle()
      }
    },
  }
}
