import type { Buffer } from 'node:buffer'
import type { LogChunk, OutputChunk } from '../../engine/ports/container-runtime.ts'

type Line = LogChunk['lines'][number]
type Stream = OutputChunk['stream']

/** A program that never ends a line (a progress bar, binary output) is cut here. UTF-16 units. */
const LONGEST_LINE = 1 << 20
/** The engine cuts longer lines into messages of this many bytes, each with a time of its own. */
const ENGINE_CUT = 16_384

const stampPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/

/**
 * One frame is one message: a time, then text that ends with a line end unless the line goes on in the next message of
 * the same stream. Lines of neighbouring frames are given out together, in order.
 */
export const readLogFrames = async function* (
  batches: AsyncIterable<readonly OutputChunk[]>,
): AsyncGenerator<LogChunk> {
  const open = { stdout: createLineJoiner(), stderr: createLineJoiner() }
  for await (const frames of batches) {
    let stream: Stream = 'stdout'
    let lines: Line[] = []
    for (const frame of frames) {
      if (frame.stream !== stream && lines.length > 0) {
        yield { stream, lines }
        lines = []
      }
      stream = frame.stream
      open[stream].add(frame.data as Buffer, lines)
    }
    if (lines.length > 0) yield { stream, lines }
  }
  for (const stream of ['stdout', 'stderr'] as const) yield* flush(stream, open[stream].end())
}

const flush = function* (stream: Stream, line: Line | undefined): Generator<LogChunk> {
  if (line !== undefined) yield { stream, lines: [line] }
}

/** Joins the messages of one stream to lines. Characters may be cut between messages. */
const createLineJoiner = () => {
  const decoder = new TextDecoder()
  let timestamp = ''
  let text = ''
  const take = (): Line => {
    const line = toLine(timestamp, text)
    timestamp = text = ''
    return line
  }
  return {
    /** Adds the lines that end in it to `lines`. */
    add(data: Buffer, lines: Line[]): void {
      const space = data.indexOf(0x20)
      const stamp = space > 0 && space < 40 ? data.toString('latin1', 0, space) : ''
      const hasStamp = stampPattern.test(stamp)
      if (timestamp === '') timestamp = hasStamp ? stamp : ''
      const parts = decoder.decode(hasStamp ? data.subarray(space + 1) : data, { stream: true }).split('\n')
      const rest = parts.pop() ?? ''
      for (const part of parts) {
        text += part
        lines.push(take())
        if (hasStamp) timestamp = stamp
      }
      text += rest
      if (text === '') timestamp = ''
      if (text.length > LONGEST_LINE) lines.push(take())
    },
    end: (): Line | undefined => (text === '' ? undefined : take()),
  }
}

/** With a terminal there are no frames: a time at the beginning of every line, and lines end with `\r\n`. */
export const readTtyLog = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<LogChunk> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LONGEST_LINE) {
      parts.push(rest)
      rest = ''
    }
    if (parts.length > 0) yield { stream: 'stdout', lines: parts.map(toTtyLine) }
  }
  if (rest !== '') yield { stream: 'stdout', lines: [toTtyLine(rest)] }
}

const toTtyLine = (raw: string): Line => {
  const stamp = stampPattern.exec(raw)
  let text = raw.slice(stamp?.[0].length ?? 0).replace(/\r$/, '')
  for (let cut = ENGINE_CUT; cut < text.length; cut += ENGINE_CUT) {
    text = text.slice(0, cut) + text.slice(cut).replace(stampPattern, '')
  }
  return toLine(stamp?.[1] ?? '', text)
}

const toLine = (timestamp: string, text: string): Line => ({
  text,
  at: timestamp === '' ? 0 : Date.parse(timestamp),
  timestamp,
})
