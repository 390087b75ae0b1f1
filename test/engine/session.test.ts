import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type { StackEvent } from '../../src/core/events/event.ts'
import type { Project } from '../../src/core/project/project.ts'
import { createSession, type SessionRequest } from '../../src/engine/session.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import type { Behaviour } from '../support/fake-runtime.ts'
import {
  aHealthcheck,
  aProject,
  aService,
  aWorld,
  hashOptions,
  needs,
  toLine,
  type World,
} from '../support/builders.ts'

const open = (world: World, project: Project, more: Partial<SessionRequest> = {}) => {
  const session = createSession(world.deps, {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, hashOptions),
    ...more,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  session.done.catch(() => {})
  const lines = (type = ''): readonly string[] => events.map(toLine).filter((line) => line.startsWith(type))
  return { ...session, events, lines }
}

const two = aProject({ db: aService(), web: aService({ depends_on: { db: needs('service_started') } }) })

describe('createSession', () => {
  test('goes from loading to running, and tells the containers and what they write', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { writes: ['listening'], exitAfterMs: 1000 }
    world.runtime.behaviours['db'] = { exitAfterMs: 2000 }
    const session = open(world, two)
    expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
    expect(session.lines('session/')).toEqual([
      'session/started',
      'session/changed planning',
      'session/changed applying',
      'session/changed running',
      'session/ended 0',
    ])
    expect(session.lines('log/')).toEqual(['log/written demo-web-1 listening'])
    expect(session.lines('container/changed demo-web')).toEqual([
      'container/changed demo-web-1 created',
      'container/changed demo-web-1 running',
      'container/changed demo-web-1 exited 0',
    ])
    expect(session.events.map((event) => event.seq)).toEqual(session.events.map((_event, index) => index + 1))
  })

  test('the last lines of a container are told before its end', async () => {
    const world = aWorld()
    const session = open(world, aProject({ web: aService() }))
    await world.clock.advance(500)
    world.runtime.write('demo-web-1', 'goodbye')
    world.runtime.exit('demo-web-1', 0)
    await world.clock.run(session.done)
    const lines = session.lines()
    expect(lines.indexOf('log/written demo-web-1 goodbye')).toBeGreaterThan(0)
    expect(lines.indexOf('log/written demo-web-1 goodbye')).toBeLessThan(
      lines.indexOf('container/changed demo-web-1 exited 0'),
    )
  })

  test.each([
    ['seen between its runs', 1],
    ['seen only when it runs again', 150],
  ])('a container that the engine starts again tells how it had ended: %s', async (_when, latencyMs) => {
    const world = aWorld({ latencyMs })
    world.runtime.behaviours['web'] = { exitAfterMs: 3000, exitCode: 4 }
    const session = open(world, aProject({ web: aService({ restart: 'on-failure' }) }), { keepRunning: true })
    await world.clock.advance(6000)
    expect(session.lines('container/changed').slice(-4)).toEqual([
      'container/changed demo-web-1 created',
      'container/changed demo-web-1 running',
      'container/changed demo-web-1 restarting 4',
      'container/changed demo-web-1 running',
    ])
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  })

  test('what is not healthy any more says what the engine has found', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { unhealthyAfterMs: 5000 }
    const session = open(world, aProject({ web: aService({ healthcheck: aHealthcheck }) }), { keepRunning: true })
    await world.clock.advance(6000)
    expect(session.events.filter((event) => event.type === 'probe/ended')).toMatchObject([
      { service: 'web', healthy: false, exitCode: 1, output: 'the engine says no' },
    ])
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  })

  test('a container that ends at once after a restart has ended by itself', async () => {
    const world = aWorld()
    const session = open(world, aProject({ web: aService() }), { keepRunning: true })
    await world.clock.advance(2000)
    world.runtime.behaviours['web'] = { writes: ['TypeError: cart is undefined'], exitAfterMs: 0, exitCode: 1 }
    session.send({ type: 'restart', services: ['web'] })
    await world.clock.advance(5000)
    const last = session.events.findLast((event) => event.type === 'container/changed')
    expect(last).toMatchObject({ container: { state: 'exited', exitCode: 1 } })
    expect(last?.container).not.toHaveProperty('byHand')
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  })

  describe('a container that ends again and again', () => {
    const looping = async (more: Partial<Behaviour> = {}, restart = 'always') => {
      const world = aWorld()
      world.runtime.behaviours['web'] = {
        writes: ['starting', 'TypeError: cart is undefined', '    at run (src/a.ts:1:1)'],
        exitAfterMs: 2000,
        exitCode: 4,
        ...more,
      }
      const session = open(world, aProject({ web: aService({ restart }), db: aService() }), { keepRunning: true })
      const loops = () =>
        session.events.flatMap((event) =>
          event.type === 'problem/raised' && event.crash !== undefined ? [event.crash] : [],
        )
      await world.clock.advance(5000)
      const end = async () => {
        session.send({ type: 'detach' })
        await world.clock.run(session.done)
        expect([world.clock.sleepers(), world.runtime.openStreams()]).toEqual([0, 0])
      }
      return { ...session, world, loops, end }
    }

    test('is a problem from its second end on, with the count, the code and the line that says why', async () => {
      const session = await looping()
      expect(session.loops()).toMatchObject([{ crashes: 2, exitCode: 4, line: 'TypeError: cart is undefined' }])
      expect(session.loops()[0]).not.toHaveProperty('after')
      await session.world.clock.advance(2100)
      expect(
        session.loops().map(({ crashes, since = 0, last = 0 }) => [crashes, Math.round((last - since) / 1000)]),
      ).toEqual([
        [2, 2],
        [3, 4],
      ])
      expect(session.lines('problem/cleared crash')).toEqual([])
      session.world.runtime.behaviours['web'] = {}
      await session.world.clock.advance(2000 + 100 + 9_000)
      expect(session.lines('problem/cleared')).toEqual([])
      await session.world.clock.advance(2_000)
      expect(session.lines('problem/cleared')).toEqual(['problem/cleared'])
      await session.end()
    })

    test('says that its memory ran out', async () => {
      const session = await looping({ exitCode: 137, outOfMemory: true, writes: [] })
      expect(session.loops()).toMatchObject([{ crashes: 2, exitCode: 137, outOfMemory: true }])
      expect(session.loops()[0]).not.toHaveProperty('line')
      expect(
        session.events.some((event) => event.type === 'container/changed' && event.container.outOfMemory === true),
      ).toBe(true)
      session.send({ type: 'stop', services: ['web'] })
      await session.world.clock.advance(2000)
      await session.end()
    })

    test('is none when it is stopped, and goes on counting when it was started without being mended', async () => {
      const session = await looping()
      session.send({ type: 'stop', services: ['web'] })
      await session.world.clock.advance(5000)
      expect(session.lines('problem/')).toEqual([
        'problem/raised crash.web.1 service/crash-looping',
        'problem/cleared',
        'problem/cleared',
      ])
      session.send({ type: 'start', services: ['web'] })
      await session.world.clock.advance(3000)
      expect(session.loops().at(-1)).toMatchObject({ crashes: 3 })
      session.send({ type: 'stop', services: ['web'] })
      await session.world.clock.advance(2000)
      await session.end()
    })

    test('is known when it was there before the session', async () => {
      const before = await looping()
      await before.world.clock.advance(3350)
      before.send({ type: 'detach' })
      await before.world.clock.advance(10)
      const session = open(before.world, aProject({ web: aService({ restart: 'always' }), db: aService() }), {
        keepRunning: true,
      })
      await before.world.clock.advance(60)
      expect(session.events.flatMap((event) => (event.type === 'problem/raised' ? [event.crash] : []))).toEqual([
        { crashes: 3, exitCode: 4, line: 'TypeError: cart is undefined' },
      ])
      session.send({ type: 'detach' })
      await before.world.clock.run(session.done)
    })
  })

  test('quit stops dependents before what they need', async () => {
    const world = aWorld()
    const session = open(world, two)
    await world.clock.advance(500)
    session.send({ type: 'quit', force: false })
    expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
    expect(world.runtime.calls.filter((call) => call.startsWith('stop'))).toEqual(['stop demo-web-1', 'stop demo-db-1'])
    expect(world.clock.sleepers()).toBe(0)
    expect(world.runtime.openStreams()).toBe(0)
  })

  test('a second quit kills', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { stopsAfterMs: 60_000 }
    const session = open(world, aProject({ web: aService({ stop_grace_period: '60s' }) }), { graceSeconds: 60 })
    await world.clock.advance(500)
    session.send({ type: 'quit', force: false })
    await world.clock.advance(500)
    const since = world.clock.now()
    session.send({ type: 'quit', force: false })
    await world.clock.run(session.done)
    expect(world.clock.now() - since).toBeLessThan(1500)
    expect(world.runtime.byName('demo-web-1').exitCode).toBe(137)
  })

  test('only the named services are stopped at the end', async () => {
    const world = aWorld()
    const session = open(world, two, { services: ['web'] })
    await world.clock.advance(500)
    session.send({ type: 'quit', force: false })
    await world.clock.run(session.done)
    expect([world.runtime.byName('demo-web-1').state, world.runtime.byName('demo-db-1').state]).toEqual([
      'exited',
      'running',
    ])
  })

  test.each([
    ['leave', 'running', ['problem/raised dependencies session/dependencies-up']],
    ['stop', 'exited', []],
    [undefined, 'running', []],
  ] as const)('what the named ones depend on: %s', async (dependencies, state, told) => {
    const world = aWorld()
    const session = open(world, two, { services: ['web'], ...(dependencies === undefined ? {} : { dependencies }) })
    await world.clock.advance(500)
    session.send({ type: 'quit', force: false })
    await world.clock.run(session.done)
    expect(world.runtime.byName('demo-db-1').state).toBe(state)
    expect(session.lines('problem/')).toEqual(told)
  })

  test('detach leaves everything running', async () => {
    const world = aWorld()
    const session = open(world, two)
    await world.clock.advance(500)
    session.send({ type: 'detach' })
    expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
    expect([...world.runtime.containers.values()].map((container) => container.state)).toEqual(['running', 'running'])
  })

  test("the first end stops the rest, and its code is the session's", async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { exitAfterMs: 1000, exitCode: 5 }
    const session = open(world, two, { cascade: 'stop' })
    expect(await world.clock.run(session.done)).toEqual({ exit: 5 })
    expect(world.runtime.byName('demo-db-1').state).toBe('exited')
  })

  test('who is just being started when the first one ends is stopped too', async () => {
    const world = aWorld()
    world.runtime.behaviours['job'] = { exitAfterMs: 100, exitCode: 9 }
    world.runtime.behaviours['web'] = { startsAfterMs: 2000 }
    const session = open(world, aProject({ job: aService(), web: aService() }), { cascade: 'stop' })
    expect(await world.clock.run(session.done)).toEqual({ exit: 9 })
    await world.clock.advance(3000)
    expect(world.runtime.byName('demo-web-1').state).toBe('exited')
    expect(world.clock.sleepers()).toBe(0)
  })

  test('an engine that does not end a start holds nobody for more than ten seconds', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { startsAfterMs: 60_000 }
    const session = open(world, aProject({ web: aService() }))
    await world.clock.advance(500)
    const since = world.clock.now()
    session.send({ type: 'quit', force: false })
    await world.clock.run(session.done)
    expect(world.clock.now() - since).toBeLessThan(11_000)
  })

  test('with cascade on failure a good end stops nothing', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { exitAfterMs: 1000 }
    world.runtime.behaviours['db'] = { exitAfterMs: 5000, exitCode: 2 }
    const session = open(world, two, { cascade: 'fail' })
    const since = world.clock.now()
    expect(await world.clock.run(session.done)).toEqual({ exit: 2 })
    expect(world.clock.now() - since).toBeGreaterThan(4900)
  })

  test('the code of a service that was stopped for it can be asked for', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { exitAfterMs: 1000, exitCode: 5 }
    const session = open(world, two, { exitCodeFrom: 'db' })
    expect(await world.clock.run(session.done)).toEqual({ exit: 143 })
  })

  test('a job that others waited for may end', async () => {
    const world = aWorld()
    world.runtime.behaviours['job'] = { exitAfterMs: 300 }
    const session = open(
      world,
      aProject({ job: aService(), web: aService({ depends_on: { job: needs('service_completed_successfully') } }) }),
      { cascade: 'stop' },
    )
    await world.clock.advance(5000)
    expect(world.runtime.byName('demo-web-1').state).toBe('running')
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  })

  describe('whose code is asked for', () => {
    const withJob = (condition: 'service_started' | 'service_completed_successfully'): Project =>
      aProject({ job: aService(), web: aService({ depends_on: { job: needs(condition) } }), test: aService() })

    test.each(['service_started', 'service_completed_successfully'] as const)(
      'is waited for beyond the good end of a job that another service needs: %s',
      async (condition) => {
        const world = aWorld()
        world.runtime.behaviours['job'] = { exitAfterMs: 300 }
        world.runtime.behaviours['test'] = { exitAfterMs: 5000, exitCode: 3 }
        const session = open(world, withJob(condition), { exitCodeFrom: 'test' })
        expect(await world.clock.run(session.done)).toEqual({ exit: 3 })
        expect(world.runtime.byName('demo-web-1').state).toBe('exited')
      },
    )

    test('is stopped when such a job fails', async () => {
      const world = aWorld()
      world.runtime.behaviours['job'] = { exitAfterMs: 2000, exitCode: 9 }
      const session = open(world, withJob('service_started'), { exitCodeFrom: 'test' })
      expect(await world.clock.run(session.done)).toEqual({ exit: 143 })
    })

    test.each(['service_started', 'service_completed_successfully'] as const)(
      'ends the session with its own end, though others need it: %s',
      async (condition) => {
        const world = aWorld()
        world.runtime.behaviours['job'] = { exitAfterMs: 2000 }
        const session = open(world, withJob(condition), { exitCodeFrom: 'job' })
        expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
        expect(world.runtime.byName('demo-test-1').state).toBe('exited')
      },
    )

    test('ends it at once when it had ended well before and is not run again', async () => {
      const world = aWorld()
      world.runtime.behaviours['job'] = { exitAfterMs: 200 }
      const project = withJob('service_completed_successfully')
      const first = open(world, project)
      await world.clock.advance(5000)
      first.send({ type: 'detach' })
      await world.clock.run(first.done)
      const second = open(world, project, { exitCodeFrom: 'job' })
      expect(await world.clock.run(second.done)).toEqual({ exit: 0 })
      expect(world.runtime.byName('demo-test-1').state).toBe('exited')
    })
  })

  test('docker restart of the only container does not end the session', async () => {
    const world = aWorld()
    const session = open(world, aProject({ web: aService() }))
    await world.clock.advance(500)
    await world.clock.run(world.runtime.stopContainer('demo-web-1'))
    await world.clock.advance(300)
    await world.clock.run(world.runtime.startContainer('demo-web-1'))
    await world.clock.advance(5000)
    expect(session.lines('session/ended')).toEqual([])
    world.runtime.exit('demo-web-1', 0)
    expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
  })

  test('a restart tells the lines of both runs, each once', async () => {
    const world = aWorld()
    world.runtime.behaviours['web'] = { writes: ['hello'] }
    const session = open(world, aProject({ web: aService() }), { keepRunning: true })
    await world.clock.advance(500)
    session.send({ type: 'restart', services: ['web'] })
    await world.clock.advance(500)
    expect(session.lines('log/')).toEqual(['log/written demo-web-1 hello', 'log/written demo-web-1 hello'])
    session.send({ type: 'quit', force: true })
    await world.clock.run(session.done)
  })

  test('a start that fails ends the session with its code, and what runs goes on', async () => {
    const world = aWorld()
    world.runtime.fail('start', new StackError('engine/port-in-use', { address: '', port: 80, holder: '' }), {
      when: 'web',
    })
    const session = open(world, two)
    expect(await world.clock.run(session.done)).toEqual({ exit: 1 })
    expect(world.runtime.byName('demo-db-1').state).toBe('running')
  })

  test('for somebody at a screen it goes on', async () => {
    const world = aWorld()
    world.runtime.fail('start', new StackError('engine/port-in-use', { address: '', port: 80, holder: '' }), {
      when: 'web',
    })
    const session = open(world, two, { keepRunning: true })
    await world.clock.advance(1000)
    session.send({ type: 'start', services: ['web'] })
    await world.clock.advance(1000)
    expect(world.runtime.byName('demo-web-1').state).toBe('running')
    session.send({ type: 'quit', force: false })
    expect(await world.clock.run(session.done)).toEqual({ exit: 0 })
  })

  test('quit while it starts leaves off and stops what was started', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 1e9 }
    const session = open(
      world,
      aProject({
        db: aService({ healthcheck: aHealthcheck }),
        web: aService({ depends_on: { db: needs('service_healthy') } }),
      }),
    )
    await world.clock.advance(3000)
    session.send({ type: 'quit', force: false })
    await world.clock.run(session.done)
    expect(world.runtime.byName('demo-db-1').state).toBe('exited')
    expect(world.runtime.byName('demo-web-1').state).toBe('created')
    expect(world.runtime.openStreams()).toBe(0)
  })

  test('a lost stream is opened again, and what happened meanwhile is seen', async () => {
    const world = aWorld()
    const session = open(world, two, { keepRunning: true })
    await world.clock.advance(500)
    world.runtime.loseEvents()
    await world.clock.advance(5000)
    await world.clock.run(world.runtime.stopContainer('demo-web-1'))
    await world.clock.advance(500)
    expect(session.lines('container/changed demo-web-1').at(-1)).toBe('container/changed demo-web-1 exited 143')
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  })

  test('an engine that was restarted gets the time to start again what its policies say', async () => {
    const world = aWorld()
    const session = open(world, aProject({ keep: aService({ restart: 'unless-stopped' }), once: aService() }))
    let isOver = false
    void session.done.then(() => (isOver = true))
    await world.clock.advance(1000)
    const [keep, once] = [world.runtime.byName('demo-keep-1'), world.runtime.byName('demo-once-1')]
    // As it is when the engine ends: nobody is left to tell.
    for (const container of [keep, once]) Object.assign(container, { state: 'exited', exitCode: 143 })
    world.runtime.loseEvents()
    await world.clock.advance(5000)
    expect(session.lines('container/changed').slice(-2).toSorted()).toEqual([
      'container/changed demo-keep-1 exited 143',
      'container/changed demo-once-1 exited 143',
    ])
    await world.clock.run(world.runtime.startContainer(keep.id))
    await world.clock.advance(20_000)
    expect([isOver, session.lines('container/changed').at(-1)]).toEqual([
      false,
      'container/changed demo-keep-1 running',
    ])
    Object.assign(keep, { state: 'exited', exitCode: 143 })
    world.runtime.loseEvents()
    await world.clock.advance(15_000)
    expect(isOver).toBe(true)
    expect(session.lines('session/ended')).toEqual(['session/ended 0'])
  })

  test('asks before data is lost', async () => {
    const world = aWorld()
    const withVolume = (driver_opts: Readonly<Record<string, string>>): Project =>
      aProject(
        { db: aService({ volumes: [{ type: 'volume', source: 'data', target: '/data' }] }) },
        { volumes: { data: { name: 'demo_data', driver_opts } } },
      )
    const first = open(world, withVolume({}))
    await world.clock.advance(500)
    first.send({ type: 'detach' })
    await world.clock.run(first.done)
    const second = open(world, withVolume({ type: 'tmpfs' }))
    await world.clock.advance(500)
    const asked = second.events.find((event) => event.type === 'question/asked')
    expect(second.lines('question/asked')).toEqual(['question/asked The data in volume demo_data will be lost. Go on?'])
    second.send({ type: 'answer', id: asked?.id ?? '', yes: true })
    await world.clock.advance(1000)
    expect(world.runtime.calls).toContain('remove volume demo_data')
    second.send({ type: 'detach' })
    await world.clock.run(second.done)
  })

  test('nothing begun is a rejection', async () => {
    const world = aWorld()
    const deps = {
      ...world.deps,
      lock: {
        acquire: async () => {
          throw new StackError('lock/held', { project: 'demo', command: 'stack up', pid: 7, since: 'now' })
        },
      },
    }
    const session = createSession(deps, {
      project: two,
      command: 'stack up',
      plans: createSessionPlans(two, hashOptions),
    })
    await expect(world.clock.run(session.done)).rejects.toThrow('is being changed by "stack up"')
  })
})
