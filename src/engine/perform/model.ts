import { StackError } from '../../core/errors/stack-error.ts'
import type { ActionOf, StepContext } from './context.ts'
import { requireProject } from './world.ts'

/** Makes a model ready to be asked, and tells the services that use it where it is and what it is called. */
export const provideModel = async (
  { key, model }: ActionOf<'model/provide'>,
  { models, project, world, signal, emit, step }: StepContext,
): Promise<void> => {
  const { services, context } = requireProject(project)
  if (models === undefined) throw new StackError('model/unavailable', { model: model.model })
  const call = { model, directory: context.directory, environment: context.environment }
  if (!(await models.has(call, { signal })))
    await models.pull(call, { signal, onLine: (note) => emit({ type: 'step/progressed', id: step, note }) })
  await models.configure(call, { signal })
  const endpoint = await models.endpoint(call, { signal })
  const prefix = key.toUpperCase().replaceAll('-', '_')
  for (const [name, service] of Object.entries(services)) {
    const use = service.models?.[key]
    if (use === undefined) continue
    const variables = {
      [use?.model_var || `${prefix}_MODEL`]: model.model,
      [use?.endpoint_var || `${prefix}_URL`]: endpoint,
    }
    world.environment.set(name, { ...world.environment.get(name), ...variables })
  }
}
