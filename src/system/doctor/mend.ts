import { ensureBaseImages } from '../base-images/ensure-base-images.ts'
import { runChecks, type Diagnosis } from './run-checks.ts'
import { startEngine, type FixOptions } from './start-engine.ts'

export type Mended = {
  readonly diagnosis: Diagnosis
  /** What could not be mended, a sentence each, with what to do instead. */
  readonly failures: readonly string[]
}

/**
 * Looks, mends what can be mended without asking, and looks again: an engine that does not answer is installed and
 * started, and where Docker Hub cannot be reached base images are made from Debian packages.
 */
export const mend = async (options: FixOptions): Promise<Mended> => {
  const { env, report, signal } = options
  const failures: string[] = []
  let diagnosis = await runChecks(env, { signal })
  if (diagnosis.engine === undefined) {
    const failure = await attempt(() => startEngine(options), signal)
    if (failure !== undefined) return { diagnosis, failures: [failure] }
    diagnosis = await runChecks(env, { signal })
  }
  const { engine, checks } = diagnosis
  if (engine !== undefined && checks.some(({ id, fix }) => id === 'images' && fix !== undefined)) {
    const failure = await attempt(() => ensureBaseImages(engine, { report, signal }), signal)
    if (failure === undefined) diagnosis = await runChecks(env, { signal })
    else failures.push(`No base images could be made: ${failure}`)
  }
  return { diagnosis, failures }
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
