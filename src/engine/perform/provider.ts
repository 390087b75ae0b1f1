import { StackError } from '../../core/errors/stack-error.ts'
import { dependenciesOf } from '../../core/project/graph.ts'
import type { Project } from '../../core/project/project.ts'
import type { ActionOf, StepContext } from './context.ts'
import { requireProject } from './world.ts'

/**
 * A service that a program of the host provides. It speaks lines of JSON: what it does, and variables for the services
 * that depend on it, which get them under the provider's name (`database` and `URL` make `DATABASE_URL`).
 */
export const runProvider = async (
  action: ActionOf<'provider/up' | 'provider/down'>,
  context: StepContext,
): Promise<void> => {
  const { emit, signal, step, world } = context
  const type = action.definition.provider?.type ?? ''
  const project = 'services' in context.project ? context.project : undefined
  if (context.providers === undefined) throw new StackError('provider/unavailable', { service: action.service, type })
  const variables: Record<string, string> = {}
  let refused: string | undefined
  const { exitCode } = await context.providers.run(
    {
      type,
      command: action.kind === 'provider/up' ? 'up' : 'down',
      project: context.project.name,
      service: action.service,
      options: action.definition.provider?.options ?? {},
      ...(project === undefined
        ? {}
        : { directory: project.context.directory, environment: project.context.environment }),
    },
    {
      signal,
      onMessage: ({ kind, text }) => {
        if (kind === 'info' || kind === 'debug') emit({ type: 'step/progressed', id: step, note: text })
        else if (kind === 'error') refused = text
        else {
          const { name, value } = toVariable(text)
          variables[kind === 'rawsetenv' ? name : `${action.service.toUpperCase().replaceAll('-', '_')}_${name}`] =
            value
        }
      },
    },
  )
  if (refused !== undefined || exitCode !== 0)
    throw new StackError('provider/failed', {
      service: action.service,
      type,
      why: refused ?? `it ended with code ${exitCode}`,
    })
  if (action.kind === 'provider/up')
    giveVariables(requireProject(context.project), {
      provider: action.service,
      variables,
      environment: world.environment,
    })
}

const toVariable = (text: string): { readonly name: string; readonly value: string } => {
  const at = text.indexOf('=')
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) }
}

type Giving = {
  readonly provider: string
  readonly variables: Readonly<Record<string, string>>
  readonly environment: Map<string, Record<string, string>>
}

const giveVariables = (project: Project, { provider, variables, environment }: Giving): void => {
  for (const name of Object.keys(project.services)) {
    if (!dependenciesOf(project.services, name).some(([dependency]) => dependency === provider)) continue
    environment.set(name, { ...environment.get(name), ...variables })
  }
}
