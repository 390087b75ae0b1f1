import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes, and where the reader is slow waits until it has taken what was written: memory stays bounded. */
export const writeOut = async (
  stream: Writable,
  data: Uint8Array,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> => {
  if (!stream.write(data)) await once(stream, 'drain', { signal })
}
