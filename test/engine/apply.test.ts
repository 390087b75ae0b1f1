import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { planDown } from '../../src/core/plan/plan-down.ts'
import { planRestart } from '../../src/core/plan/plan-lifecycle.ts'
import { planUp } from '../../src/core/plan/plan-up.ts'
import type { UpOptions } from '../../src/core/plan/up-options.ts'
import type { Project } from '../../src/core/project/project.ts'
import { applyPlan, type ApplyRequest, type ApplyResult } from '../../src/engine/apply.ts'
import { createEmitter } from '../../src/engine/emitter.ts'
import type { Lock } from '../../src/engine/ports/lock.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import {
  aHealthcheck,
  aLock,
  aProject,
  aService,
  aWorld,
  hashOptions,
  needs,
  toLine,
  type World,
} from '../support/builders.ts'

const begin = (
  world: World,
  project: Project,
  options: Partial<UpOptions> & { readonly request?: Partial<ApplyRequest>; readonly signal?: AbortSignal } = {},
) => {
  const { request, signal, ...upOptions } = options
  const lines: string[] = []
  const emitter = createEmitter(world.deps)
  emitter.subscribe((event) => lines.push(toLine(event)))
  const work = applyPlan(
    world.deps,
    {
      project,
      command: 'stack up',
      emit: emitter.emit,
      plan: (observed, round) =>
        planUp(project, observed, {
          ...hashOptions,
          ...upOptions,
          settled: round.settledImages,
          ...(round.before === undefined ? {} : { before: round.before }),
          divergedVolumes: round.declined ? 'keep' : 'recreate',
        }),
      ...request,
    },
    signal === undefined ? {} : { signal },
  )
  return { work, lines }
}
const up = async (
  world: World,
  project: Project,
  options: Parameters<typeof begin>[2] = {},
): Promise<ApplyResult & { readonly lines: readonly string[] }> => {
  const { work, lines } = begin(world, project, options)
  return { ...(await world.clock.run(work)), lines }
}
const down = (world: World, project: Project, options: { readonly volumes?: boolean } = {}): Promise<ApplyResult> =>
  world.clock.run(
    applyPlan(world.deps, {
      project,
      command: 'stack down',
      emit: () => {},
      confirm: async () => true,
      plan: (observed) => planDown({ name: project.name, project }, observed, options),
    }),
  )

const threeTiers = aProject({
  db: aService({ healthcheck: aHealthcheck }),
  api: aService({ depends_on: { db: needs('service_healthy') } }),
  web: aService({ depends_on: { api: needs('service_started') } }),
})

