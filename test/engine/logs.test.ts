import { StackError } from '../../src/core/errors/stack-error.ts'
import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../src/core/events/event.ts'
import { readLogs, type LogsRequest } from '../../src/engine/logs.ts'
import { createLogFollower } from '../../src/engine/logs/log-follower.ts'
import { mergeLogs } from '../../src/engine/logs/merge-logs.ts'
import type { LogChunk } from '../../src/engine/ports/container-runtime.ts'
import { aProject, aService, aWorld, type World } from '../support/builders.ts'

const place = async (world: World, ...services: readonly string[]): Promise<void> => {
  for (const service of services) {
    await world.clock.run(
      (async () => {
        const { id } = await world.runtime.createContainer({
          name: `demo-${service}-1`,
          project: aProject({}),
          serviceName: service,
          service: aService({ networks: {} }),
          image: 'busybox',
          networkNames: {},
          containersOf: {},
          labels: {
            'com.docker.compose.project': 'demo',
            'com.docker.compose.service': service,
            'com.docker.compose.container-number': '1',
          },
        })
        await world.runtime.startContainer(id)
      })(),
    )
  }
}
const read = (world: World, request: Partial<LogsRequest> = {}) => {
  const lines: string[] = []
  const emit = (body: EventBody): void => {
    if (body.type === 'log/written') lines.push(...body.lines.map((line) => `${body.service} ${line.text}`))
  }
  const controller = new AbortController()
  const work = readLogs(world.deps, { project: 'demo', follow: false, emit, ...request }, { signal: controller.signal })
  work.catch(() => {})
  return { lines, work, end: () => controller.abort() }
}

describe('readLogs', () => {
  test('lines of several services come in the order of their time', async () => {
    const world = aWorld()
    await place(world, 'db', 'web')
    for (const [service, text] of [
      ['web', '1'],
      ['db', '2'],
      ['web', '3'],
      ['web', '4'],
      ['db', '5'],
    ] as const) {
      world.runtime.write(`demo-${service}-1`, text)
      await world.clock.advance(10)
    }
    const { lines, work } = read(world)
    await world.clock.run(work)
    expect(lines).toEqual(['web 1', 'db 2', 'web 3', 'web 4', 'db 5'])
  })

  test('goes on with what is written, without loss and without repetition, across restarts and new containers', async () => {
    const world = aWorld()
    await place(world, 'web')
    world.runtime.write('demo-web-1', 'before')
    const { lines, work } = read(world, { follow: true })
    await world.clock.advance(100)
    world.runtime.write('demo-web-1', 'first')
    await world.clock.advance(100)
    await world.clock.run(world.runtime.restartContainer(world.runtime.byName('demo-web-1').id))
    world.runtime.write('demo-web-1', 'second')
    await place(world, 'late')
    world.runtime.write('demo-late-1', 'hello')
    await world.clock.advance(200)
    expect(lines).toEqual(['web before', 'web first', 'web second', 'late hello'])
    world.runtime.exit('demo-web-1', 0)
    world.runtime.exit('demo-late-1', 0)
    await world.clock.run(work)
    expect(world.runtime.openStreams()).toBe(0)
  })

  test('chooses services, replicas and a number of lines', async () => {
    const world = aWorld()
    await place(world, 'db', 'web')
    for (const text of ['1', '2', '3']) world.runtime.write('demo-web-1', text)
    world.runtime.write('demo-db-1', 'x')
    const { lines, work } = read(world, { services: ['web'], tail: 2 })
    await world.clock.run(work)
    expect(lines).toEqual(['web 2', 'web 3'])
    const none = read(world, { number: 2 })
    await world.clock.run(none.work)
    expect(none.lines).toEqual([])
  })
})

