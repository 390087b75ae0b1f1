import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { EngineFailure } from '../connection/ask.ts'
import type { DockerClient } from '../connection/client.ts'
import { registryOf } from './image-reference.ts'
import { readRegistryAuth } from './registry-auth.ts'
import { isDenied, isMissing, toTransferReason } from './transfer.ts'
import { toQuotation, translateError } from '../connection/translate-error.ts'

export type DigestOptions = { readonly reference: string; readonly signal?: AbortSignal }

/** The digest that the registry has for an image now, asked by the engine with what `docker login` knows; nothing is pulled. */
export const resolveDigest = async (client: DockerClient, { reference, signal }: DigestOptions): Promise<string> => {
  signal?.throwIfAborted()
  const registry = registryOf(reference)
  try {
    const auth = await readRegistryAuth(registry, client.environment)
    const { Descriptor } = await client.beside.askDigest(reference, { auth, signal })
    return Descriptor.digest
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    const why = (error as EngineFailure).message
    const translated = translateError(error, { what: `ask for the digest of ${reference}`, address: client.address })
    if (isStackError(error) || (error as EngineFailure).statusCode === undefined) throw translated
    if (isDenied(why))
      throw new StackError(
        'engine/registry-denied',
        { image: reference, registry, said: toQuotation(why) },
        { cause: error },
      )
    if (isMissing(why))
      throw new StackError(
        'engine/image-missing',
        { image: reference, looked: `in the registry ${registry}` },
        { cause: error },
      )
    throw new StackError(
      'engine/digest-unknown',
      { image: reference, registry, ...toTransferReason(why) },
      { cause: error },
    )
  }
}
