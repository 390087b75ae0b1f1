import { createHash } from 'node:crypto'

/** SHA-256 in hex of what comes in pieces. */
export const digestChunks = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}