describe('createLogFollower', () => {
  test('a flood is cut, and what was cut is counted', async () => {
    const world = aWorld()
    await place(world, 'web')
    const counts = { written: 0, dropped: 0 }
    const chunk: LogChunk = {
      stream: 'stdout',
      lines: Array.from({ length: 30_000 }, (_, index) => ({
        text: `${index}`,
        at: 0,
        timestamp: `2026-01-01T00:00:00.${String(index).padStart(9, '0')}Z`,
      })),
    }
    const runtime = {
      ...world.runtime,
      logs: async function* () {
        yield chunk
      },
    }
    const { signal } = new AbortController()
    const follower = createLogFollower({
      ...world.deps,
      runtime,
      signal,
      emit: (body) => {
        if (body.type === 'log/written') counts.written += body.lines.length
        if (body.type === 'log/dropped') counts.dropped += body.lines
      },
    })
    follower.follow({ id: world.runtime.byName('demo-web-1').id, name: 'demo-web-1', service: 'web' })
    await world.clock.run(follower.idle())
    expect(counts).toEqual({ written: 20_000, dropped: 10_000 })
  })

  test.each([
    [
      new StackError('engine/refused', {
        what: 'read the log',
        why: 'error decoding log message: proto: wrong wireType',
      }),
      [
        'The log of demo-web-1 is not followed any more. The engine refused to read the log: error decoding log message: proto: wrong wireType',
      ],
    ],
    [new StackError('engine/not-found', { what: 'container demo-web-1' }), []],
  ])(
    'a log that cannot be followed to its end is told, unless its container has gone: %s',
    async (failure, expected) => {
      const world = aWorld()
      await place(world, 'web')
      const told: string[] = []
      // oxlint-disable-next-line require-yield -- it fails before there is a line
      const logs = async function* (): AsyncGenerator<LogChunk> {
        throw failure
      }
      const follower = createLogFollower({
        ...world.deps,
        runtime: { ...world.runtime, logs },
        signal: new AbortController().signal,
        emit: (body) => {
          if (body.type === 'problem/raised') told.push(body.problem.message)
        },
      })
      follower.follow({ id: world.runtime.byName('demo-web-1').id, name: 'demo-web-1', service: 'web' })
      await world.clock.run(follower.idle())
      expect(told).toEqual(expected)
    },
  )
})

test('a log that is not kept, or cannot be read, hinders nobody who reads the others', async () => {
  const world = aWorld()
  await place(world, 'api')
  await place(world, 'web')
  const refused = { what: 'show the logs', said: 'configured logging driver does not support reading' }
  const broken = world.runtime.byName('demo-api-1').id
  const logs = async function* (id: string): AsyncGenerator<LogChunk> {
    if (id === broken) throw new StackError('engine/refused', refused)
    yield { stream: 'stdout', lines: [{ text: 'hello', at: 0, timestamp: '2026-01-01T00:00:00.000000000Z' }] }
  }
  const told: string[] = []
  const work = readLogs(
    { ...world.deps, runtime: { ...world.runtime, logs } },
    {
      project: 'demo',
      follow: false,
      emit: (body) => {
        if (body.type === 'problem/raised') told.push(`${body.problem.code} ${body.problem.message}`)
        if (body.type === 'log/written') told.push(`${body.container} ${body.lines.map(({ text }) => text).join()}`)
      },
    },
  )
  await world.clock.run(work)
  expect(told.toSorted()).toEqual([
    'demo-web-1 hello',
    'logs/not-kept The log of demo-api-1 cannot be read: its log driver keeps nothing.',
  ])
})

describe('mergeLogs', () => {
  const chunks = async function* (...times: readonly number[]): AsyncGenerator<LogChunk> {
    for (const time of times)
      yield { stream: 'stdout', lines: [{ text: String(time), at: time, timestamp: String(time).padStart(4, '0') }] }
  }

  test('orders any number of streams', async () => {
    const out: string[] = []
    const source = (id: string) => ({ id, name: id, service: id })
    for await (const batch of mergeLogs([
      { source: source('a'), chunks: chunks(1, 4, 9) },
      { source: source('b'), chunks: chunks() },
      { source: source('c'), chunks: chunks(2, 3, 10) },
    ]))
      out.push(...batch.lines.map((line) => `${batch.source.id}${line.text}`))
    expect(out).toEqual(['a1', 'c2', 'c3', 'a4', 'a9', 'c10'])
  })
})
