import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logLevels } from '../../../src/core/state/log-level.ts'
import { selectLastWords } from '../../../src/core/state/log-words.ts'
import { createLogBuffer, errorSearch, type LogBatch, type LogBuffer } from '../../../src/core/state/log-buffer.ts'
import { parseLogFilter } from '../../../src/core/state/log-filter.ts'
import { comparePositions, type LogEntry } from '../../../src/core/state/log-source.ts'

const limits = { serviceBytes: 6000, totalBytes: 15_000, lineLength: 200 }

/** Nothing that looks like a frame of a stack trace. */
const words = fc.string({ maxLength: 300 }).map((text) => `x${text}`)

const batches: fc.Arbitrary<LogBatch[]> = fc.array(
  fc.record({
    service: fc.constantFrom('web', 'api', 'db', 'worker'),
    container: fc.constantFrom('one', 'two', 'three'),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    lines: fc.array(fc.record({ text: words, at: fc.integer({ min: 0, max: 500 }) }), {
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
    const buffer = createLogBuffer({ ...limits, serviceBytes: 60_000, totalBytes: 100_000 })
    buffer.write({ service: 'db', container: 'a', stream: 'stdout', lines: [{ at: 0, text: 'kept' }] })
    for (let at = 1; at <= 1000; at += 1)
      buffer.write({ service: 'web', container: 'b', stream: 'stdout', lines: [{ at, text: `n${at}` }] })
    const { lines, gone, dropped } = buffer.size(['web'])
    expect([lines + gone, dropped]).toEqual([1000, 0])
    expect(lines).toBeGreaterThan(300)
    expect(texts(everything(buffer))).toEqual([
      'kept',
      ...Array.from({ length: lines }, (_, index) => `n${gone + index + 1}`),
    ])
  })

  it('keeps the few lines of one stream beside the flood of another', () => {
    const buffer = createLogBuffer({ ...limits, serviceBytes: 60_000, totalBytes: 100_000 })
    for (let at = 1; at <= 1000; at += 1) {
      buffer.write({ service: 'web', container: 'b', stream: 'stdout', lines: [{ at, text: `n${at}` }] })
      if (at % 250 === 0)
        buffer.write({ service: 'web', container: 'b', stream: 'stderr', lines: [{ at, text: `error ${at}` }] })
    }
    expect(texts(everything(buffer))).toContain('error 1000')
    expect(texts(everything(buffer))).toContain('error 250')
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
        expect(buffer.count({ from: position })).toBe(all.length - before.length)
        expect(buffer.count({ to: position })).toBe(before.length)
        expect(buffer.count({ sinceId: position.id })).toBe(all.filter((entry) => entry.id > position.id).length)
        expect(all.map((entry) => buffer.owner(entry))).toEqual(all)
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

describe('what a filter shows', () => {
  const line = fc.record({
    service: fc.constantFrom('web', 'api'),
    at: fc.integer({ min: 0, max: 100 }),
    text: fc.constantFrom('yes 1', 'no', 'yes 2', 'maybe', `no ${'x'.repeat(150)}`),
  })

  it('is what a search through everything would find, however it came and what has gone since', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 150 }), fc.boolean(), (written, isOne) => {
        const buffer = createLogBuffer({ serviceBytes: 3000, totalBytes: 5000, lineLength: 1000 })
        const filter = parseLogFilter('yes')!
        const scope = isOne ? { services: ['web'] } : {}
        for (const [index, { service, at, text }] of written.entries()) {
          buffer.write({ service, container: service, stream: 'stdout', lines: [{ at, text }] })
          // Looked at now and then, as a screen does.
          if (index % 7 !== 3) continue
          const all = buffer.tail(Infinity, scope)
          const found = all.filter(filter.matches)
          const place = all[Math.floor(all.length / 2)]
          if (place === undefined) continue
          expect(buffer.tail(10, { ...scope, filter })).toEqual(found.slice(-10))
          expect(buffer.head(10, { ...scope, filter })).toEqual(found.slice(0, 10))
          expect(buffer.count({ ...scope, filter })).toBe(found.length)
          const behind = found.filter((one) => comparePositions(one, place) > 0)
          expect(buffer.count({ ...scope, filter, from: place })).toBe(behind.length)
          expect(buffer.count({ ...scope, filter, sinceId: place.id })).toBe(
            found.filter(({ id }) => id > place.id).length,
          )
          expect(buffer.tail(5, { ...scope, filter, from: place })).toEqual(behind.slice(-5))
          expect(buffer.find(filter, { ...scope, step: 1, at: place })?.id).toBe(behind[0]?.id)
          expect(buffer.find(filter, { ...scope, step: -1, at: place })?.id).toBe(
            found.findLast((one) => comparePositions(one, place) < 0)?.id,
          )
        }
      }),
    )
  })

  const trace = ['ERROR no cart', '    at applyCoupon (src/coupon.ts:41:17)', '    at run (src/queue.ts:88:5)']
  const buffer = filled([
    {
      service: 'web',
      container: 'a',
      stream: 'stdout',
      lines: ['listening', ...trace, 'DEBUG cart is empty'].map((text, at) => ({ text, at })),
    },
    { service: 'api', container: 'b', stream: 'stdout', lines: [{ text: 'between', at: 2 }] },
  ])
  const shownBy = (typed: string) => {
    const filter = parseLogFilter(typed)!
    return [
      buffer.tail(10, { filter }).map((item) => `${item.text}${item.more === 0 ? '' : ` +${item.more}`}`),
      buffer.count({ filter }),
    ]
  }

  it('keeps a stack trace together as one item, whatever comes between its lines', () => {
    expect(buffer.tail(10).map(({ text, more }) => [text, more])).toEqual([
      ['listening', 0],
      ['ERROR no cart', 2],
      ['between', 0],
      ['DEBUG cart is empty', 0],
    ])
    const [error] = buffer.tail(3)
    expect(texts(buffer.rest(error!))).toEqual(trace.slice(1))
    expect(buffer.owner(buffer.rest(error!)[1]!)).toEqual(error)
  })

  it.each([
    ['error', ['ERROR no cart +2'], 3],
    ['level:error', ['ERROR no cart +2'], 3],
    ['coupon', ['    at applyCoupon (src/coupon.ts:41:17)'], 1],
    ['!error', ['listening', 'between', 'DEBUG cart is empty'], 3],
    ['!queue', ['listening', 'ERROR no cart +2', 'between', 'DEBUG cart is empty'], 6],
    ['cart !level:warn', ['DEBUG cart is empty'], 1],
    ['service:ap', ['between'], 1],
    ['level:info', ['listening', 'ERROR no cart +2', 'between'], 5],
  ])('%s: %j', (typed, items, count) => {
    expect(shownBy(typed)).toEqual([items, count])
  })

  it('is searched without hiding the rest, frames too', () => {
    const search = parseLogFilter('src/')!
    const first = buffer.find(search, { step: -1 })
    expect(first?.text).toBe(trace[2])
    expect(buffer.find(search, { step: -1, at: first! })?.text).toBe(trace[1])
    expect(buffer.find(search, { step: 1, at: first! })).toBeUndefined()
    expect(buffer.count({ search })).toBe(2)
    expect(buffer.count({ search, to: first! })).toBe(2)
    expect(buffer.count({ search, filter: parseLogFilter('!error')! })).toBe(0)
    expect(buffer.find(errorSearch, { step: -1 })?.text).toBe(trace[0])
  })
})

