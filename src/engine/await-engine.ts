import { isStackError } from '../core/errors/stack-error.ts'
import type { EngineDeps } from './deps.ts'
import type { Emit } from './emitter.ts'

// An engine that is started again first stops its containers, for 15 seconds at most, and then starts those that come back.
const patienceMs = 45_000
const firstMs = 50
const lastMs = 1000

/** The connection was cut, or nobody answers (any more): whether the engine did what it was asked is not known. */
export const isCutOff = (error: unknown): boolean =>
  isStackError(error) && (error.code === 'engine/connection-lost' || error.code === 'engine/unreachable')

/**
 * Waits until an engine that had answered before answers again: it was restarted, or the way to it was cut. Says so once.
 * @throws what the last attempt threw, when the engine does not come back
 */
export const awaitEngine = async (
  { runtime, clock, random }: Pick<EngineDeps, 'runtime' | 'clock' | 'random'>,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> => {
  const since = clock.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      await runtime.assertThere({ signal })
      return
    } catch (error) {
      if (signal.aborted || !isCutOff(error) || clock.now() - since >= patienceMs) throw error
      if (attempt === 1)
        emit({
          type: 'step/waiting',
          id: 'engine',
          on: ['engine'],
          note: 'The engine does not answer any more: waiting for it to come back',
        })
      await clock.sleep(Math.min(lastMs, firstMs * 2 ** attempt) * (0.5 + random() / 2), { signal })
    }
  }
}
