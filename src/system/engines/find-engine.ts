import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress, EngineAttempt } from '../../engine/ports/engine-address.ts'
import { describeUnreachable } from '../../wire/describe-unreachable.ts'
import { listEngineCandidates } from './engine-candidates.ts'
import { requestEngine } from './engine-http.ts'

/** Longer than an engine on this machine ever takes; a far one through ssh needs seconds to connect. */
const LOCAL_PING_MS = 3_000
const REMOTE_PING_MS = 15_000

export type FoundEngine = {
  readonly found?: EngineAddress
  /** Every place that was asked in vain, in order. */
  readonly attempts: readonly EngineAttempt[]
}

/**
 * Asks each place where an engine may listen until one answers. For `doctor` and for the message when none answers; an
 * ordinary command uses resolveEngineAddress and asks nobody beforehand.
 */
export const findEngine = async (env: Environment, { signal }: { signal: AbortSignal }): Promise<FoundEngine> => {
  const attempts: EngineAttempt[] = []
  for (const candidate of listEngineCandidates(env)) {
    if (candidate.kind === 'failed') {
      attempts.push(candidate.attempt)
      continue
    }
    const { address } = candidate
    const failure = await pingEngine(address, signal)
    if (failure === undefined) return { found: address, attempts }
    attempts.push({ address: address.host, source: address.source, failure })
  }
  return { attempts }
}

/** @returns why the engine does not answer, or nothing if it does */
export const pingEngine = async (address: EngineAddress, signal: AbortSignal): Promise<string | undefined> => {
  const milliseconds = address.kind === 'unix' || address.kind === 'npipe' ? LOCAL_PING_MS : REMOTE_PING_MS
  const limit = AbortSignal.timeout(milliseconds)
  try {
    const response = await requestEngine(address, { path: '/_ping', signal: AbortSignal.any([signal, limit]) })
    if (response.status === 200) return undefined
    return `it answered with status ${response.status}${response.body === '' ? '' : `: ${response.body.trim().slice(0, 200)}`}`
  } catch (error) {
    if (signal.aborted) throw signal.reason
    return limit.aborted
      ? `no answer within ${milliseconds / 1000} s`
      : describeUnreachable(error as NodeJS.ErrnoException)
  }
}
