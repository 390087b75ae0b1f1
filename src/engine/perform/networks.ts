import { isStackError } from '../../core/errors/stack-error.ts'
import type { ActionOf, Performed, StepContext } from './context.ts'
import { requireProject } from './world.ts'

/** One that is there by now and is as this one was to be, was still being made for a run before us that was cut off. */
export const createNetwork = async (
  action: ActionOf<'network/create'>,
  { runtime, signal }: StepContext,
): Promise<void> => {
  try {
    await runtime.createNetwork({ network: action.network, labels: action.labels }, { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!isStackError(error) || error.code !== 'engine/name-in-use') throw error
    const found = await runtime.findNetwork(action.network.name, { signal })
    // Removed again by now: whoever had the name is gone.
    if (found === undefined)
      return void (await runtime.createNetwork({ network: action.network, labels: action.labels }, { signal }))
    if (!Object.entries(action.labels).every(([key, value]) => found.labels[key] === value)) throw error
  }
}

/** A network that others still use stays, with a warning. */
export const removeNetwork = async (action: ActionOf<'network/remove'>, context: StepContext): Promise<Performed> => {
  try {
    await context.retry(() => context.runtime.removeNetwork(action.id, { signal: context.signal }))
    return undefined
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isStackError(error) || error.code !== 'engine/in-use') throw error
    context.warn(error.code, error.message, error.hint)
    return 'kept'
  }
}

export const connectNetwork = async (action: ActionOf<'network/connect'>, context: StepContext): Promise<void> => {
  const { runtime, signal, world } = context
  const service = requireProject(context.project).services[action.service]
  if (service === undefined) return
  const aliases = [action.service, ...(service.networks?.[action.key]?.aliases ?? [])]
  await context.retry(() =>
    runtime.connectNetwork(
      action.network,
      world.resolveContainer(action.container),
      { aliases, service, networkKey: action.key },
      { signal },
    ),
  )
}

export const disconnectNetwork = async (
  action: ActionOf<'network/disconnect'>,
  context: StepContext,
): Promise<void> => {
  const { runtime, signal, world } = context
  await context.retry(() =>
    runtime.disconnectNetwork(action.network, world.resolveContainer(action.container), { signal, force: true }),
  )
}
