import { Buffer } from 'node:buffer'
import type { OutputChunk } from '../../engine/ports/container-runtime.ts'

const HEADER = 8
const STDERR = 2
/** The engine's own complaint inside a stream. */
const SYSTEM_ERROR = 3

/**
 * The engine's frames (stream, three zeros, length, payload), each whole. Bytes are never copied unless a frame was cut
 * between two chunks, and then once.
 */
export const demuxFrames = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  let pending: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    pending.push(chunk)
    size += chunk.length
    if (size < frameSize(pending)) continue
    let bytes = pending.length === 1 ? chunk : Buffer.concat(pending, size)
    while (bytes.length >= HEADER) {
      const end = HEADER + bytes.readUInt32BE(4)
      if (bytes.length < end) break
      yield toChunk(bytes[0] ?? 0, bytes.subarray(HEADER, end))
      bytes = bytes.subarray(end)
    }
    pending = bytes.length === 0 ? [] : [bytes]
    size = bytes.length
  }
}

/** Bytes that the first frame needs before anything can be done with it. */
const frameSize = (pending: readonly Buffer[]): number => {
  const first = pending[0]
  if (first === undefined || first.length < HEADER) return HEADER
  return HEADER + first.readUInt32BE(4)
}

const toChunk = (stream: number, data: Buffer): OutputChunk => {
  if (stream === SYSTEM_ERROR) throw new Error(data.toString('utf8'))
  return { stream: stream === STDERR ? 'stderr' : 'stdout', data }
}

/** With a terminal there are no frames. */
export const passRaw = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  for await (const data of chunks) yield { stream: 'stdout', data }
}
