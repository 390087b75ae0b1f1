import { runChecks, type Diagnosis } from './run-checks.ts'
import { startEngine, type FixOptions } from './start-engine.ts'

export type Mended = {
  readonly diagnosis: Diagnosis
  /** What could not be mended, a sentence each, with what to do instead. */
  readonly failures: readonly string[]
}

/** Looks, installs and starts an engine where none answers, and looks again. */
export const mend = async (options: FixOptions): Promise<Mended> => {
  const { env, signal } = options
  const diagnosis = await runChecks(env, { signal })
  if (diagnosis.engine !== undefined) return { diagnosis, failures: [] }
  const failure = await attempt(() => startEngine(options), signal)
  return failure === undefined
    ? { diagnosis: await runChecks(env, { signal }), failures: [] }
    : { diagnosis, failures: [failure] }
}

/** A tool of the machine that fails is a finding, not the end of the examination. */
const attempt = async (
  work: () => Promise<string | undefined | void>,
  signal: AbortSignal,
): Promise<string | undefined> => {
  try {
    return (await work()) ?? undefined
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof Error ? error.message : String(error)
  }
}
