import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type { EventBody, StackEvent } from '../../src/core/events/event.ts'
import { toPlanChanges } from '../../src/core/events/plan-changes.ts'
import type { UpOptions } from '../../src/core/plan/up-options.ts'
import type { Service } from '../../src/core/project/service.ts'
import type { Project } from '../../src/core/project/project.ts'
import { createSession, type SessionRequest } from '../../src/engine/session.ts'
import { createRecentChanges } from '../../src/engine/session/recent-changes.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { aProject, aService, aWorld, hashOptions, needs, toLine } from '../support/builders.ts'

const web = (args: Readonly<Record<string, string>> = {}) =>
  aService({ image: 'demo-web', build: { context: '/work', args } })
const first = aProject({ web: web(), db: aService() })
const withName = (hostname: string): Project => aProject({ web: web(), db: aService({ hostname }) })

const built = (trigger: 'command' | 'watch'): readonly EventBody[] => [
  {
    type: 'plan/made',
    trigger,
    steps: [{ id: 'web/image', kind: 'image/build', subject: 'image web', service: 'web', cause: '', needs: [] }],
    unchanged: [],
  },
  { type: 'step/ended', id: 'web/image', outcome: 'done', ms: 10 },
]

type Options = { readonly up?: Partial<UpOptions>; readonly request?: Partial<SessionRequest> }

