/** So many at a time; others wait in line. */
export type Slots = { run<T>(work: () => Promise<T>): Promise<T> }

export const createSlots = (count: number): Slots => {
  const waiting: (() => void)[] = []
  let free = count
  const take = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1
      return undefined
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return {
    run: async (work) => {
      await take()
      try {
        return await work()
      } finally {
        giveBack()
      }
    },
  }
}
