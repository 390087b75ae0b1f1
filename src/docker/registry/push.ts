import { StackError } from '../../core/errors/stack-error.ts'
import type { TransferProgress } from '../../engine/ports/image-runtime.ts'
import type { EngineFailure } from '../connection/ask.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { parseReference, registryOf, toReferencePath } from './image-reference.ts'
import { toHeaderValue } from '../connection/header-value.ts'
import { readRegistryAuth } from './registry-auth.ts'
import { followTransfer, isDenied, toTransferReason } from './transfer.ts'
import { toQuotation, translateError } from '../connection/translate-error.ts'

type PushOptions = {
  readonly reference: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

export const pushImage = async (
  client: DockerClient,
  { reference, signal, onProgress }: PushOptions,
): Promise<void> => {
  signal?.throwIfAborted()
  const registry = registryOf(reference)
  try {
    const { repository, tag = 'latest' } = parseReference(reference)
    // The engine wants it even where there is nothing to say.
    const authconfig = (await readRegistryAuth(registry, client.environment)) ?? { base64: toHeaderValue({}) }
    const stream = await client.docker
      .getImage(toReferencePath(repository))
      .push(withSignal(signal, { tag, authconfig }))
    await followTransfer(stream, { signal, onProgress })
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    const why = (error as EngineFailure).message
    if (isDenied(why))
      throw new StackError(
        'engine/registry-denied',
        { image: reference, registry, said: toQuotation(why) },
        { cause: error },
      )
    const translated = translateError(error, { what: `push ${reference}`, address: client.address })
    throw translated.code === 'engine/refused'
      ? new StackError('engine/push-failed', { image: reference, ...toTransferReason(why) }, { cause: error })
      : translated
  }
}
