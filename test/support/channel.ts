export type Channel<T> = {
  push(item: T): void
  fail(error: Error): void
  iterate(onEnd: () => void): AsyncIterable<T>
}

/** Values handed over from callbacks to a reader; ends with the signal's reason. */
export const createChannel = <T>(signal: AbortSignal | undefined): Channel<T> => {
  const items: T[] = []
  let failure: unknown
  let wake = Promise.withResolvers<void>()
  const fail = (error: unknown): void => {
    failure = error
    wake.resolve()
  }
  signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
  return {
    push: (item) => {
      items.push(item)
      wake.resolve()
    },
    fail,
    iterate: async function* (onEnd) {
      try {
        for (;;) {
          while (items.length > 0) yield items.shift() as T
          if (failure !== undefined) throw failure
          await wake.promise
          wake = Promise.withResolvers<void>()
        }
      } finally {
        onEnd()
      }
    },
  }
}