it('tells what happened to a service among its lines, without counting it as one', () => {
  const buffer = filled([
    {
      service: 'web',
      container: 'a',
      stream: 'stdout',
      lines: [
        { text: 'one', at: 1 },
        { text: 'two', at: 3 },
      ],
    },
  ])
  buffer.note({ service: 'web', at: 2, text: 'web exited 1', level: logLevels.error })
  expect(texts(everything(buffer))).toEqual(['one', 'web exited 1', 'two'])
  expect([buffer.size().lines, buffer.count({}), buffer.count({ search: errorSearch })]).toEqual([2, 2, 1])
})

it('the last words of a service are those of an error, also where another stream has said something after it', () => {
  const buffer = createLogBuffer()
  const write = (stream: 'stdout' | 'stderr', at: number, ...texts: readonly string[]) =>
    buffer.write({ service: 'api', container: 'api-1', stream, lines: texts.map((text) => ({ at, text })) })
  write('stderr', 1000, 'Error: of long ago')
  write('stderr', 5000, 'TypeError: cart is undefined', '    at applyCoupon (/app/coupon.js:41:17)')
  write('stdout', 5001, 'INFO api is starting')
  expect(selectLastWords(buffer, 'api')).toBe('TypeError: cart is undefined')
  write('stdout', 9000, 'nothing left to do')
  expect(selectLastWords(buffer, 'api')).toBe('nothing left to do')
})
