import { isStackError } from '../../core/errors/stack-error.ts'
import type { StepContext } from './context.ts'

const attempts = 8
const firstMs = 20
const lastMs = 1000

/**
 * Takes a name for a container. The engine gives a name free a moment after the container that had it is gone: a refusal
 * while nobody has it, or only one that is being removed, is asked again.
 */
export const withFreeName = async <T>(
  take: () => Promise<T>,
  { runtime, clock, signal }: Pick<StepContext, 'runtime' | 'clock' | 'signal'>,
  name: string,
): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await take()
    } catch (error) {
      signal.throwIfAborted()
      if (!isStackError(error) || error.code !== 'engine/name-in-use' || attempt + 1 >= attempts) throw error
      const holder = await runtime.inspectContainer(name, { signal })
      if (holder !== undefined && holder.state !== 'removing') throw error
      await clock.sleep(Math.min(lastMs, firstMs * 2 ** attempt), { signal })
    }
  }
}
