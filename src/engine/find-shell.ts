import { StackError } from '../core/errors/stack-error.ts'
import type { ContainerRuntime } from './ports/container-runtime.ts'
import { isStackError } from '../core/errors/stack-error.ts'

const shells = ['bash', 'ash', 'sh'] as const

/** The best shell that is in the running container of a service; undefined: there is none. */
export const findShell = async (
  runtime: Pick<ContainerRuntime, 'listContainers' | 'exec'>,
  { project, service }: { readonly project: string; readonly service: string },
): Promise<string | undefined> => {
  const containers = await runtime.listContainers({ project })
  const [container] = containers
    .filter((one) => one.service === service && one.state === 'running' && !one.oneOff)
    .toSorted((a, b) => a.number - b.number)
  if (container === undefined)
    throw new StackError('cli/no-container', { which: `service "${service}"`, wants: 'running', others: '' })
  for (const shell of shells) if (await isThere(runtime, container.id, shell)) return shell
  return undefined
}

const isThere = async (runtime: Pick<ContainerRuntime, 'exec'>, id: string, shell: string): Promise<boolean> => {
  try {
    const session = await runtime.exec(id, { command: [shell, '-c', 'exit 0'] })
    for await (const chunk of session.output) void chunk
    return (await session.exitCode()) === 0
  } catch (error) {
    // The engine refuses what is not there.
    if (isStackError(error) && /not found|no such file|executable/i.test(error.message)) return false
    throw error
  }
}
