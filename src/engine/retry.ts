import { isHalfStarted, isPassingReason } from '../core/errors/passing-reason.ts'
import { isStackError, type StackError } from '../core/errors/stack-error.ts'
import type { Clock } from './ports/clock.ts'

export type RetryOptions = {
  readonly clock: Clock
  readonly random: () => number
  readonly signal?: AbortSignal
  /** Attempts altogether. */
  readonly attempts?: number
  /** Told before each wait: `retrying (2/4): …`. */
  readonly onRetry?: (note: string) => void
  readonly isTransient?: (error: unknown) => boolean
}

const baseMs = 100
const capMs = 5000
// What a killed engine has left is put away by the next one in seconds, on a busy machine in ten.
const patientAttempts = 10

/**
 * Repeats a call that is safe to repeat while it fails for reasons that pass: full jitter (a random part of a delay that
 * doubles), at most four attempts. An abort ends the wait at once.
 */
export const withRetry = async <T>(call: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const { isTransient = isPassing } = options
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      const attempts = options.attempts ?? (isLeftBehind(error) ? patientAttempts : 4)
      if (attempt >= attempts || options.signal?.aborted === true || !isTransient(error)) throw error
      options.onRetry?.(
        `retrying (${attempt + 1}/${attempts}): ${error instanceof Error ? error.message : String(error)}`,
      )
      await options.clock.sleep(
        options.random() * Math.min(capMs, baseMs * 2 ** attempt),
        options.signal === undefined ? {} : { signal: options.signal },
      )
    }
  }
}

/** A failure of the moment: the same call may well succeed when it is made again. */
export const isPassing = (error: unknown): boolean =>
  isStackError(error) &&
  (error.code === 'engine/connection-lost' ||
    error.code === 'engine/busy' ||
    isPassingReason(toReason(error)) ||
    isCutAtFirst(error))

const isLeftBehind = (error: unknown): boolean => isStackError(error) && isHalfStarted(toReason(error))

/** In the engine's own words where there are some, and not in ours. */
const toReason = ({ data, cause }: StackError): string => {
  const { why, said } = data as { readonly why?: unknown; readonly said?: unknown }
  if (why === undefined && said === undefined) return ''
  return cause instanceof Error ? cause.message : String(said ?? why)
}

/** The very first connection was made, and cut before an answer came: somebody is there. */
const isCutAtFirst = ({ code, cause }: StackError): boolean =>
  code === 'engine/unreachable' &&
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
