import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { requestEngine } from '../engines/engine-http.ts'

/** Long enough for a slow line, short enough not to hold anybody up where packets are dropped in silence. */
const ANSWER_MS = 6_000

export type HubAnswer = { readonly reachable: boolean; readonly detail: string }

/**
 * Lets the engine ask Docker Hub for a manifest: it is the engine's way there that counts, with its proxies and mirrors,
 * not ours. `STACK_BASE_IMAGES=local` or `hub` answers beforehand.
 */
export const asksDockerHub = async (
  address: EngineAddress,
  { env, signal }: { env: Environment; signal: AbortSignal },
): Promise<HubAnswer> => {
  if (env.STACK_BASE_IMAGES === 'local')
    return { reachable: false, detail: 'Docker Hub is not to be used (STACK_BASE_IMAGES)' }
  if (env.STACK_BASE_IMAGES === 'hub')
    return { reachable: true, detail: 'Docker Hub is to be used (STACK_BASE_IMAGES)' }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
    const { status } = await requestEngine(address, { path: '/distribution/busybox:1.37/json', signal: limit })
    // A refusal (no rights, too many requests) is an answer of the registry too; 500 is the engine's own "no connection".
    return status < 500
      ? { reachable: true, detail: 'Docker Hub answers' }
      : { reachable: false, detail: 'Docker Hub cannot be reached' }
  } catch {
    signal.throwIfAborted()
    return { reachable: false, detail: `Docker Hub does not answer within ${ANSWER_MS / 1000} s` }
  }
}
