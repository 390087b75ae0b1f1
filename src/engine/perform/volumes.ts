import { isStackError } from '../../core/errors/stack-error.ts'
import type { ActionOf, Performed, StepContext } from './context.ts'

/** The engine answers with the volume that is there already: safe to repeat. */
export const createVolume = async (
  action: ActionOf<'volume/create'>,
  { runtime, retry, signal }: StepContext,
): Promise<void> => {
  await retry(() => runtime.createVolume({ volume: action.volume, labels: action.labels }, { signal }))
}

/** A volume that others still use stays, with a warning. */
export const removeVolume = async (action: ActionOf<'volume/remove'>, context: StepContext): Promise<Performed> => {
  try {
    await context.retry(() => context.runtime.removeVolume(action.name, { signal: context.signal }))
    return undefined
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isStackError(error) || error.code !== 'engine/in-use') throw error
    context.warn(error.code, error.message, error.hint)
    return 'kept'
  }
}
