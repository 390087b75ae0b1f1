import type { ServiceName } from '../project/project.ts'
import { serviceOf, type UpContext } from './up-context.ts'

/** Steps of the service's containers that come only when its models are there: variables are given at the creation. */
const waitersOf = ({ steps }: UpContext, name: ServiceName, numbers: readonly number[]): readonly string[] =>
  numbers.flatMap((number) =>
    [`${name}.${number}/create`, `${name}.${number}/start`].filter((id) => steps.has(id)).slice(0, 1),
  )

/**
 * A step for each model that a service needs whose containers are made or started. Where nothing of its services is, the
 * model is not asked for either: what is as it should be costs nothing, and is no change that `stack plan` would tell.
 */
export const planModels = (
  context: UpContext,
  replicas: ReadonlyMap<ServiceName, readonly { readonly number: number }[]>,
): void => {
  const waiters = new Map<string, string[]>()
  for (const name of context.scope) {
    const ids = waitersOf(
      context,
      name,
      (replicas.get(name) ?? []).map(({ number }) => number),
    )
    if (ids.length === 0) continue
    for (const key of Object.keys(serviceOf(context, name).models ?? {}))
      waiters.set(key, [...(waiters.get(key) ?? []), ...ids])
  }
  for (const [key, ids] of waiters) {
    const model = context.project.models[key]
    if (model === undefined) continue
    const id = context.steps.add({
      id: `model.${key}/provide`,
      action: { kind: 'model/provide', key, model },
      cause: 'services use it',
    })
    for (const waiter of ids) context.steps.require(waiter, [id])
  }
}
