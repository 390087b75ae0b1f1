/** The whole of a short answer. An abort rejects with the signal's reason, not with what it did to the connection. */
export const readAll = (stream: NodeJS.ReadableStream, signal?: AbortSignal): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.once('error', (error) => reject(signal?.aborted === true ? signal.reason : error))
    // 'close' without 'end': cut off. After 'end' this changes nothing any more.
    stream.once('close', () =>
      reject(
        signal?.aborted === true
          ? signal.reason
          : Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' }),
      ),
    )
  })

/**
 * The chunks of a long answer, read as fast as the reader takes them. Leaving the loop closes the connection.
 * @throws the signal's reason when it was aborted, else the connection's error
 */
export const readChunks = async function* (
  stream: NodeJS.ReadableStream,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error
  }
  if (signal?.aborted === true) throw signal.reason
}

/** One value for each line, as `parse` reads it. Characters and lines may be cut anywhere between chunks. */
export const readLines = async function* <T>(
  stream: NodeJS.ReadableStream,
  parse: (line: string) => T,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of readChunks(stream, signal)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield parse(line)
  }
  if (rest.trim() !== '') yield parse(rest)
}
