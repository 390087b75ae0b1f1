import { label } from '../../core/project/identity.ts'
import { createContext } from '../context.ts'
import { parseInvocation } from '../invocation.ts'
import { createSignals } from '../signals.ts'

type Entry = readonly [word: string, meaning?: string]

/** How long a shell waits for an engine, in milliseconds: a key press must not hang. */
const patienceMs = 1500

/** Names of the services of the stack file that the words before name or that lies here; profiles all on. */
export const listServices = async (before: readonly string[]): Promise<readonly Entry[]> => {
  const signals = createSignals()
  try {
    const { global } = parseInvocation(before)
    const context = createContext({ ...global, profile: ['*'] }, { signals })
    const { tryLoad } = await import('../load.ts')
    const result = await tryLoad(context, { purpose: 'look', resolveEnvironment: false })
    if (!result.ok) return []
    return Object.entries(result.project.services).map(
      ([name, { image }]) => (image === undefined ? [name] : [name, image]) as Entry,
    )
  } finally {
    signals.dispose()
  }
}

/** Names of the projects of the engine. */
export const listProjects = async (): Promise<readonly Entry[]> => {
  const signals = createSignals()
  const context = createContext(parseInvocation([]).global, { signals })
  try {
    const runtime = await context.runtime()
    const containers = await runtime.listContainers(
      { labels: [label.project] },
      { signal: AbortSignal.timeout(patienceMs) },
    )
    return [...new Set(containers.map(({ project }) => project))].sort().map((name) => [name] as const)
  } finally {
    context.close()
    signals.dispose()
  }
}
