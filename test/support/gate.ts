/** Lets at most `width` tasks run at once; the others wait in the order in which they came. */
export const createGate = (width: number) => {
  let free = width
  const waiting: (() => void)[] = []
  return {
    async pass<T>(task: () => Promise<T>): Promise<T> {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await task()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}
