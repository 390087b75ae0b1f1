import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { ActionOf, StepContext } from './context.ts'

/** Waits until the service is as its dependents need it; where they can do without, a failure is a warning too. */
export const awaitService = async (action: ActionOf<'service/await'>, context: StepContext): Promise<void> => {
  const containers = action.containers.map((ref) => ({ id: context.world.resolveContainer(ref), name: ref.name }))
  let wasLost = false
  const unsubscribe = context.events.subscribe(({ type }) => {
    if (type === 'lost') wasLost = true
  })
  try {
    await context.readiness.awaitService({
      step: context.step,
      service: action.service,
      containers,
      condition: action.condition,
      signal: context.signal,
      ...(context.awaitTimeoutMs === undefined ? {} : { timeoutMs: context.awaitTimeoutMs }),
    })
  } catch (error) {
    // An engine that ends takes its containers along: that is no failure of the service. This throws what says so.
    if (isStackError(error) && error.code !== 'service/wait-timeout') {
      await context.runtime.assertThere({ signal: context.signal })
      // The one that answers may be the next one already: the events of the one before have ended then.
      if (wasLost)
        throw new StackError(
          'engine/connection-lost',
          { what: `say how service ${action.service} is` },
          { cause: error },
        )
    }
    if (action.optional !== true || !isStackError(error)) throw error
    context.warn(error.code, error.message)
  } finally {
    unsubscribe()
  }
}
