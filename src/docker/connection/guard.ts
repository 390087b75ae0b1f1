import type { EngineFailure } from './ask.ts'
import type { DockerClient } from './client.ts'
import { translateError } from './translate-error.ts'

export type GuardOptions = {
  readonly what: string
  readonly subject?: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs one call: an abort rejects with the signal's reason and everything else with an error of the catalogue.
 */
export const guard = async <T>(
  client: DockerClient,
  { what, subject, signal }: GuardOptions,
  call: () => Promise<T>,
): Promise<T> => {
  signal?.throwIfAborted()
  try {
    return await call()
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw translateError(error, { what, subject, address: client.address })
  }
}

/** The same for what comes in pieces. */
export const guardStream = async function* <T>(
  client: DockerClient,
  { what, subject, signal }: GuardOptions,
  stream: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  signal?.throwIfAborted()
  try {
    yield* stream()
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw translateError(error, { what, subject, address: client.address })
  }
}

/** Makes statuses that mean "it is so already" a success. */
export const accept = async (statuses: readonly number[], call: Promise<unknown>): Promise<void> => {
  await call.catch((error: EngineFailure) => {
    if (!statuses.includes(error.statusCode ?? 0)) throw error
  })
}

/** `undefined` for what is not there. */
export const orUndefined = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: EngineFailure) => {
    if (error.statusCode === 404) return undefined
    throw error
  })
