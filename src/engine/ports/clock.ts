import type { CallOptions } from './call-options.ts'

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`; rejects when the signal is aborted. */
  sleep(ms: number, options?: CallOptions): Promise<void>
}
