import { expect, it } from 'vitest'
import fc from 'fast-check'
import { createLogBuffer } from '../../../src/core/state/log-buffer.ts'
import { createLogCounter } from '../../../src/core/state/log-count.ts'
import { parseLogFilter } from '../../../src/core/state/log-filter.ts'
import { createLogWindow } from '../../../src/core/state/log-window.ts'

const limits = { serviceBytes: 1e6, totalBytes: 1e6, lineLength: 1000 }

it('shows while it follows a filter what a search through everything would show', () => {
  const line = fc.record({
    service: fc.constantFrom('web', 'api'),
    at: fc.integer({ min: 0, max: 100 }),
    text: fc.constantFrom('yes 1', 'no', 'yes 2', 'maybe'),
  })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 80 }), fc.integer({ min: 1, max: 10 }), (written, count) => {
      const buffer = createLogBuffer(limits)
      const window = createLogWindow(buffer)
      const filter = parseLogFilter('yes')!
      for (const { service, at, text } of written) {
        buffer.write({ service, container: service, stream: 'stdout', lines: [{ at, text }] })
        expect(window.read({ count, filter })).toEqual(buffer.tail(count, { matches: filter.matches }))
      }
    }),
  )
})

it('gives the same lines while nothing is new', () => {
  const buffer = createLogBuffer(limits)
  const window = createLogWindow(buffer)
  buffer.write({ service: 'web', container: 'a', stream: 'stdout', lines: [{ at: 1, text: 'x' }] })
  expect(window.read({ count: 5 })).toBe(window.read({ count: 5 }))
  buffer.write({ service: 'api', container: 'b', stream: 'stdout', lines: [{ at: 1, text: 'y' }] })
  expect(window.read({ count: 5, services: ['web'] })).toHaveLength(1)
})

it('fills itself from behind when what it stood on was dropped', () => {
  const buffer = createLogBuffer({ ...limits, serviceBytes: 1000 })
  const window = createLogWindow(buffer)
  const write = (at: number) =>
    buffer.write({ service: 'web', container: 'a', stream: 'stdout', lines: [{ at, text: `${at}` }] })
  for (let at = 0; at < 5; at += 1) write(at)
  const to = buffer.tail(1)[0]!
  for (let at = 5; at < 50; at += 1) write(at)
  expect(window.read({ count: 4, to }).map((entry) => entry.text)).toEqual(buffer.head(4).map((entry) => entry.text))
})

it('counts what a filter lets through as a search through everything would, also behind the last line shown', () => {
  const line = fc.record({
    service: fc.constantFrom('web', 'api'),
    at: fc.integer({ min: 0, max: 100 }),
    text: fc.constantFrom('yes 1', 'no', 'yes 2', 'maybe'),
  })
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), fc.boolean(), (written, isOne) => {
      const buffer = createLogBuffer(limits)
      const counter = createLogCounter(buffer)
      const filter = parseLogFilter('yes')!
      const scope = isOne ? { services: ['web'] } : {}
      let to: { order: number; id: number } | undefined
      for (const [index, { service, at, text }] of written.entries()) {
        buffer.write({ service, container: service, stream: 'stdout', lines: [{ at, text }] })
        const all = buffer.tail(1000, scope)
        const found = all.filter(filter.matches)
        if (index % 7 === 3) to = all.at(-1)
        const place = to
        expect(counter.read({ ...scope, filter, ...(place === undefined ? {} : { to: place }) })).toEqual({
          looked: all.length,
          matches: found.length,
          below:
            place === undefined
              ? 0
              : found.filter((one) => one.order > place.order || (one.order === place.order && one.id > place.id))
                  .length,
        })
      }
    }),
  )
})
