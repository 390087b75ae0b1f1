import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { ObservedImage } from '../../core/plan/observed.ts'
import type { TransferProgress } from '../../engine/ports/image-runtime.ts'
import type { EngineFailure } from '../connection/ask.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { parseReference, registryOf } from './image-reference.ts'
import { readRegistryAuth } from './registry-auth.ts'
import { readImage } from '../to-observed-image.ts'
import { followTransfer, isDenied, isMissing, toTransferReason } from './transfer.ts'
import { transferRefusals } from './transfer-refusals.ts'
import { findWords } from '../connection/refusals/refusal.ts'
import { toQuotation, translateError } from '../connection/translate-error.ts'

export type PullOptions = {
  readonly reference: string
  readonly platform?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

/** Pulls one image with what `docker login` knows of its registry, and tells what it is now. */
export const pullImage = async (
  client: DockerClient,
  { reference, platform, signal, onProgress }: PullOptions,
): Promise<ObservedImage> => {
  signal?.throwIfAborted()
  const registry = registryOf(reference)
  try {
    const { repository, tag, digest } = parseReference(reference)
    const auth = await readRegistryAuth(registry, client.environment)
    const options = { fromImage: repository, tag: digest ?? tag ?? 'latest', platform }
    const stream = await client.docker.createImage(auth, withSignal(signal, options))
    await followTransfer(stream, { signal, onProgress })
    return await readImage(client, { reference, signal })
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw toPullError(client, { error, reference, registry })
  }
}

const toPullError = (
  client: DockerClient,
  { error, reference, registry }: { readonly error: unknown; readonly reference: string; readonly registry: string },
): StackError => {
  const why = (error as EngineFailure).message
  const translated = translateError(error, { what: `pull ${reference}`, address: client.address })
  if (isStackError(error) || !['engine/refused', 'engine/not-found', 'engine/image-missing'].includes(translated.code))
    return translated
  // A registry says "denied" of an image that is not there as well, so both are named.
  if (isDenied(why))
    return new StackError(
      'engine/registry-denied',
      { image: reference, registry, said: toQuotation(why) },
      { cause: error },
    )
  if (isMissing(why) && findWords(transferRefusals, why) === undefined)
    return new StackError(
      'engine/image-missing',
      { image: reference, looked: `on the engine and in the registry ${registry}` },
      { cause: error },
    )
  return new StackError('engine/pull-failed', { image: reference, ...toTransferReason(why) }, { cause: error })
}
