import { setTimeout as pause } from 'node:timers/promises'

/**
 * Repeats `attempt` until it stops throwing, and throws its last error when `timeout` milliseconds are over.
 * The pause between two attempts grows from 25 ms to 400 ms, so quick things are seen soon and slow ones cost little.
 */
export const eventually = async <T>(attempt: () => Promise<T> | T, timeout = 10_000): Promise<T> => {
  const end = Date.now() + timeout
  for (let wait = 25; ; wait = Math.min(wait * 1.6, 400)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() >= end) throw new Error(`after ${timeout} ms: ${toMessage(error)}`, { cause: error })
    }
    await pause(wait)
  }
}

export const toMessage = (error: unknown) => (error instanceof Error ? error.message : String(error))