describe('applyPlan', () => {
  test('what a first round has made is not made again by force in the next, which an image calls for', async () => {
    const world = aWorld()
    const project = aProject({ web: aService({ image: 'web', build: { context: '/work' } }), db: aService() })
    const force = { recreate: 'force', recreateDependencies: 'force', renewAnonymousVolumes: true } as const
    expect((await up(world, project, force)).exit).toBe(0)
    const first = [world.runtime.byName('demo-web-1').id, world.runtime.byName('demo-db-1').id]
    expect([...world.runtime.containers.keys()].toSorted()).toEqual(first.toSorted())
    const again = await up(world, project, { ...force, build: 'always' })
    expect(again.exit).toBe(0)
    expect(world.runtime.byName('demo-web-1')).toMatchObject({ state: 'running' })
    expect([...world.runtime.containers.keys()].some((id) => first.includes(id))).toBe(false)
    expect(again.lines.filter((line) => /^step\/started .*create/.test(line))).toHaveLength(2)
  })

  test('brings a project up, each service as soon as its own needs are ready', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 800 }
    const result = await up(world, threeTiers)
    expect(result.exit).toBe(0)
    expect(result.lines.filter((line) => line.startsWith('step/ended'))).toMatchInlineSnapshot(`
      [
        "step/ended network.default/create done",
        "step/ended db.1/create done",
        "step/ended api.1/create done",
        "step/ended web.1/create done",
        "step/ended db.1/start done",
        "step/ended db/healthy done",
        "step/ended api.1/start done",
        "step/ended web.1/start done",
      ]
    `)
    // Ready after 0.8 s with an interval of 10 s: seen by our own probes, an eighth too late at most.
    const started = (name: string): number => world.runtime.byName(name).startedAt ?? 0
    expect(started('demo-api-1') - started('demo-db-1')).toBeGreaterThanOrEqual(800)
    expect(started('demo-api-1') - started('demo-db-1')).toBeLessThan(920)
  })

  test('a build says how many of its steps are done, over all stages, and nothing of a few bytes that are sent to it', async () => {
    const world = aWorld()
    const step = (id: string, name: string, state: 'started' | 'done' | 'cached' | 'failed') =>
      ({ kind: 'step', id, name, state }) as const
    world.runtime.behaviours['web'] = {
      builds: [
        step('a', '[internal] load build definition from Dockerfile', 'done'),
        { kind: 'transfer', id: 'a', current: 247, total: 247 },
        step('b', '[build 1/3] FROM node', 'cached'),
        step('c', '[build 2/3] RUN npm ci', 'started'),
        step('d', '[2/2] COPY . .', 'started'),
        step('c', '[build 2/3] RUN npm ci', 'done'),
        { kind: 'transfer', id: 'e', step: 'c', current: 2_000_000 },
        { kind: 'log', id: 'd', text: '  copied' },
        { ...step('d', '[2/2] COPY . .', 'failed'), ms: 12, error: 'process: context canceled' },
      ],
    }
    const told: unknown[] = []
    const parts: string[] = []
    const { work } = begin(world, aProject({ web: aService({ image: 'demo-web', build: { context: '/work' } }) }), {
      request: {
        emit: (event) => {
          if (event.type === 'step/progressed' && event.done !== undefined)
            told.push([event.done, event.total, event.unit])
          if (event.type === 'step/progressed' && event.part !== undefined) {
            const { part, name, state, ms, within, output, note } = event
            parts.push([part, within, name, state, ms, output === true ? note : undefined].filter(Boolean).join(' | '))
          }
        },
      },
    })
    await world.clock.run(work)
    expect(told).toEqual([
      [1, 3, 'steps'],
      [1, 5, 'steps'],
      [2, 5, 'steps'],
      [2_000_000, undefined, 'bytes'],
    ])
    expect(parts).toEqual([
      'a | [internal] load build definition from Dockerfile | done',
      'b | [build 1/3] FROM node | cached',
      'c | [build 2/3] RUN npm ci | started',
      'd | [2/2] COPY . . | started',
      'c | [build 2/3] RUN npm ci | done',
      'e | c',
      'd |   copied',
      // Something else had failed.
      'd | [2/2] COPY . . | stopped | 12',
    ])
  })

  test('a second time it changes nothing and asks little', async () => {
    const world = aWorld()
    await up(world, threeTiers)
    world.runtime.calls.length = 0
    const result = await up(world, threeTiers)
    expect(result.lines).toEqual(['plan/made nothing'])
    expect(world.runtime.calls.toSorted()).toEqual([
      'inspect image busybox',
      'list containers',
      'list networks',
      'list volumes',
    ])
  })

  test('one probe at a time, and none after it was healthy', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 1500 }
    await up(
      world,
      aProject({
        db: aService({ healthcheck: aHealthcheck }),
        one: aService({ depends_on: { db: needs('service_healthy') } }),
        two: aService({ depends_on: { db: needs('service_healthy') } }),
      }),
    )
    const probes = world.runtime.calls.filter((call) => call.startsWith('exec'))
    expect(probes.length).toBeGreaterThan(3)
    expect(probes.length).toBeLessThan(25)
    await world.clock.advance(60_000)
    expect(world.runtime.calls.filter((call) => call.startsWith('exec'))).toHaveLength(probes.length)
  })

  test.each([
    ['the same', {}, false],
    ['one of others, which is used as it is', { 'com.docker.compose.project': 'other' }, true],
    ['one of ours of another definition, which is made again', { 'com.docker.compose.config-hash': 'other' }, true],
  ])('a network that appears between looking and making: %s', async (_, labels, again) => {
    const world = aWorld()
    let isFirst = true
    const project = aProject({ web: aService() })
    const plan: ApplyRequest['plan'] = (observed, round) => {
      const made = planUp(project, observed, { ...hashOptions, settled: round.settledImages })
      for (const { action } of made.steps) {
        if (action.kind === 'network/create' && isFirst)
          world.runtime.networks.set('late', {
            id: 'late',
            name: action.network.name,
            driver: 'bridge',
            labels: { ...action.labels, ...labels },
          })
      }
      isFirst = false
      return made
    }
    const result = await up(world, project, { request: { plan } })
    expect(result.exit).toBe(0)
    expect(result.lines.includes('step/ended network.default/create skipped (again)')).toBe(again)
    expect(result.lines.filter((line) => line.includes(' failed'))).toEqual([])
    expect(world.runtime.networks.size).toBe(1)
    expect(world.runtime.byName('demo-web-1').state).toBe('running')
  })

  // Engines before API 1.44 make a second network of one name, and then start nothing that is to be on it.
  test.each(['before the start', 'after all that starts'])(
    'a network that the engine still makes for a run that was cut off, and that we make too: %s',
    async (moment) => {
      const world = aWorld()
      const project = aProject({ web: aService(), api: aService() })
      const { networks } = world.runtime
      const twin = () => {
        const [made] = [...networks.values()]
        if (made !== undefined && !isMade) networks.set('twin', { ...made, id: 'twin' })
        isMade = true
      }
      let isMade = false
      const runtime: Runtime = {
        ...world.runtime,
        facts: async (options) => ({ ...(await world.runtime.facts(options)), api: { major: 1, minor: 41 } }),
        startContainer: async (id, options) => {
          if (moment === 'before the start') twin()
          if (networks.size > 1)
            throw new StackError('engine/name-in-use', {
              what: 'network',
              name: 'demo_default',
              holder: 'another network',
            })
          await world.runtime.startContainer(id, options)
          if (
            moment === 'after all that starts' &&
            [...world.runtime.containers.values()].every(({ state }) => state === 'running')
          )
            twin()
        },
      }
      const result = await up({ ...world, deps: { ...world.deps, runtime, lock: aLock({ wasLeft: true }) } }, project)
      expect(result.exit).toBe(0)
      expect([...world.runtime.containers.values()].map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
        'demo-api-1 running',
        'demo-web-1 running',
      ])
      expect([networks.size, networks.has('twin')]).toEqual([1, false])
    },
  )

  test('a name that the engine has not given free yet is asked for again', async () => {
    const world = aWorld()
    const refusal = new StackError('engine/name-in-use', {
      what: 'container',
      name: 'demo-web-1',
      holder: 'container 88a3d1bb6ea7',
    })
    world.runtime.fail('create', refusal, { times: 3, when: 'demo-web-1' })
    expect((await up(world, aProject({ web: aService() }))).exit).toBe(0)
    world.runtime.fail('rename', refusal, { times: 3 })
    expect((await up(world, aProject({ web: aService({ user: 'other' }) }))).exit).toBe(0)
    expect([...world.runtime.containers.values()].map(({ name, state }) => `${name} ${state}`)).toEqual([
      'demo-web-1 running',
    ])
  })

  test.each([
    ['the same', 0],
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])(
    'what a run that was cut off is still stopping is started again, and nothing else; the clock of the engine is %s',
    async (_, skewMs) => {
      const world = aWorld({ skewMs })
      const project = aProject({ web: aService(), db: aService() })
      await up(world, project)
      world.runtime.behaviours['db'] = { stopsAfterMs: 3000 }
      const stop = world.runtime.stopContainer(world.runtime.byName('demo-db-1').id)
      await world.clock.advance(100)
      const begun = world.clock.now()
      const after = await up({ ...world, deps: { ...world.deps, lock: aLock({ wasLeft: true }) } }, project)
      await stop
      expect(after.lines).toEqual([
        'step/waiting lock on demo-db-1: waiting for the end of demo-db-1, which a run that was cut off is stopping',
        'plan/made db.1/start',
        'step/started db.1/start',
        'step/ended db.1/start done',
      ])
      expect(world.clock.now() - begun).toBeLessThan(4000)
    },
  )

  test('down after a run that was cut off also removes what the engine made for it after we looked', async () => {
    const world = aWorld()
    const project = aProject({ web: aService(), db: aService() })
    await up(world, project)
    const { spec } = world.runtime.byName('demo-web-1')
    const { removeContainer } = world.runtime
    let isLate = true
    const runtime: Runtime = {
      ...world.runtime,
      removeContainer: async (id, options) => {
        if (isLate) {
          isLate = false
          await world.runtime.createContainer({
            ...spec,
            name: 'demo-web-2',
            labels: { ...spec.labels, 'com.docker.compose.container-number': '2' },
          })
        }
        await removeContainer(id, options)
      },
    }
    const lock = aLock({ wasLeft: true })
    const result = await world.clock.run(
      applyPlan(
        { ...world.deps, runtime, lock },
        {
          project,
          command: 'stack down',
          emit: () => {},
          looksAgain: true,
          plan: (observed) => planDown({ name: project.name, project }, observed, {}),
        },
      ),
    )
    expect([result.exit, world.runtime.containers.size, world.runtime.networks.size]).toEqual([0, 0, 0])
  })

  test('a stop is outlasted for as long as the service may take, and no longer', async () => {
    const world = aWorld()
    const project = aProject({ web: aService({ stop_grace_period: '1m0s' }) })
    await up(world, project)
    world.runtime.behaviours['web'] = { stopsAfterMs: 50_000 }
    const stop = world.runtime.stopContainer(world.runtime.byName('demo-web-1').id, { graceSeconds: 60 })
    await world.clock.advance(20_000)
    const after = await up({ ...world, deps: { ...world.deps, lock: aLock({ wasLeft: true }) } }, project)
    await stop
    expect(after.lines.at(-1)).toBe('step/ended web.1/start done')
  })

  test('the lock says whether the work was finished', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 1e9 }
    const said: unknown[] = []
    const lock: Lock = { acquire: async () => ({ release: async (how) => void said.push(how) }) }
    const controller = new AbortController()
    const { work } = begin({ ...world, deps: { ...world.deps, lock } }, threeTiers, { signal: controller.signal })
    await world.clock.advance(2000)
    controller.abort(new Error('Ctrl-C'))
    await world.clock.run(work)
    world.runtime.behaviours['db'] = {}
    await up({ ...world, deps: { ...world.deps, lock } }, threeTiers)
    expect(said).toEqual([{ isFinished: false }, { isFinished: true }])
  })

  test('leaves nothing behind: no sleeper, no open stream', async () => {
    const world = aWorld()
    await up(world, threeTiers)
    await down(world, threeTiers)
    await world.clock.advance(60_000)
    expect(world.clock.sleepers()).toBe(0)
    expect(world.runtime.openStreams()).toBe(0)
    expect(world.runtime.containers.size).toBe(0)
    expect(world.runtime.networks.size).toBe(0)
  })

  test('one broken service does not stop the others', async () => {
    const world = aWorld()
    world.runtime.fail('start', new StackError('engine/port-in-use', { address: '', port: 80, holder: '' }), {
      when: 'demo-api-1',
    })
    const result = await up(
      world,
      aProject({
        api: aService(),
        web: aService({ depends_on: { api: needs('service_started') } }),
        other: aService(),
      }),
    )
    expect(result.exit).toBe(1)
    expect(result.lines.filter((line) => line.startsWith('step/ended') && !line.endsWith('done'))).toEqual([
      'step/ended api.1/start failed engine/port-in-use',
      'step/ended web.1/start skipped (api.1/start)',
    ])
    expect(world.runtime.byName('demo-other-1').state).toBe('running')
  })

  test('what the engine refuses for a moment is asked again, and that is said', async () => {
    const world = aWorld()
    world.runtime.fail('start', new StackError('engine/busy', { what: 'start demo-web-1', why: 'device busy' }), {
      times: 2,
    })
    const progress: string[] = []
    const result = await up(world, aProject({ web: aService() }), {
      request: { emit: (body) => body.type === 'step/progressed' && progress.push(body.note ?? '') },
    })
    expect(result.exit).toBe(0)
    expect(progress.map((note) => note.slice(0, 14))).toEqual(['retrying (2/4)', 'retrying (3/4)'])
  })

  test.each(['before', 'after'])(
    'a creation whose connection was cut %s it was done is looked at again, not repeated blindly',
    async (when) => {
      const world = aWorld()
      const { createContainer } = world.runtime
      let cuts = 0
      const cut: Runtime['createContainer'] = async (spec, options) => {
        if (cuts > 0) return createContainer(spec, options)
        cuts += 1
        if (when === 'after') await createContainer(spec, options)
        throw new StackError('engine/connection-lost', { what: 'create demo-web-1' })
      }
      const runtime = { ...world.runtime, createContainer: cut }
      const result = await up(
        { ...world, deps: { ...world.deps, runtime } },
        aProject({ web: aService(), api: aService({ depends_on: { web: needs('service_started') } }) }),
      )
      expect(result.exit).toBe(0)
      expect([...world.runtime.containers.values()].map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
        'demo-api-1 running',
        'demo-web-1 running',
      ])
      expect(result.lines.filter((line) => line.includes('failed'))).toEqual([])
      expect(result.lines).toContain('step/ended web.1/create skipped (again)')
      expect(result.lines).toContain(
        'step/waiting engine on engine: The connection to the engine was lost: looking at what is there',
      )
    },
  )

  test('an engine that is restarted meanwhile is waited for; one that stays away ends the run', async () => {
    const world = aWorld()
    const gone = new StackError('engine/unreachable', { attempts: '  the socket does not exist' })
    world.runtime.fail('start', gone, { when: 'demo-web-1' })
    let away = 15
    const runtime: Runtime = {
      ...world.runtime,
      assertThere: async () => {
        if (away === 0) return
        away -= 1
        throw gone
      },
    }
    const project = aProject({ web: aService() })
    const result = await up({ ...world, deps: { ...world.deps, runtime } }, project)
    expect(result.exit).toBe(0)
    expect(result.lines).toContain(
      'step/waiting engine on engine: The engine does not answer any more: waiting for it to come back',
    )
    world.runtime.fail('remove', gone, { when: 'demo-web-1' })
    away = 1e9
    await expect(down({ ...world, deps: { ...world.deps, runtime } }, project)).rejects.toThrow(
      'No container engine answers',
    )
    await world.clock.advance(1)
    expect(world.clock.sleepers()).toBe(0)
  })

  test('a container that ended with its engine is no failure, though the next engine answers already', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 1e9 }
    const { work } = begin(world, threeTiers)
    await world.clock.advance(1000)
    world.runtime.behaviours['db'] = {}
    world.runtime.exit('demo-db-1', 143)
    world.runtime.loseEvents()
    const result = await world.clock.run(work)
    expect(result.exit).toBe(0)
    expect([...world.runtime.containers.values()].every(({ state }) => state === 'running')).toBe(true)
  })

  test('a name that somebody else has is told at once; after a run that was cut off, when it is known to be no race', async () => {
    const told = async (wasLeft: boolean): Promise<readonly string[]> => {
      const world = aWorld()
      world.runtime.behaviours['db'] = { healthyAfterMs: 5000 }
      world.runtime.fail(
        'create',
        new StackError('engine/name-in-use', {
          what: 'container',
          name: 'demo-web-1',
          holder: 'container 88a3d1bb6ea7',
        }),
        { when: 'demo-web-1', times: 100 },
      )
      const project = aProject({
        web: aService(),
        db: aService({ healthcheck: aHealthcheck }),
        api: aService({ depends_on: { db: needs('service_healthy') } }),
      })
      const { lines } = await up({ ...world, deps: { ...world.deps, lock: aLock({ wasLeft }) } }, project)
      return lines.filter((line) => /^step\/ended (web.1\/create|db\/healthy)/.test(line))
    }
    expect(await told(false)).toEqual([
      'step/ended web.1/create failed engine/name-in-use',
      'step/ended db/healthy done',
    ])
    expect(await told(true)).toEqual([
      'step/ended db/healthy done',
      'step/ended web.1/create failed engine/name-in-use',
    ])
  })

  test('a restart that was done is not done again after a cut', async () => {
    const world = aWorld()
    const project = aProject({ web: aService(), api: aService() })
    await up(world, project)
    const restarts = (name: string): number => world.runtime.calls.filter((call) => call === `restart ${name}`).length
    world.runtime.fail('restart', new StackError('engine/connection-lost', { what: 'restart demo-web-1' }), {
      when: 'demo-web-1',
      times: 4,
    })
    const result = await up(world, project, { request: { plan: (observed) => planRestart(project, observed, {}) } })
    expect(result.exit).toBe(0)
    expect([restarts('demo-web-1'), restarts('demo-api-1')]).toEqual([5, 1])
  })

  test('images that are missing are pulled first, and what they change is seen in another round', async () => {
    const world = aWorld({ images: [] })
    const result = await up(world, aProject({ web: aService() }))
    expect(result.exit).toBe(0)
    expect(result.plans.length).toBeLessThanOrEqual(2)
    expect(result.lines.filter((line) => line.startsWith('step/ended'))).toEqual(
      [
        'step/ended image.busybox/pull done',
        'step/ended network.default/create done',
        'step/ended web.1/create done',
        'step/ended web.1/start done',
      ].toSorted((a, b) => result.lines.indexOf(a) - result.lines.indexOf(b)),
    )
    const { labels, image } = world.runtime.byName('demo-web-1').spec
    expect(labels['com.docker.compose.image']).toBe(world.runtime.images.get(image)?.id)
  })

  test('a build that changed nothing recreates nothing; one that did recreates in the next round', async () => {
    const world = aWorld({ images: [] })
    const project = aProject({ web: aService({ image: 'mine', build: { context: '/work' } }) })
    await up(world, project)
    const first = world.runtime.byName('demo-web-1').id
    const result = await up(world, project, { build: 'always' })
    expect(result.plans).toHaveLength(2)
    expect(world.runtime.byName('demo-web-1').id).not.toBe(first)
    expect(world.runtime.containers.size).toBe(1)
  })

  test('an abort ends promptly, and the next run mends what was left', async () => {
    const world = aWorld()
    world.runtime.behaviours['db'] = { healthyAfterMs: 1e9 }
    const controller = new AbortController()
    const { work, lines } = begin(world, threeTiers, { signal: controller.signal })
    await world.clock.advance(2000)
    controller.abort(new Error('Ctrl-C'))
    const result = await world.clock.run(work)
    expect(result.exit).toBe(130)
    expect(lines.filter((line) => line.includes('skipped'))).toEqual([
      'step/ended db/healthy skipped (cancelled)',
      'step/ended api.1/start skipped (cancelled)',
      'step/ended web.1/start skipped (cancelled)',
    ])
    world.runtime.behaviours['db'] = {}
    world.runtime.exit('demo-db-1', 1)
    expect((await up(world, threeTiers)).exit).toBe(0)
    expect([...world.runtime.containers.values()].every((container) => container.state === 'running')).toBe(true)
  })

  test('a destructive step without anyone to ask is left out, and the rest is done', async () => {
    const world = aWorld()
    const withVolume = (driver_opts: Readonly<Record<string, string>>): Project =>
      aProject(
        { db: aService({ volumes: [{ type: 'volume', source: 'data', target: '/data' }] }) },
        { volumes: { data: { name: 'demo_data', driver_opts } } },
      )
    await up(world, withVolume({}))
    const changed = withVolume({ type: 'tmpfs' })
    const alone = await up(world, { ...changed, services: { ...changed.services, web: aService() } }, { request: {} })
    expect(alone.exit).toBe(0)
    expect(alone.lines).toContain('problem/raised plan.0 plan/volume-diverged')
    expect(world.runtime.byName('demo-db-1').state).toBe('running')
    expect(world.runtime.byName('demo-web-1').state).toBe('running')
    const asked: string[] = []
    const declined = await up(world, withVolume({ type: 'tmpfs' }), {
      request: { confirm: async (steps) => (asked.push(...steps.map((step) => step.id)), false) },
    })
    expect(asked).toHaveLength(1)
    expect(declined.exit).toBe(0)
    expect(world.runtime.calls).not.toContain('remove volume demo_data')
  })

  test('a dry run asks and changes nothing', async () => {
    const world = aWorld()
    const result = await up(world, threeTiers, { request: { dryRun: true } })
    expect(result.lines).toEqual(
      [
        'plan/made network.default/create db.1/create db.1/start db/healthy api.1/create api.1/start web.1/create web.1/start',
      ].map(() => expect.stringContaining('plan/made') as unknown as string),
    )
    expect(world.runtime.containers.size).toBe(0)
  })

  test('anonymous volumes go over to the container that replaces another', async () => {
    const world = aWorld()
    const project = (more: Readonly<Record<string, string>>): Project =>
      aProject({ web: aService({ environment: more, volumes: [{ type: 'volume', target: '/node_modules' }] }) })
    await up(world, project({}))
    const before = world.runtime.byName('demo-web-1').mounts
    await up(world, project({ A: '1' }))
    expect(world.runtime.byName('demo-web-1').mounts).toEqual(before)
    await up(world, project({ A: '2' }), { renewAnonymousVolumes: true })
    expect(world.runtime.byName('demo-web-1').mounts).not.toEqual(before)
  })

  test('secrets and configs whose content is at hand are copied in before the start', async () => {
    const world = aWorld()
    const project = aProject(
      {
        web: aService({
          secrets: [{ source: 'token' }],
          configs: [{ source: 'site', target: '/etc/site.conf', uid: '100', mode: '0440' }],
        }),
      },
      {
        secrets: { token: { name: 'demo_token', environment: 'TOKEN' } },
        configs: { site: { name: 'demo_site', content: 'listen 80' } },
      },
    )
    const withToken = { ...project, context: { ...project.context, objectEnvironment: { TOKEN: 's3cret' } } }
    expect((await up(world, withToken)).exit).toBe(0)
    const files = [...world.runtime.byName('demo-web-1').files].map(
      ([path, { mode, uid, content }]) =>
        `${path} ${mode.toString(8)} ${uid ?? '-'} ${new TextDecoder().decode(content)}`,
    )
    expect(files).toEqual(['/run/secrets/token 444 - s3cret', '/etc/site.conf 440 100 listen 80'])
    const missing = await up(aWorld(), project)
    expect(missing.failures.map(({ problem }) => problem.code)).toEqual(['object/unset-variable'])
  })

  test('hooks run in the container, in order, and a bad one says what it wrote', async () => {
    const world = aWorld()
    world.runtime.onExec = (_container, { command }) => ({
      exitCode: command[0] === 'bad' ? 3 : 0,
      output: `${command.join(' ')} ran\n`,
    })
    const result = await up(
      world,
      aProject({ web: aService({ post_start: [{ command: ['good'] }, { command: ['bad', 'idea'] }] }) }),
    )
    expect(result.lines.filter((line) => line.startsWith('log/'))).toEqual([
      'log/written demo-web-1 post_start good ran',
      'log/written demo-web-1 post_start bad idea ran',
    ])
    expect(result.failures[0]?.problem.message).toBe(
      'The post_start hook "bad idea" of service "web" ended with code 3:\nbad idea ran',
    )
  })
})
