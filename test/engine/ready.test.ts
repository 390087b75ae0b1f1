import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/core/project/service.ts'
import { createEmitter } from '../../src/engine/emitter.ts'
import { createEngineEvents } from '../../src/engine/engine-events.ts'
import { type AwaitRequest, createReadiness } from '../../src/engine/ready.ts'
import { createSlots } from '../../src/engine/ready/slots.ts'
import { agreementMs, type ContainerView, judge } from '../../src/engine/ready/verdict.ts'
import type { Behaviour } from '../support/fake-runtime.ts'
import { aHealthcheck, aProject, aService, aWorld, toLine, type World } from '../support/builders.ts'

const place = async (world: World, service: Partial<Service>, behaviour: Behaviour = {}) => {
  world.runtime.behaviours['db'] = behaviour
  const definition = aService({ networks: {}, ...service })
  const { id } = await world.clock.run(
    world.runtime.createContainer({
      name: 'demo-db-1',
      project: aProject({}),
      serviceName: 'db',
      service: definition,
      image: 'busybox',
      networkNames: {},
      containersOf: {},
      labels: {
        'com.docker.compose.project': 'demo',
        'com.docker.compose.service': 'db',
        'com.docker.compose.container-number': '1',
      },
    }),
  )
  return id
}

const wait = (world: World, id: string, request: Partial<AwaitRequest> & Pick<AwaitRequest, 'condition'>) => {
  const lines: string[] = []
  const emitter = createEmitter(world.deps)
  emitter.subscribe((event) => lines.push(toLine(event)))
  const { signal } = new AbortController()
  const events = createEngineEvents(world.deps, { project: 'demo', signal })
  const readiness = createReadiness({ ...world.deps, events, emit: emitter.emit, signal })
  const ask = (more: Partial<AwaitRequest> = {}): Promise<void> =>
    readiness.awaitService({
      step: 'db/healthy',
      service: 'db',
      containers: [{ id, name: 'demo-db-1' }],
      signal,
      ...request,
      ...more,
    })
  return { ask, lines, close: () => (readiness.close(), events.close()) }
}
const started = async (service: Partial<Service>, behaviour: Behaviour = {}) => {
  const world = aWorld()
  const id = await place(world, service, behaviour)
  await world.clock.run(world.runtime.startContainer(id))
  return { world, id }
}

