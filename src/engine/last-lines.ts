import { isStackError } from '../core/errors/stack-error.ts'
import { toSafeOutput } from '../wire/safe-text.ts'
import type { EngineDeps } from './deps.ts'

type Lines = {
  readonly tail: number
  /** Seconds since the epoch. */ readonly since?: number
  readonly signal: AbortSignal
}

/** The last lines that a container wrote; an explanation, so nothing that goes wrong here matters. */
export const readLastLines = async (
  { runtime }: Pick<EngineDeps, 'runtime'>,
  id: string,
  { tail, since, signal }: Lines,
): Promise<readonly string[]> => {
  const lines: string[] = []
  try {
    const spec = { follow: false, tail, ...(since === undefined ? {} : { since }) }
    for await (const chunk of runtime.logs(id, spec, { signal })) lines.push(...chunk.lines.map((line) => line.text))
  } catch (error) {
    if (!isStackError(error)) signal.throwIfAborted()
  }
  return toSafeOutput(lines.slice(-tail).join('\n')).split('\n')
}
