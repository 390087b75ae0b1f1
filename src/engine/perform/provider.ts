import { StackError } from '../../core/errors/stack-error.ts'
import { dependenciesOf } from '../../core/project/graph.ts'
import type { ActionOf, StepContext } from './context.ts'
import { requireProject } from './world.ts'

type ProviderAction = ActionOf<'provider/up' | 'provider/stop' | 'provider/down'>
type Variables = {
  /** Go under the provider's name (`database` and `URL` make `DATABASE_URL`). */
  readonly prefixed: Record<string, string>
  /** Go as they are called. */
  readonly raw: Record<string, string>
}

const commands = { 'provider/up': 'up', 'provider/stop': 'stop', 'provider/down': 'down' } as const

/**
 * A service that a program of the host provides. It speaks lines of JSON: what it does, and variables for the services
 * that depend on it.
 */
export const runProvider = async (action: ProviderAction, context: StepContext): Promise<void> => {
  const { emit, signal, step } = context
  const type = action.definition.provider?.type ?? ''
  const project = 'services' in context.project ? context.project : undefined
  if (context.providers === undefined) throw new StackError('provider/unavailable', { service: action.service, type })
  const variables: Variables = { prefixed: {}, raw: {} }
  let refused: string | undefined
  const { exitCode } = await context.providers.run(
    {
      type,
      command: commands[action.kind],
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
          variables[kind === 'rawsetenv' ? 'raw' : 'prefixed'][name] = value
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
  if (action.kind === 'provider/up') giveVariables(context, { provider: action.service, variables })
}

const toVariable = (text: string): { readonly name: string; readonly value: string } => {
  const at = text.indexOf('=')
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) }
}

const giveVariables = (
  { project: wanted, world, warn }: StepContext,
  { provider, variables: { prefixed, raw } }: { readonly provider: string; readonly variables: Variables },
): void => {
  const { services } = requireProject(wanted)
  const prefix = `${provider.toUpperCase().replaceAll('-', '_')}_`
  const own = Object.fromEntries(Object.entries(prefixed).map(([name, value]) => [prefix + name, value]))
  for (const [name, { environment = {} }] of Object.entries(services)) {
    if (!dependenciesOf(services, name).some(([dependency]) => dependency === provider)) continue
    const given = world.environment.get(name) ?? {}
    const taken = Object.keys(raw).filter((key) => {
      const before = Object.hasOwn(given, key) ? given[key] : environment[key]
      return before !== undefined && before !== raw[key]
    })
    for (const key of taken)
      warn(
        'provider/variable-taken',
        `Provider "${provider}" sets ${key} of service "${name}", which had another value: the provider's is used.`,
      )
    world.environment.set(name, { ...given, ...own, ...raw })
  }
}
