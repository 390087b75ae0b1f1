import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIncludeFilter } from '../../../src/docker/image-build/session/follow-paths.ts'
import { readFields, writeMessage } from '../../../src/docker/image-build/session/protobuf.ts'
import { demuxBatches, demuxFrames } from '../../../src/docker/streams/demux.ts'
import { parseReference, registryOf } from '../../../src/docker/registry/image-reference.ts'
import { readLogFrames } from '../../../src/docker/streams/log-lines.ts'
import { translateError } from '../../../src/docker/connection/translate-error.ts'

const frame = (stream: 1 | 2 | 3, data: Uint8Array): Buffer => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

/** The same bytes, cut anywhere. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
}

const each = async function* <T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

test('frames are the same however the bytes are cut', async () => {
  const frames = fc.array(fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.nat(2000), { maxLength: 20 }), async (sent, places) => {
      const seen: [number, number[]][] = []
      const bytes = Buffer.concat(sent.map(([stream, data]) => frame(stream, data)))
      for await (const { stream, data } of demuxFrames(each(cut(bytes, places))))
        seen.push([stream === 'stderr' ? 2 : 1, [...data]])
      expect(seen).toEqual(sent.map(([stream, data]) => [stream, [...data]]))
    }),
  )
})

test('lines that came together are told together, and what the engine complains of after them', async () => {
  const bytes = Buffer.concat([
    frame(1, Buffer.from('2026-01-01T00:00:00Z one\n')),
    frame(1, Buffer.from('2026-01-01T00:00:01Z two\n')),
    frame(2, Buffer.from('2026-01-01T00:00:02Z three\n')),
    frame(3, Buffer.from('error from daemon in stream: the log was rotated away')),
  ])
  const told: string[] = []
  await expect(async () => {
    for await (const { stream, lines } of readLogFrames(demuxBatches(each([bytes]))))
      told.push(`${stream}: ${lines.map(({ text }) => text).join(', ')}`)
  }).rejects.toThrow('the log was rotated away')
  expect(told).toEqual(['stdout: one, two', 'stderr: three'])
})

test('a line in several messages is one line with the time of the first', async () => {
  const messages = [
    '2026-01-01T00:00:00.000000001Z be',
    '2026-01-01T00:00:01Z gin\n',
    '2026-01-01T00:00:02Z \n',
    '2026-01-01T00:00:03Z open',
  ].map((text) => ({ stream: 'stdout' as const, data: Buffer.from(text) }))
  const lines: string[] = []
  for await (const chunk of readLogFrames(each(messages.map((message) => [message]))))
    lines.push(...chunk.lines.map(({ text, timestamp }) => `${timestamp} ${JSON.stringify(text)}`))
  expect(lines).toEqual([
    '2026-01-01T00:00:00.000000001Z "begin"',
    '2026-01-01T00:00:02Z ""',
    '2026-01-01T00:00:03Z "open"',
  ])
})

test('what is written as protobuf is read again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.maxSafeNat().filter((value) => value > 0),
      fc.string({ minLength: 1 }),
      (field, value, text) => {
        const seen = [
          ...readFields(
            writeMessage([
              [field, value],
              [field + 1, text],
            ]),
          ),
        ].map(({ number, value: found, bytes }) => [number, bytes.length > 0 ? bytes.toString() : found])
        expect(seen).toEqual([
          [field, value],
          [field + 1, Buffer.from(text).toString()],
        ])
      },
    ),
  )
})

test('a message of protobuf that is cut off is refused, wherever it is', () => {
  const message = writeMessage([
    [1, 300],
    [2, 'text'],
  ])
  const ends = [3] // where a field ends, what is before it is a message too
  for (let end = 1; end < message.length; end += 1) {
    const read = () => [...readFields(message.subarray(0, end))]
    if (ends.includes(end)) expect(read, String(end)).not.toThrow()
    else expect(read, String(end)).toThrow(RangeError)
  }
})

describe('what of a context is wanted', () => {
  test.each([
    ['src', 'src', true, true],
    ['src', 'src/deep/file', true, true],
    ['src/deep', 'src', false, true],
    ['src/deep', 'source', false, false],
    ['*.txt', 'a.txt', true, true],
    ['*.txt', 'sub/a.txt', false, false],
    ['data/[a-c]?', 'data/b1', true, true],
  ])('of %s, %s is accepted: %s, and looked into: %s', (include, path, accepts, descends) => {
    const filter = createIncludeFilter([include])
    expect([filter.accepts(path), filter.descends(path)]).toEqual([accepts, descends])
  })
})

test('references and their registries', () => {
  expect(
    ['busybox', 'team/app:1', 'localhost:5000/app', 'ghcr.io/a/b:2@sha256:abc'].map((text) => ({
      ...parseReference(text),
      registry: registryOf(text),
    })),
  ).toEqual([
    { repository: 'busybox', registry: 'docker.io' },
    { repository: 'team/app', tag: '1', registry: 'docker.io' },
    { repository: 'localhost:5000/app', registry: 'localhost:5000' },
    { repository: 'ghcr.io/a/b', tag: '2', digest: 'sha256:abc', registry: 'ghcr.io' },
  ])
})

test.each([
  [
    'driver failed programming external connectivity on endpoint x (abc): Bind for 0.0.0.0:8080 failed: port is already allocated',
    'Port 8080 is already in use by another program on this machine.',
  ],
  [
    'driver failed programming external connectivity: Error starting userland proxy: listen tcp4 127.0.0.1:5432: bind: address already in use',
    'Port 5432 of 127.0.0.1 is already in use by another program on this machine.',
  ],
  [
    'failed to set up container networking: driver failed programming external connectivity on endpoint x: failed to bind host port 0.0.0.0:80/tcp: address already in use',
    'Port 80 is already in use by another program on this machine.',
  ],
  ['write /var/lib/docker/x: no space left on device', "The engine's disk is full: it could not create container web."],
  [
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'The engine has no free addresses left for network n.',
  ],
])('the engine says: %s', (message, expected) => {
  const address = { kind: 'unix', host: 'unix:///x', source: 'default' } as const
  expect(
    translateError(Object.assign(new Error(message), { statusCode: 500 }), {
      what: 'create container web',
      subject: 'network n',
      address,
    }).message,
  ).toBe(expected)
})
