import { Buffer } from 'node:buffer'
import type { OutputChunk } from '../../engine/ports/container-runtime.ts'

const HEADER = 8
const STDERR = 2
/** The engine's own complaint inside a stream. */
const SYSTEM_ERROR = 3

/**
 * The engine's frames (stream, three zeros, length, payload), each whole, and those that came together as one: a log has a
 * frame for each line, and a turn of the loop for each costs more than the line. Bytes are never copied unless a frame was
 * cut between two chunks, and then once.
 */
export const demuxBatches = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly OutputChunk[]> {
  let pending: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    pending.push(chunk)
    size += chunk.length
    if (size < frameSize(pending)) continue
    const bytes = pending.length === 1 ? chunk : Buffer.concat(pending, size)
    const { frames, rest, complaint } = takeFrames(bytes)
    if (frames.length > 0) yield frames
    if (complaint !== undefined) throw new Error(complaint)
    pending = rest.length === 0 ? [] : [rest]
    size = rest.length
  }
}

/** The same, one by one. */
export const demuxFrames = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  for await (const frames of demuxBatches(chunks)) for (const frame of frames) yield frame
}

type Taken = {
  readonly frames: readonly OutputChunk[]
  /** What belongs to a frame that is not whole yet. */
  readonly rest: Buffer
  /** The engine's own, which ends the stream: what came before it has been said. */
  readonly complaint?: string
}

const takeFrames = (bytes: Buffer): Taken => {
  const frames: OutputChunk[] = []
  let at = 0
  while (bytes.length - at >= HEADER) {
    const end = at + HEADER + bytes.readUInt32BE(at + 4)
    if (bytes.length < end) break
    const data = bytes.subarray(at + HEADER, end)
    if (bytes[at] === SYSTEM_ERROR) return { frames, rest: bytes.subarray(end), complaint: data.toString('utf8') }
    frames.push({ stream: bytes[at] === STDERR ? 'stderr' : 'stdout', data })
    at = end
  }
  return { frames, rest: bytes.subarray(at) }
}

/** Bytes that the first frame needs before anything can be done with it. */
const frameSize = (pending: readonly Buffer[]): number => {
  const first = pending[0]
  if (first === undefined || first.length < HEADER) return HEADER
  return HEADER + first.readUInt32BE(4)
}

/** With a terminal there are no frames. */
export const passRaw = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  for await (const data of chunks) yield { stream: 'stdout', data }
}
