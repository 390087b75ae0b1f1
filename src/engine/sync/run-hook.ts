import type { Hook } from '../../core/project/service.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { toExecSpec } from '../perform/hooks.ts'
import type { ContainerRuntime } from '../ports/container-runtime.ts'

// How much of what it wrote is part of the error when it fails.
const lastCharacters = 2000

/** The command of a `sync+exec` rule, in one container. */
export const runHook = async (
  { runtime, signal }: { readonly runtime: Pick<ContainerRuntime, 'exec'>; readonly signal: AbortSignal },
  { id, service, hook }: { readonly id: string; readonly service: string; readonly hook: Hook },
): Promise<void> => {
  const session = await runtime.exec(id, toExecSpec(hook), { signal })
  let said = ''
  for await (const chunk of session.output) said = (said + new TextDecoder().decode(chunk.data)).slice(-lastCharacters)
  const exitCode = await session.exitCode({ signal })
  session.close()
  if (exitCode !== 0)
    throw new StackError('hook/failed', {
      service,
      phase: 'sync+exec',
      command: (hook.command ?? []).join(' '),
      exitCode,
      output: said.trim(),
    })
}