describe('awaitService', () => {
  test('the engine may say healthy first', async () => {
    const { world, id } = await started({ healthcheck: { ...aHealthcheck, interval: '1s' } }, { healthyAfterMs: 900 })
    world.runtime.onExec = () => ({ exitCode: 1, output: 'our probe sees nothing' })
    const since = world.clock.now()
    await world.clock.run(wait(world, id, { condition: 'healthy' }).ask())
    expect(world.clock.now() - since).toBeLessThan(1100)
  })

  test('many who wait share one probe', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { healthyAfterMs: 300 })
    const { ask } = wait(world, id, { condition: 'healthy' })
    await world.clock.run(Promise.all([ask(), ask(), ask({ condition: 'running-or-healthy' })]))
    expect(world.runtime.calls.filter((call) => call.startsWith('exec')).length).toBeLessThan(8)
    expect(world.runtime.calls.filter((call) => call.startsWith('inspect')).length).toBeLessThanOrEqual(3)
  })

  test('every wait says whom it waits for and what the last probe said', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { healthyAfterMs: 100 })
    const { ask, lines } = wait(world, id, { condition: 'healthy' })
    await world.clock.run(ask())
    expect(lines.slice(0, 4)).toMatchInlineSnapshot(`
      [
        "step/waiting db/healthy on demo-db-1: health starting",
        "probe/ended",
        "step/waiting db/healthy on demo-db-1: health starting, probe 1 said (1) not yet",
        "probe/ended",
      ]
    `)
  })

  test('a container that exits ends the wait at once, with its last lines', async () => {
    const { world, id } = await started(
      { healthcheck: aHealthcheck },
      { healthyAfterMs: 1e9, exitAfterMs: 200, exitCode: 3, writes: ['no disk', 'giving up'] },
    )
    await expect(world.clock.run(wait(world, id, { condition: 'healthy' }).ask())).rejects.toThrow(
      'demo-db-1 exited with code 3 while it was starting.\nIts last lines:\nno disk\ngiving up',
    )
  })

  test('unhealthy ends it with the last probe', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { unhealthyAfterMs: 500 })
    await expect(world.clock.run(wait(world, id, { condition: 'healthy' }).ask())).rejects.toThrow(
      'demo-db-1 is unhealthy; its healthcheck said: not yet',
    )
  })

  test('an unhealthy of the run before does not count', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { healthyAfterMs: 600 })
    const container = world.runtime.byName('demo-db-1')
    container.health = 'unhealthy'
    await world.clock.run(wait(world, id, { condition: 'healthy' }).ask())
    expect(world.clock.now() - (container.startedAt ?? 0)).toBeLessThan(800)
  })

  test('an unhealthy that our own probes confirm does', async () => {
    const { world, id } = await started({ healthcheck: { ...aHealthcheck, interval: '1h' } }, { healthyAfterMs: 1e9 })
    world.runtime.byName('demo-db-1').health = 'unhealthy'
    const since = world.clock.now()
    await expect(world.clock.run(wait(world, id, { condition: 'healthy' }).ask())).rejects.toThrow('unhealthy')
    expect(world.clock.now() - since).toBeLessThan(5000)
  })

  test('completed waits for the end, and a bad end is told', async () => {
    const good = await started({}, { exitAfterMs: 700 })
    await good.world.clock.run(wait(good.world, good.id, { condition: 'completed' }).ask())
    const bad = await started({}, { exitAfterMs: 700, exitCode: 9, writes: ['migration failed'] })
    await expect(bad.world.clock.run(wait(bad.world, bad.id, { condition: 'completed' }).ask())).rejects.toThrow(
      `Service "db" didn't complete successfully: exit 9.\nThe last lines of demo-db-1:\nmigration failed`,
    )
  })

  test('no healthcheck to be healthy by is said', async () => {
    const { world, id } = await started({})
    await expect(world.clock.run(wait(world, id, { condition: 'healthy' }).ask())).rejects.toThrow(
      'it has no healthcheck',
    )
  })

  test('running-or-healthy without a healthcheck wants it to stand for a moment', async () => {
    const steady = await started({})
    await steady.world.clock.run(wait(steady.world, steady.id, { condition: 'running-or-healthy' }).ask())
    // What was seen when it had just started says nothing about now: it is looked at again when the moment is over.
    expect(steady.world.runtime.calls.filter((call) => call.startsWith('inspect')).length).toBeGreaterThan(1)
    const job = await started({}, { exitAfterMs: 200 })
    await job.world.clock.run(wait(job.world, job.id, { condition: 'running-or-healthy' }).ask())
    const falling = await started({}, { exitAfterMs: 200, exitCode: 1 })
    await expect(
      falling.world.clock.run(wait(falling.world, falling.id, { condition: 'running-or-healthy' }).ask()),
    ).rejects.toThrow('exited with code 1')
  })

  test('a restart policy is given its chance', async () => {
    const { world, id } = await started(
      { restart: 'always', healthcheck: aHealthcheck },
      { healthyAfterMs: 300, exitAfterMs: 200, exitCode: 1 },
    )
    const { ask, lines } = wait(world, id, { condition: 'healthy' })
    const work = ask()
    await world.clock.advance(1000)
    world.runtime.behaviours['db'] = { healthyAfterMs: 100 }
    await world.clock.run(work)
    expect(lines.some((line) => line.includes('restarting after exit code 1'))).toBe(true)
  })

  test('who waits for it to run does not wait for one that ends again and again', async () => {
    const { world, id } = await started(
      { restart: 'always' },
      { exitAfterMs: 200, exitCode: 4, writes: ['Error: no database', '    at connect (db.js:1:1)'] },
    )
    await expect(world.clock.run(wait(world, id, { condition: 'running-or-healthy' }).ask())).rejects.toThrow(
      'Service "db" is crash-looping: exit 4, 5 crashes so far: Error: no database',
    )
  })

  test('one that was started again has to stand for longer', async () => {
    const { world, id } = await started({ restart: 'always' }, { exitAfterMs: 200, exitCode: 4 })
    await world.clock.advance(250)
    world.runtime.behaviours['db'] = {}
    const since = world.clock.now()
    await world.clock.run(wait(world, id, { condition: 'running-or-healthy' }).ask())
    expect(world.clock.now() - since).toBeGreaterThanOrEqual(10_000)
  })

  test('a lost stream of events is opened again and the container looked at', async () => {
    const { world, id } = await started({}, { exitAfterMs: 5000 })
    const { ask } = wait(world, id, { condition: 'completed' })
    const work = ask()
    await world.clock.advance(1000)
    world.runtime.loseEvents()
    await world.clock.run(work)
    expect(world.runtime.calls.filter((call) => call.startsWith('inspect')).length).toBeGreaterThan(1)
  })

  test('a timeout says what was waited for', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { healthyAfterMs: 1e9 })
    await expect(world.clock.run(wait(world, id, { condition: 'healthy', timeoutMs: 3000 }).ask())).rejects.toThrow(
      /Service "db" is not ready after 3 s: health starting, probe \d+ said \(1\) not yet/,
    )
  })

  test('a container that is removed is missed', async () => {
    const { world, id } = await started({ healthcheck: aHealthcheck }, { healthyAfterMs: 1e9 })
    const work = wait(world, id, { condition: 'healthy' }).ask()
    work.catch(() => {})
    await world.clock.advance(500)
    await world.clock.run(world.runtime.removeContainer(id, { force: true }))
    await expect(world.clock.run(work)).rejects.toThrow()
  })
})

