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
    await learnNames(client, error)
    throw translateError(error, { what, subject, address: client.address, names: client.names })
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
    await learnNames(client, error)
    throw translateError(error, { what, subject, address: client.address, names: client.names })
  }
}

/** At most so many containers are asked for their names, which one sentence speaks of. */
const mostAsked = 5

/** Containers of others that a refusal speaks of by their ids, such as those that use a volume. */
const learnNames = async ({ docker, names }: DockerClient, error: unknown): Promise<void> => {
  const { statusCode, message } = error as EngineFailure
  if (statusCode === undefined) return
  await Promise.all(
    names
      .unknownIn(message)
      .slice(0, mostAsked)
      .map(async (id) => {
        const found = await docker
          .getContainer(id)
          .inspect()
          .catch(() => undefined)
        if (found !== undefined) names.learn(id, found.Name.replace(/^\//, ''))
      }),
  )
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
