import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogBuffer, type LogBatch, type LogBuffer } from '../../../src/core/state/log-buffer.ts'
import { comparePositions, entryBytes, type LogEntry } from '../../../src/core/state/log-source.ts'

const limits = { serviceBytes: 2000, totalBytes: 5000, lineLength: 200 }

const batches: fc.Arbitrary<LogBatch[]> = fc.array(
  fc.record({
    service: fc.constantFrom('web', 'api', 'db', 'worker'),
    container: fc.constantFrom('one', 'two', 'three'),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    lines: fc.array(fc.record({ text: fc.string({ maxLength: 300 }), at: fc.integer({ min: 0, max: 500 }) }), {
      maxLength: 8,
    }),
  }),
  { maxLength: 60 },
)

const filled = (written: readonly LogBatch[], bounds = limits): LogBuffer => {
  const buffer = createLogBuffer(bounds)
  for (const batch of written) buffer.write(batch)
  return buffer
}
const everything = (buffer: LogBuffer, services?: readonly string[]) =>
  buffer.tail(Infinity, services === undefined ? {} : { services })
const texts = (entries: readonly LogEntry[]) => entries.map((entry) => entry.text)

describe('what a log buffer keeps', () => {
  it('never holds more bytes than it may, of a service and of all', () => {
    fc.assert(
      fc.property(batches, (written) => {
        const buffer = createLogBuffer(limits)
        for (const batch of written) {
          buffer.write(batch)
          expect(buffer.size([batch.service]).bytes).toBeLessThanOrEqual(limits.serviceBytes)
          expect(buffer.size().bytes).toBeLessThanOrEqual(limits.totalBytes)
        }
        expect(buffer.size().bytes).toBe(everything(buffer).reduce((sum, entry) => sum + entryBytes(entry), 0))
      }),
    )
  })

  it('counts every line as kept or gone', () => {
    fc.assert(
      fc.property(batches, (written) => {
        const buffer = filled(written)
        const size = buffer.size()
        expect(size.lines + size.gone).toBe(written.reduce((sum, batch) => sum + batch.lines.length, 0))
        expect(everything(buffer)).toHaveLength(size.lines)
      }),
    )
  })

  it('drops the oldest lines of the service that is full, and of no other', () => {
    const buffer = createLogBuffer({ ...limits, serviceBytes: 3 * 155 })
    buffer.write({ service: 'db', container: 'a', stream: 'stdout', lines: [{ at: 0, text: 'kept' }] })
    for (let at = 1; at <= 5; at += 1)
      buffer.write({ service: 'web', container: 'b', stream: 'stdout', lines: [{ at, text: `n${at}` }] })
    expect(texts(everything(buffer))).toEqual(['kept', 'n3', 'n4', 'n5'])
    expect(buffer.size(['web'])).toMatchObject({ lines: 3, gone: 2, dropped: 0 })
  })

  it('adds what was lost before it came', () => {
    const buffer = createLogBuffer(limits)
    buffer.noteDropped('web', 40)
    expect(buffer.size(['web']).dropped).toBe(40)
    expect(buffer.size(['api']).dropped).toBe(0)
  })

  it('cuts a line that is too long', () => {
    const buffer = filled([
      { service: 'web', container: 'a', stream: 'stdout', lines: [{ at: 0, text: 'x'.repeat(1000) }] },
    ])
    expect(everything(buffer)[0]?.text).toBe(`${'x'.repeat(199)}…`)
  })

  it('stays bounded through a hundred containers of one service', () => {
    const written = Array.from({ length: 100 }, (_, number): LogBatch => ({
      service: 'web',
      container: `web-${number}`,
      stream: 'stdout',
      lines: [{ at: 100 - number, text: `${number}` }],
    }))
    const buffer = filled(written, { ...limits, serviceBytes: 100_000, totalBytes: 100_000 })
    expect(texts(everything(buffer))).toEqual(written.map((batch) => batch.lines[0]!.text).toReversed())
  })
})

describe('the merged view', () => {
  const roomy = { serviceBytes: 1e9, totalBytes: 1e9, lineLength: 1000 }

  it('is sorted, and keeps the order of each stream', () => {
    fc.assert(
      fc.property(batches, (written) => {
        const all = everything(filled(written, roomy))
        for (let index = 1; index < all.length; index += 1)
          expect(comparePositions(all[index - 1]!, all[index]!)).toBeLessThan(0)
        for (const batch of written) {
          const mine = all.filter(
            (entry) =>
              entry.service === batch.service && entry.container === batch.container && entry.stream === batch.stream,
          )
          expect(mine.map((entry) => entry.id)).toEqual(mine.map((entry) => entry.id).toSorted((a, b) => a - b))
        }
      }),
    )
  })

  it('interleaves streams by the time of each line, however late it comes', () => {
    const buffer = filled([
      {
        service: 'web',
        container: 'a',
        stream: 'stdout',
        lines: [
          { at: 10, text: 'a' },
          { at: 30, text: 'c' },
        ],
      },
      {
        service: 'api',
        container: 'b',
        stream: 'stdout',
        lines: [
          { at: 20, text: 'b' },
          { at: 40, text: 'd' },
        ],
      },
      { service: 'web', container: 'a', stream: 'stderr', lines: [{ at: 15, text: 'a2' }] },
    ])
    expect(texts(everything(buffer))).toEqual(['a', 'a2', 'b', 'c', 'd'])
  })

  it('shows through tail, head and since what everything together shows', () => {
    fc.assert(
      fc.property(batches, fc.nat(30), fc.nat(60), (written, count, place) => {
        const buffer = filled(written)
        const all = everything(buffer)
        const position = all[Math.min(place, all.length - 1)]
        expect(buffer.tail(count)).toEqual(count === 0 ? [] : all.slice(-count))
        expect(buffer.head(count)).toEqual(all.slice(0, count))
        const web = all.filter((entry) => entry.service === 'web')
        expect(everything(buffer, ['web'])).toEqual(web)
        if (position === undefined) return
        const before = all.filter((entry) => comparePositions(entry, position) <= 0)
        expect(buffer.tail(Infinity, { to: position })).toEqual(before)
        expect(buffer.head(Infinity, { after: position })).toEqual(all.slice(before.length))
        expect(buffer.countAfter(position)).toBe(all.length - before.length)
        expect(buffer.since(position.id)).toEqual(all.filter((entry) => entry.id > position.id))
        expect(all.every((entry) => buffer.has(entry))).toBe(true)
      }),
    )
  })

  it('has another version when, and only when, the log of a service is another', () => {
    const buffer = createLogBuffer(limits)
    const before = [buffer.version(), buffer.version(['web'])]
    buffer.write({ service: 'api', container: 'a', stream: 'stdout', lines: [{ at: 1, text: 'x' }] })
    expect(buffer.version()).not.toBe(before[0])
    expect(buffer.version(['web'])).toBe(before[1])
  })
})
