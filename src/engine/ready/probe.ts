import { isStackError } from '../../core/errors/stack-error.ts'
import { isCutOff } from '../await-engine.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContainerRuntime, ExecSession } from '../ports/container-runtime.ts'

export type ProbeResult = { readonly exitCode: number; readonly output: string }

// What the engine itself keeps of a probe's output.
const maxOutput = 4096

export type ProbeOptions = {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/**
 * Runs a healthcheck's test in the container once, as the engine would: same user, folder and environment. Whatever
 * hinders it is a failed probe, for a container that is just starting refuses many things; only an abort throws, and an engine
 * that cannot be asked.
 */
export const runProbe = async (
  runtime: Pick<ContainerRuntime, 'exec'>,
  target: { readonly id: string; readonly test: readonly string[] },
  options: ProbeOptions,
): Promise<ProbeResult> => {
  const command = toProbeCommand(target.test)
  const controller = new AbortController()
  const signal = AbortSignal.any([options.signal, controller.signal])
  const late = options.clock
    .sleep(options.timeoutMs, { signal })
    .then((): ProbeResult => ({ exitCode: -1, output: `no answer after ${options.timeoutMs} ms` }))
  late.catch(() => {})
  const opened: { session?: ExecSession } = {}
  const work = async (): Promise<ProbeResult> => {
    const session = await runtime.exec(target.id, { command }, { signal })
    opened.session = session
    const output = await readOutput(session)
    return { exitCode: await session.exitCode({ signal }), output }
  }
  try {
    return await Promise.race([work(), late])
  } catch (error) {
    options.signal.throwIfAborted()
    if (isCutOff(error)) throw error
    return { exitCode: -1, output: isStackError(error) ? error.message : String(error) }
  } finally {
    controller.abort()
    opened.session?.close()
  }
}

/** The command of a healthcheck's `test`; empty for none. */
export const toProbeCommand = (test: readonly string[]): readonly string[] => {
  const [kind, ...rest] = test
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  if (kind === 'CMD') return rest
  return kind === undefined || kind === 'NONE' ? [] : test
}

const readOutput = async (session: ExecSession): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of session.output)
    if (text.length < maxOutput) text += decoder.decode(chunk.data, { stream: true })
  return text.slice(0, maxOutput).trimEnd()
}
