import type { TransferProgress } from '../../engine/ports/image-runtime.ts'
import { objectRefusals } from '../connection/refusals/object-refusals.ts'
import { findWords, type Words } from '../connection/refusals/refusal.ts'
import { toQuotation } from '../connection/translate-error.ts'
import { readLines } from '../../wire/read-body.ts'
import { transferRefusals } from './transfer-refusals.ts'

export type TransferOptions = {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: TransferProgress) => void) | undefined
}

/** Follows a pull or a push to its end. An error comes as a line of a stream whose status was a success. */
export const followTransfer = async (
  stream: NodeJS.ReadableStream,
  { signal, onProgress }: TransferOptions,
): Promise<void> => {
  const { readTransferMessage } = await import('../connection/answers.ts')
  for await (const message of readLines(stream, readTransferMessage, signal)) {
    const failure = message.errorDetail?.message ?? message.error
    if (failure !== undefined) throw new Error(failure)
    if (message.status === undefined) continue
    const { current, total } = message.progressDetail ?? {}
    onProgress?.({
      status: message.status,
      ...(message.id === undefined ? {} : { layer: message.id }),
      ...(current === undefined ? {} : { current }),
      ...(total === undefined || total <= 0 ? {} : { total }),
    })
  }
}

/**
 * Registries say in many ways that one is not signed in, or that the image is not theirs to show. A single word counts only
 * where the name of an image cannot stand, and a file that may not be written (`permission denied`) is another matter.
 */
export const isDenied = (why: string): boolean =>
  /(?:^|: |access )(?:unauthorized|denied)\b|authentication required|no basic auth credentials|incorrect username or password/i.test(
    why,
  )

export const isMissing = (why: string): boolean => /not found|manifest unknown|name unknown|does not exist/i.test(why)

/** Why it was not moved: in words of ours, or else quoted. */
export const toTransferReason = (why: string): Words | { readonly said: string } =>
  findWords([...transferRefusals, ...objectRefusals], why) ?? { said: toQuotation(why) }