describe('createSlots', () => {
  test('so many at a time, the rest in line, and a failure gives its place back', async () => {
    const slots = createSlots(2)
    let running = 0
    let most = 0
    const ended: number[] = []
    const works = [0, 1, 2, 3, 4].map((index) =>
      slots.run(async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        ended.push(index)
        if (index === 1) throw new Error('no')
      }),
    )
    await Promise.allSettled(works)
    expect([most, ended]).toEqual([2, [0, 1, 2, 3, 4]])
  })
})

describe('judge', () => {
  const view: ContainerView = {
    state: 'running',
    exitCode: 0,
    hasHealthcheck: true,
    restarts: 0,
    why: '',
    outOfMemory: false,
    ranMs: 0,
    isUnhealthy: false,
    probes: 0,
    upMs: 0,
  }
  const rows: readonly (readonly [Parameters<typeof judge>[0], Partial<ContainerView>, string])[] = [
    ['started', {}, 'ready'],
    ['started', { state: 'exited', exitCode: 1 }, 'ready'],
    ['started', { state: 'created' }, 'waiting'],
    ['healthy', { probedMs: 0 }, 'ready'],
    ['healthy', { health: 'healthy' }, 'ready'],
    ['healthy', { health: 'unhealthy' }, 'waiting'],
    ['healthy', { isUnhealthy: true }, 'failed unhealthy'],
    ['healthy', { hasHealthcheck: false }, 'failed no-healthcheck'],
    ['healthy', { state: 'paused' }, 'waiting'],
    ['healthy', { state: 'restarting' }, 'waiting'],
    ['healthy', { state: 'exited' }, 'failed exited'],
    ['healthy', { state: 'gone' }, 'failed disappeared'],
    ['healthy', { state: 'created', why: 'no such file' }, 'failed exited'],
    ['healthy', { state: 'restarting', restarts: 9 }, 'waiting'],
    ['running-or-healthy', { state: 'restarting', restarts: 4 }, 'waiting'],
    ['running-or-healthy', { state: 'restarting', restarts: 5 }, 'failed crash-looping'],
    ['running-or-healthy', { hasHealthcheck: false, upMs: 600 }, 'ready'],
    ['running-or-healthy', { hasHealthcheck: false, upMs: 600, ranMs: 600, restarts: 1 }, 'waiting'],
    ['running-or-healthy', { hasHealthcheck: false, upMs: 0, ranMs: 3_600_000, restarts: 1 }, 'ready'],
    ['completed', {}, 'waiting'],
    ['completed', { state: 'exited' }, 'ready'],
    ['completed', { state: 'exited', exitCode: 2 }, 'failed not-completed'],
    ['completed', { state: 'dead' }, 'failed not-completed'],
    ['running-or-healthy', { hasHealthcheck: false, upMs: 500 }, 'ready'],
    ['running-or-healthy', { hasHealthcheck: false, upMs: 499 }, 'waiting'],
    ['running-or-healthy', { hasHealthcheck: false, state: 'exited' }, 'ready'],
    ['running-or-healthy', { hasHealthcheck: false, state: 'exited', exitCode: 2 }, 'failed exited'],
    ['running-or-healthy', { state: 'exited' }, 'failed exited'],
    ['running-or-healthy', { probedMs: 0 }, 'waiting'],
    ['running-or-healthy', { probedMs: agreementMs }, 'ready'],
  ]
  test.each(rows)('%s %o is %s', (condition, more, expected) => {
    const verdict = judge(condition, { ...view, ...more })
    expect(verdict.kind === 'failed' ? `failed ${verdict.failure}` : verdict.kind).toBe(expected)
  })
})