/** A session that runs, and whose stack file can be edited. */
const running = async ({ up = {}, request = {} }: Options = {}) => {
  const world = aWorld({ images: ['busybox', 'demo-web'] })
  let read: () => Promise<Project> = async () => first
  const toPlans = (project: Project) => createSessionPlans(project, { ...hashOptions, ...up })
  const session = createSession(world.deps, {
    project: first,
    command: 'stack up',
    plans: toPlans(first),
    keepRunning: true,
    reload: async () => {
      const project = await read()
      return { project, plans: toPlans(project) }
    },
    ...request,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  await world.clock.advance(5_000)
  events.length = 0
  world.runtime.calls.length = 0
  const edit = (next: Project | (() => Promise<Project>)): void => {
    read = typeof next === 'function' ? next : async () => next
    session.send({ type: 'reload' })
  }
  const plans = (): readonly string[] =>
    events.flatMap((event: EventBody) =>
      event.type === 'plan/made'
        ? [
            toPlanChanges(event.steps)
              .map(({ what }) => what)
              .join(', '),
          ]
        : [],
    )
  const calls = (...names: readonly string[]): readonly string[] =>
    world.runtime.calls.filter((call) => names.some((name) => call.startsWith(name)))
  return { ...world, session, events, edit, plans, calls, lines: () => events.map(toLine) }
}

type Running = Awaited<ReturnType<typeof running>>

const aLongTime = 60_000

test.each<readonly [string, readonly EventBody[], string | undefined]>([
  [
    'a saved file',
    [{ type: 'watch/changed', service: 'web', paths: ['/work/src/a.ts', '/work/src/b.ts'], action: 'sync' }],
    'the save of src/a.ts and 1 more',
  ],
  ['one of another service', [{ type: 'watch/changed', service: 'db', paths: ['a'], action: 'sync' }], undefined],
  ['a new image', built('command'), 'its new image'],
  [
    'an image that a saved file has built',
    [{ type: 'watch/changed', service: 'web', paths: ['/other/a.ts'], action: 'rebuild' }, ...built('watch')],
    'the save of /other/a.ts',
  ],
])('what was changed last may be why a service ends: %s', (_what, bodies, what) => {
  const changes = createRecentChanges({ directory: '/work' })
  bodies.forEach((body, index) => changes.read({ seq: index + 1, at: 1000, ...body }))
  expect(changes.before('web', 5000)).toEqual(what === undefined ? undefined : { what, ms: 4000 })
  expect(changes.before('web', 100_000)).toBeUndefined()
})

describe('an edit of the stack file', () => {
  test('is told as what may be why a service ends again and again', async () => {
    const { edit, runtime, clock, events } = await running()
    runtime.behaviours['db'] = { exitAfterMs: 1000, exitCode: 1 }
    edit(aProject({ web: web(), db: aService({ hostname: 'other', restart: 'always' }) }))
    await clock.advance(4000)
    const crash = events.flatMap((event) => (event.type === 'problem/raised' ? [event.crash] : []))[0]
    expect(crash).toMatchObject({ crashes: 2, exitCode: 1 })
    expect(crash?.after?.what).toMatch(/^the edit of the stack file \(.*hostname/)
  })

  test('is told as a plan before anything of it is done, and changes nothing else', async () => {
    const { clock, edit, plans, calls, lines } = await running()
    edit(withName('other'))
    await clock.advance(aLongTime)
    expect(plans()).toEqual(['recreate db'])
    expect(calls('create', 'start', 'build', 'pull').every((call) => call.includes('db'))).toBe(true)
    expect(lines().findIndex((line) => line.startsWith('plan/made'))).toBeLessThan(
      lines().findIndex((line) => line.startsWith('step/started')),
    )
  })

  test('that changes nothing says so', async () => {
    const { clock, edit, plans, calls } = await running()
    edit(first)
    await clock.advance(aLongTime)
    expect(plans()).toEqual([''])
    expect(calls('create', 'start', 'stop', 'build')).toEqual([])
  })

  test('does nothing again that was asked for when the session began', async () => {
    const { clock, edit, plans, calls } = await running({
      up: {
        build: 'always',
        pull: 'always',
        recreate: 'force',
        recreateDependencies: 'force',
        renewAnonymousVolumes: true,
        rerunCompleted: true,
      },
    })
    edit(withName('other'))
    await clock.advance(aLongTime)
    expect(plans()).toEqual(['recreate db'])
    expect(calls('build', 'pull')).toEqual([])
  })

  test('of how an image is built builds it, and replaces the container', async () => {
    const { clock, edit, plans, calls } = await running()
    edit(aProject({ web: web({ VERSION: '2' }), db: aService() }))
    await clock.advance(aLongTime)
    expect(plans()).toEqual(['build web', 'recreate web'])
    expect(calls('build')).toEqual(['build demo-web'])
    edit(aProject({ web: web({ VERSION: '2' }), db: aService() }))
    await clock.advance(aLongTime)
    expect(calls('build')).toEqual(['build demo-web'])
  })

  test('of how an image is built is told where nothing may be built', async () => {
    const { clock, edit, calls, lines } = await running({ up: { build: 'never' }, request: { forbidsBuild: true } })
    edit(aProject({ web: web({ VERSION: '2' }), db: aService() }))
    await clock.advance(aLongTime)
    expect(calls('build')).toEqual([])
    expect(lines()).toContain('problem/raised sync.web.build watch/build-forbidden')
  })

  test('that cannot be read is told, and the next good one is applied', async () => {
    const { clock, edit, plans, lines } = await running()
    edit(async () => {
      throw new StackError('plan/nothing-to-start', { service: 'x' })
    })
    await clock.advance(aLongTime)
    expect(lines()).toEqual(['problem/raised reload plan/nothing-to-start'])
    edit(withName('other'))
    await clock.advance(aLongTime)
    expect(lines()[1]).toBe('problem/cleared')
    expect(plans()).toEqual(['recreate db'])
  })
})

describe('edits that come quickly', () => {
  test('an older reading that takes longer does not undo a newer one', async () => {
    const { clock, runtime, edit } = await running()
    edit(async () => {
      await clock.sleep(1_000)
      return withName('older')
    })
    edit(withName('newer'))
    await clock.advance(aLongTime)
    expect(runtime.byName('demo-db-1').spec.service.hostname).toBe('newer')
  })

  test('a newer one takes the place of a build, which is still made as it is said to be in the end', async () => {
    const { clock, runtime, edit, calls, lines } = await running()
    runtime.behaviours['web'] = { buildsAfterMs: 10_000 }
    edit(aProject({ web: web({ VERSION: '2' }), db: aService() }))
    await clock.advance(2_000)
    edit(aProject({ web: web({ VERSION: '2' }), db: aService({ hostname: 'other' }) }))
    await clock.advance(aLongTime)
    expect(lines()).toContain('step/ended web/build skipped (overtaken)')
    expect(calls('build')).toEqual(['build demo-web', 'build demo-web'])
    expect(runtime.byName('demo-db-1').spec.service.hostname).toBe('other')
    expect(lines().filter((line) => line.startsWith('problem/raised'))).toEqual([])
  })

  test('one that cannot be read leaves what is being built alone', async () => {
    const { clock, runtime, edit, lines } = await running()
    runtime.behaviours['web'] = { buildsAfterMs: 10_000 }
    edit(aProject({ web: web({ VERSION: '2' }), db: aService() }))
    await clock.advance(2_000)
    edit(async () => {
      throw new StackError('plan/nothing-to-start', { service: 'x' })
    })
    await clock.advance(aLongTime)
    expect(lines()).toContain('step/ended web/build done')
  })
})

describe('what somebody has stopped', () => {
  const three = (hostname: string, more: Partial<Service> = {}): Project =>
    aProject({
      web: web(),
      db: aService({ hostname }),
      api: aService({ depends_on: { db: needs('service_started') }, ...more }),
    })
  const stopped = async (stop: (session: Running) => void) => {
    const session = await running()
    session.edit(three('first'))
    await session.clock.advance(5000)
    stop(session)
    await session.clock.advance(5000)
    session.runtime.calls.length = 0
    return session
  }
  const byCommand = ({ session }: Running): void => session.send({ type: 'stop', services: ['db'] })
  const elsewhere = ({ runtime }: Running): void => void runtime.stopContainer('demo-db-1')

  test.each([
    ['here', byCommand],
    ['elsewhere', elsewhere],
  ])('%s stays so through an edit, also of one that needs it', async (_where, stop) => {
    const session = await stopped(stop)
    session.edit(three('first', { hostname: 'other' }))
    await session.clock.advance(5000)
    expect(session.calls('start')).toEqual(['start demo-api-1'])
    session.edit(three('second', { hostname: 'other' }))
    await session.clock.advance(5000)
    expect(session.runtime.byName('demo-db-1').state).toBe('exited')
    expect(session.calls('create', 'start')).toHaveLength(2)
    session.session.send({ type: 'start', services: ['db'] })
    await session.clock.advance(5000)
    expect(session.runtime.byName('demo-db-1').state).toBe('running')
    expect(session.runtime.byName('demo-db-1').spec.service.hostname).toBe('second')
  })

  test('and is started elsewhere is made what the files say by now, and an edit is its own again', async () => {
    const session = await stopped(byCommand)
    session.edit(three('second'))
    await session.clock.advance(5000)
    void session.runtime.startContainer(session.runtime.byName('demo-db-1').id)
    await session.clock.advance(15_000)
    expect(session.runtime.byName('demo-db-1').spec.service.hostname).toBe('second')
    session.edit(three('third'))
    await session.clock.advance(15_000)
    expect(session.runtime.byName('demo-db-1').spec.service.hostname).toBe('third')
  })

  test('and is restarted by somebody else is not stopped', async () => {
    const session = await stopped(({ runtime }) => void runtime.restartContainer('demo-db-1'))
    session.edit(three('second'))
    await session.clock.advance(15_000)
    expect(session.runtime.byName('demo-db-1').spec.service.hostname).toBe('second')
  })
})

describe('an edit before somebody at a screen', () => {
  const proposing = () => running({ request: { proposesEdits: true } })
  const proposals = ({ events }: Running) =>
    events.flatMap((event: EventBody) =>
      event.type === 'edit/proposed' ? [event.changes.map(({ what }) => what)] : [],
    )

  test('is shown, and done when they say so', async () => {
    const session = await proposing()
    session.edit(withName('other'))
    await session.clock.advance(5000)
    expect(proposals(session)).toEqual([['recreate db']])
    const plans = session.events.flatMap((event: EventBody) => (event.type === 'edit/proposed' ? [event.plan] : []))
    expect(plans[0]?.slice(0, 3)).toEqual(['~ db.1  recreate: hostname added', '= web', ''])
    expect([session.plans(), session.calls('create', 'stop')]).toEqual([[], []])
    session.session.send({ type: 'apply' })
    await session.clock.advance(5000)
    expect(session.plans()).toEqual(['recreate db'])
    expect(session.runtime.byName('demo-db-1').spec.service.hostname).toBe('other')
    session.session.send({ type: 'apply' })
    await session.clock.advance(5000)
    expect(session.plans()).toEqual(['recreate db'])
  })

  test('that is taken back, or cannot be read any more, is no proposal', async () => {
    const session = await proposing()
    session.edit(withName('other'))
    await session.clock.advance(5000)
    session.edit(first)
    await session.clock.advance(5000)
    session.edit(withName('third'))
    await session.clock.advance(5000)
    session.edit(async () => {
      throw new StackError('plan/nothing-to-start', { service: 'x' })
    })
    await session.clock.advance(5000)
    session.session.send({ type: 'apply' })
    await session.clock.advance(5000)
    expect(proposals(session)).toEqual([['recreate db'], [], ['recreate db'], []])
    expect(session.calls('create', 'stop')).toEqual([])
  })

  test('says which data it would lose, which is asked for once more when it is done', async () => {
    const data = (type: string): Project =>
      aProject(
        { db: aService({ volumes: [{ type: 'volume', source: 'data', target: '/data' }] }) },
        { volumes: { data: { name: 'demo_data', driver_opts: { type } } } },
      )
    const session = await running({ request: { proposesEdits: true, confirm: 'ask' } })
    session.edit(data('a'))
    await session.clock.advance(5000)
    session.session.send({ type: 'apply' })
    await session.clock.advance(5000)
    session.edit(data('b'))
    await session.clock.advance(5000)
    const losses = session.events.flatMap((event: EventBody) => (event.type === 'edit/proposed' ? event.losses : []))
    expect(losses).toEqual(['volume demo_data'])
    session.session.send({ type: 'apply' })
    await session.clock.advance(5000)
    expect(session.lines().filter((line) => line.startsWith('question/asked'))).toEqual([
      'question/asked The data in volume demo_data will be lost. Go on?',
    ])
  })
})

test.each(['reload', 'restart', 'start', 'rebuild'] as const)(
  'nothing is begun again while the session stops: %s',
  async (type) => {
    const { clock, runtime, session } = await running()
    runtime.behaviours['db'] = { stopsAfterMs: 3_000 }
    session.send({ type: 'quit', force: false })
    await clock.advance(1_000)
    session.send(type === 'reload' ? { type } : { type, services: ['web'] })
    await clock.run(session.done)
    await clock.advance(aLongTime)
    expect([...runtime.containers.values()].map(({ state }) => state)).toEqual(['exited', 'exited'])
  },
)
