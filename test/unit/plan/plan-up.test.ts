import { describe, expect, test } from 'vitest'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Observed } from '../../../src/core/plan/observed.ts'
import { toServiceHash } from '../../../src/core/project/compose-hash.ts'
import type { StackError } from '../../../src/core/errors/stack-error.ts'
import type { UpOptions } from '../../../src/core/plan/up-options.ts'
import type { Project } from '../../../src/core/project/project.ts'
import type { Service } from '../../../src/core/project/service.ts'
import { applyPlan, completed, dependsOn, emptyWorld, hashOptions, healthy, imageOf, projectOf } from './world.ts'

const text = (project: Project, observed: Observed, options: Partial<UpOptions> = {}): string =>
  toPlanText(planUp(project, observed, { ...hashOptions, ...options })).join('\n')

/** The world in which the project is up. */
const upWorld = (project: Project, options: Partial<UpOptions> = {}): Observed => {
  const world = emptyWorld(project)
  return applyPlan(project, world, planUp(project, world, { ...hashOptions, ...options }))
}

const threeTiers = (change: { web?: object; api?: object; db?: object } = {}): Project =>
  projectOf(
    {
      web: { depends_on: { api: dependsOn() }, networks: { front: null }, ...change.web },
      api: { depends_on: { db: healthy }, networks: { front: null, back: null }, ...change.api },
      db: {
        networks: { back: null },
        healthcheck: { test: ['CMD', 'true'] },
        volumes: [{ type: 'volume', source: 'data', target: '/data' }],
        ...change.db,
      },
    },
    {
      networks: { front: { name: 'shop_front' }, back: { name: 'shop_back' } },
      volumes: { data: { name: 'shop_data' } },
    },
  )

describe('a project that is not there', () => {
  test('every container is made as soon as its own needs are there, and started as soon as its own dependencies are ready', () => {
    expect(text(threeTiers(), emptyWorld(threeTiers()))).toMatchInlineSnapshot(`
      "  network.front/create  does not exist yet
        network.back/create   does not exist yet
        volume.data/create    does not exist yet
        db.1/create           does not exist yet  after network.back/create, volume.data/create
        api.1/create          does not exist yet  after network.front/create, network.back/create
        web.1/create          does not exist yet  after network.front/create
        db.1/start            is new  after db.1/create
        db/healthy            api waits for it  after db.1/start
        api.1/start           is new  after api.1/create, db/healthy
        web.1/start           is new  after web.1/create, api.1/start"
    `)
  })
  test('images are pulled or built first, each for its own services alone', () => {
    const project = projectOf({ web: { build: { context: '/web' } }, db: {} })
    expect(text(project, emptyWorld())).toMatchInlineSnapshot(`
      "  web/build               the image is missing
        image.db:1/pull         the image is missing
        network.default/create  does not exist yet
        web.1/create            does not exist yet  after web/build, network.default/create
        db.1/create             does not exist yet  after image.db:1/pull, network.default/create
        web.1/start             is new  after web.1/create
        db.1/start              is new  after db.1/create"
    `)
  })
  test('an optional dependency is waited for, and its failure is no reason to stop', () => {
    const project = projectOf({
      web: { depends_on: { cache: dependsOn('service_healthy', { required: false }) } },
      cache: { healthcheck: { test: ['CMD', 'true'] } },
    })
    expect(text(project, emptyWorld(project))).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        cache.1/create          does not exist yet  after network.default/create
        web.1/create            does not exist yet  after network.default/create
        cache.1/start           is new  after cache.1/create
        cache/healthy?          web waits for it  after cache.1/start
        web.1/start             is new  after web.1/create, cache/healthy??"
    `)
  })
  test('hooks, inline configs, shared namespaces and replicas', () => {
    const project = projectOf(
      {
        app: {
          scale: 2,
          configs: [{ source: 'motd' }],
          pre_start: [{ command: ['migrate'] }],
          post_start: [{ command: ['warm'] }],
        },
        side: { network_mode: 'service:app', depends_on: { app: dependsOn('service_started', { restart: true }) } },
      },
      { configs: { motd: { name: 'shop_motd', content: 'hello' } } },
    )
    expect(text(project, emptyWorld(project))).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        app.1/create            does not exist yet  after network.default/create
        app.1/copy              configs and secrets without a file  after app.1/create
        app.2/create            does not exist yet  after network.default/create
        app.2/copy              configs and secrets without a file  after app.2/create
        side.1/create           does not exist yet  after app.1/create
        app/pre_start.0         pre_start hook  after app.1/create, app.1/copy, app.2/create, app.2/copy
        app.1/start             is new  after app.1/create, app.1/copy, app/pre_start.0
        app.1/post_start.0      post_start hook  after app.1/start
        app.2/start             is new  after app.2/create, app.2/copy, app/pre_start.0
        app.2/post_start.0      post_start hook  after app.2/start
        side.1/start            is new  after side.1/create, app.1/post_start.0, app.2/post_start.0"
    `)
  })
  describe('images beside the own one', () => {
    const hooked = (more: Partial<Service> = {}): Partial<Service> => ({
      pre_start: [{ command: ['a'], image: 'tool:1' }, { command: ['b'] }, { command: ['c'], image: 'tool:1' }],
      ...more,
    })
    const pulls = (project: Project, images: readonly string[], more: Partial<UpOptions> = {}): readonly string[] => {
      const world = emptyWorld(project)
      const observed = {
        ...world,
        images: new Map([...world.images, ...images.map((one) => [one, imageOf(one)] as const)]),
      }
      return planUp(project, observed, { ...hashOptions, ...more }).steps.flatMap(({ action, cause }) =>
        action.kind === 'image/pull' || action.kind === 'image/build'
          ? [`${action.kind} ${action.image}: ${cause}`]
          : [],
      )
    }
    test('those of hooks are pulled, each once, before the hook that needs them and nothing else', () => {
      const project = projectOf({ web: hooked(), job: hooked() })
      expect(text(project, emptyWorld(project))).toMatchInlineSnapshot(`
        "  image.tool:1/pull       the image is missing
          network.default/create  does not exist yet
          web.1/create            does not exist yet  after network.default/create
          job.1/create            does not exist yet  after network.default/create
          web/pre_start.0         pre_start hook  after web.1/create, image.tool:1/pull
          web/pre_start.1         pre_start hook  after web/pre_start.0
          web/pre_start.2         pre_start hook  after web/pre_start.1, image.tool:1/pull
          web.1/start             is new  after web.1/create, web/pre_start.2
          job/pre_start.0         pre_start hook  after job.1/create, image.tool:1/pull
          job/pre_start.1         pre_start hook  after job/pre_start.0
          job/pre_start.2         pre_start hook  after job/pre_start.1, image.tool:1/pull
          job.1/start             is new  after job.1/create, job/pre_start.2"
      `)
    })
    test('those that are mounted are there before the container is made', () => {
      const project = projectOf({ web: { volumes: [{ type: 'image', source: 'data:1', target: '/data' }] } })
      expect(text(project, emptyWorld(project))).toMatchInlineSnapshot(`
        "  image.data:1/pull       the image is missing
          network.default/create  does not exist yet
          web.1/create            does not exist yet  after image.data:1/pull, network.default/create
          web.1/start             is new  after web.1/create"
      `)
    })
    const always = ['web:1', 'tool:1'].map((one) => `image/pull ${one}: pull_policy is always`)
    const missing = ['image/pull tool:1: the image is missing']
    type Case = {
      readonly of?: Partial<Service>
      readonly there?: readonly string[]
      readonly by?: Partial<UpOptions>
      readonly pulled: readonly string[]
    }
    test.each<[string, Case]>([
      ['missing', { pulled: missing }],
      ['there', { there: ['tool:1'], pulled: [] }],
      ['pulled a round before', { by: { settled: new Set(['tool:1']) }, pulled: [] }],
      ['always', { of: { pull_policy: 'always' }, there: ['tool:1'], pulled: always }],
      ['always, by flag', { there: ['tool:1'], by: { pull: 'always' }, pulled: always }],
      ['of a service that is built', { of: { build: { context: '/web' } }, pulled: missing }],
    ])('%s', (_case, { of, there = [], by, pulled }) => {
      expect(pulls(projectOf({ web: hooked(of) }), there, by)).toEqual(pulled)
    })
    test('what is mounted is not fetched again', () => {
      const project = projectOf({ web: { volumes: [{ type: 'image', source: 'data:1', target: '/data' }] } })
      expect(pulls(project, ['data:1'], { pull: 'always' })).toEqual(['image/pull web:1: pull_policy is always'])
    })
    test('one that another service builds is built, though that one is not asked for', () => {
      const project = projectOf({ web: hooked(), tool: { image: 'tool:1', build: { context: '/tool' } } })
      const world = { ...emptyWorld(), images: new Map([['web:1', imageOf('web:1')]]) }
      expect(text(project, world, { services: ['web'] })).toMatchInlineSnapshot(`
        "  tool/build              the image is missing
          network.default/create  does not exist yet
          web.1/create            does not exist yet  after network.default/create
          web/pre_start.0         pre_start hook  after web.1/create, tool/build
          web/pre_start.1         pre_start hook  after web/pre_start.0
          web/pre_start.2         pre_start hook  after web/pre_start.1, tool/build
          web.1/start             is new  after web.1/create, web/pre_start.2"
      `)
    })
    test('one that may not be pulled and is missing is said before anything happens', () => {
      const project = projectOf({ web: hooked({ pull_policy: 'never' }) })
      expect(() => planUp(project, emptyWorld(project), hashOptions)).toThrow('tool:1')
    })
  })
  test('create starts nothing; --wait ends when all are ready', () => {
    const project = projectOf({ web: {}, job: {}, after: { depends_on: { job: completed } } })
    expect(text(project, emptyWorld(project), { start: false })).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        web.1/create            does not exist yet  after network.default/create
        job.1/create            does not exist yet  after network.default/create
        after.1/create          does not exist yet  after network.default/create"
    `)
    expect(text(project, emptyWorld(project), { wait: true })).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        web.1/create            does not exist yet  after network.default/create
        job.1/create            does not exist yet  after network.default/create
        after.1/create          does not exist yet  after network.default/create
        web.1/start             is new  after web.1/create
        job.1/start             is new  after job.1/create
        job/completed           after waits for it  after job.1/start
        after.1/start           is new  after after.1/create, job/completed
        web/ready               asked for with --wait  after web.1/start
        after/ready             asked for with --wait  after after.1/start"
    `)
  })
  test('a named service brings what it needs, unless --no-deps', () => {
    expect(text(threeTiers(), emptyWorld(threeTiers()), { services: ['api'] })).toMatchInlineSnapshot(`
      "  network.front/create  does not exist yet
        network.back/create   does not exist yet
        volume.data/create    does not exist yet
        db.1/create           does not exist yet  after network.back/create, volume.data/create
        api.1/create          does not exist yet  after network.front/create, network.back/create
        db.1/start            is new  after db.1/create
        db/healthy            api waits for it  after db.1/start
        api.1/start           is new  after api.1/create, db/healthy"
    `)
    expect(text(threeTiers(), emptyWorld(threeTiers()), { services: ['api'], noDeps: true })).toMatchInlineSnapshot(`
      "  network.front/create  does not exist yet
        network.back/create   does not exist yet
        api.1/create          does not exist yet  after network.front/create, network.back/create
        api.1/start           is new  after api.1/create"
    `)
  })
  test('starts with published ranges go one after another on engines that pick a port twice', () => {
    const project = projectOf({ web: { scale: 3, ports: [{ target: 80, published: '8000-8002', protocol: 'tcp' }] } })
    expect(text(project, emptyWorld(project, { api: 41 }))).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        web.1/create            does not exist yet  after network.default/create
        web.2/create            does not exist yet  after network.default/create
        web.3/create            does not exist yet  after network.default/create
        web.1/start             is new  after web.1/create
        web.2/start             is new  after web.2/create, web.1/start
        web.3/start             is new  after web.3/create, web.2/start"
    `)
  })
})

describe('a project that is up', () => {
  test('nothing changes', () => {
    expect(text(threeTiers(), upWorld(threeTiers()))).toMatchInlineSnapshot(`"unchanged: web, api, db"`)
    expect(text(threeTiers(), upWorld(threeTiers()), { wait: true })).toMatchInlineSnapshot(`"unchanged: web, api, db"`)
  })
  test.each([
    ['develop', { develop: { watch: [] } }],
    ['attach', { attach: false }],
    ['hooks', { post_start: [{ command: ['x'] }], pre_stop: [{ command: ['x'] }] }],
    ['profiles', { profiles: ['x'] }],
    ['pull_policy', { pull_policy: 'never' }],
  ])('a change of %s recreates nothing', (_, change) => {
    expect(planUp(threeTiers({ web: change }), upWorld(threeTiers()), hashOptions).steps).toEqual([])
  })
  test('the order of a list recreates nothing; the order of a command does', () => {
    const ports = [
      { target: 80, published: '80', protocol: 'tcp' },
      { target: 81, published: '81', protocol: 'tcp' },
    ]
    const world = upWorld(threeTiers({ web: { ports, command: ['a', 'b'] } }))
    expect(
      planUp(threeTiers({ web: { ports: ports.toReversed(), command: ['a', 'b'] } }), world, hashOptions).steps,
    ).toEqual([])
    expect(text(threeTiers({ web: { ports, command: ['b', 'a'] } }), world)).toMatchInlineSnapshot(`
      "  web.1/create  command changed  [recreate web.1]
        web.1/stop    command changed  after web.1/create  [recreate web.1]
        web.1/remove  command changed  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  command changed  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename
      unchanged: api, db"
    `)
  })
  test('what diverged is said, and the old container serves until the new one can start', () => {
    const world = upWorld(threeTiers({ api: { environment: { DB_HOST: 'a', LOG: '1' } } }))
    const images = new Map([...world.images, ['api:2', imageOf('sha256:api2')]])
    expect(
      text(threeTiers({ api: { image: 'api:2', environment: { DB_HOST: 'b', TRACE: '1' } } }), { ...world, images }),
    ).toMatchInlineSnapshot(`
      "  api.1/create  environment DB_HOST changed, environment LOG removed, environment TRACE added and 1 more  [recreate api.1]
        api.1/stop    environment DB_HOST changed, environment LOG removed, environment TRACE added and 1 more  after api.1/create  [recreate api.1]
        api.1/remove  environment DB_HOST changed, environment LOG removed, environment TRACE added and 1 more  after api.1/create, api.1/stop  [recreate api.1]
        api.1/rename  environment DB_HOST changed, environment LOG removed, environment TRACE added and 1 more  after api.1/remove  [recreate api.1]
        api.1/start   is new  after api.1/create, api.1/rename
      unchanged: web, db"
    `)
  })
  test('a new image behind the same name', () => {
    const world = upWorld(threeTiers())
    expect(text(threeTiers(), { ...world, images: new Map([...world.images, ['web:1', imageOf('sha256:other')]]) }))
      .toMatchInlineSnapshot(`
      "  web.1/create  web:1 is a new image web:1 → other  [recreate web.1]
        web.1/stop    web:1 is a new image web:1 → other  after web.1/create  [recreate web.1]
        web.1/remove  web:1 is a new image web:1 → other  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  web:1 is a new image web:1 → other  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename
      unchanged: api, db"
    `)
  })
  test('with --build the verdict waits for the image, and what does not depend on it goes on', () => {
    const project = projectOf({
      web: { build: { context: '/web' } },
      front: { depends_on: { web: dependsOn() } },
      db: {},
    })
    const world = upWorld(project)
    const without = { ...world, containers: world.containers.filter(({ service }) => service !== 'db') }
    expect(text(project, without, { build: 'always' })).toMatchInlineSnapshot(`
      "  web/build    asked for with --build
        db.1/create  does not exist yet
        db.1/start   is new  after db.1/create"
    `)
    expect(text(project, world, { build: 'always', settled: new Set(['shop-web']) })).toMatchInlineSnapshot(
      `"unchanged: web, front, db"`,
    )
  })
  test('policies: force, never, dependencies', () => {
    const world = upWorld(threeTiers())
    expect(text(threeTiers(), world, { services: ['web'], recreate: 'force' })).toMatchInlineSnapshot(`
      "  web.1/create  asked for  [recreate web.1]
        web.1/stop    asked for  after web.1/create  [recreate web.1]
        web.1/remove  asked for  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  asked for  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename
      unchanged: api, db"
    `)
    expect(planUp(threeTiers({ web: { user: 'me' } }), world, { ...hashOptions, recreate: 'never' }).steps).toEqual([])
    expect(
      planUp(threeTiers(), world, { ...hashOptions, services: ['web'], recreateDependencies: 'force' })
        .steps.filter(({ action }) => action.kind === 'container/create')
        .map(({ id }) => id),
    ).toEqual(['db.1/create', 'api.1/create'])
  })
  test('-V renews anonymous volumes, and only of what was asked for', () => {
    const project = projectOf({
      web: { depends_on: { db: dependsOn() }, volumes: [{ type: 'volume', target: '/modules' }] },
      db: { volumes: [{ type: 'volume', target: '/db' }] },
    })
    expect(text(project, upWorld(project), { services: ['web'], renewAnonymousVolumes: true })).toMatchInlineSnapshot(`
      "  web.1/create  asked for  [recreate web.1]
        web.1/stop    asked for  after web.1/create  [recreate web.1]
        web.1/remove  asked for  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  asked for  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename
      unchanged: db"
    `)
  })
  test('the content of configs and secrets is part of a container; its value is never said', () => {
    const of = (content: string, secret: string): Project => {
      const project = projectOf(
        { web: { configs: [{ source: 'motd' }], secrets: [{ source: 'key' }] } },
        {
          configs: { motd: { name: 'shop_motd', content } },
          secrets: { key: { name: 'shop_key', environment: 'KEY' } },
        },
      )
      return { ...project, context: { ...project.context, objectEnvironment: { KEY: secret } } }
    }
    const out = text(of('b', 'hunter3'), upWorld(of('a', 'hunter2')))
    expect(out).toMatchInlineSnapshot(`
      "  web.1/create  content of config motd changed, content of secret key changed  [recreate web.1]
        web.1/copy    configs and secrets without a file  after web.1/create  [recreate web.1]
        web.1/stop    content of config motd changed, content of secret key changed  after web.1/create, web.1/copy  [recreate web.1]
        web.1/remove  content of config motd changed, content of secret key changed  after web.1/create, web.1/copy, web.1/stop  [recreate web.1]
        web.1/rename  content of config motd changed, content of secret key changed  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename"
    `)
    expect(out).not.toContain('hunter')
  })
  test('dependents with restart: true stop before, and start after, a dependency that is replaced', () => {
    const of = (user: string): Project =>
      projectOf({ web: { depends_on: { api: dependsOn('service_started', { restart: true }) } }, api: { user } })
    expect(text(of('b'), upWorld(of('a')))).toMatchInlineSnapshot(`
      "  api.1/create  user changed  [recreate api.1]
        web.1/stop    api is replaced, and depends_on says restart
        api.1/stop    user changed  after api.1/create, web.1/stop  [recreate api.1]
        api.1/remove  user changed  after api.1/create, api.1/stop  [recreate api.1]
        api.1/rename  user changed  after api.1/remove  [recreate api.1]
        api.1/start   is new  after api.1/create, api.1/rename
        web.1/start   was stopped for this change  after web.1/stop, api.1/start"
    `)
  })
  test('whoever shares a namespace gets a new container with its owner', () => {
    const of = (user: string): Project =>
      projectOf({
        app: { user },
        side: { network_mode: 'service:app', depends_on: { app: dependsOn('service_started', { restart: true }) } },
      })
    expect(text(of('b'), upWorld(of('a')))).toMatchInlineSnapshot(`
      "  app.1/create   user changed  [recreate app.1]
        side.1/create  app, whose namespace or volumes it shares, gets a new container  after app.1/create  [recreate side.1]
        side.1/stop    app, whose namespace or volumes it shares, gets a new container  after side.1/create  [recreate side.1]
        app.1/stop     user changed  after app.1/create, side.1/stop  [recreate app.1]
        app.1/remove   user changed  after app.1/create, app.1/stop  [recreate app.1]
        app.1/rename   user changed  after app.1/remove  [recreate app.1]
        side.1/remove  app, whose namespace or volumes it shares, gets a new container  after side.1/create, side.1/stop  [recreate side.1]
        side.1/rename  app, whose namespace or volumes it shares, gets a new container  after side.1/remove  [recreate side.1]
        app.1/start    is new  after app.1/create, app.1/rename
        side.1/start   is new  after side.1/create, side.1/rename, app.1/start"
    `)
  })
  test('one-shots that succeeded are not run again, unless they or their inputs changed', () => {
    const of = (change: object = {}): Project =>
      projectOf({
        web: { depends_on: { migrate: completed } },
        migrate: { depends_on: { db: dependsOn() }, ...change },
        db: {},
      })
    const world = upWorld(of())
    expect(planUp(of(), world, hashOptions).steps).toEqual([])
    expect(text(of(), world, { rerunCompleted: true })).toMatchInlineSnapshot(`
      "  migrate.1/start  had exited with 0
      unchanged: web, db"
    `)
    expect(text(of({ command: ['new'] }), world)).toMatchInlineSnapshot(`
      "  migrate.1/create  command added  [recreate migrate.1]
        migrate.1/remove  command added  after migrate.1/create  [recreate migrate.1]
        migrate.1/rename  command added  after migrate.1/remove  [recreate migrate.1]
        migrate.1/start   is new  after migrate.1/create, migrate.1/rename
      unchanged: web, db"
    `)
    expect(text(of(), { ...world, containers: world.containers.filter(({ service }) => service !== 'db') }))
      .toMatchInlineSnapshot(`
      "  db.1/create      does not exist yet
        db.1/start       is new  after db.1/create
        migrate.1/start  had exited with 0  after db.1/start
      unchanged: web"
    `)
    const failed = {
      ...world,
      containers: world.containers.map((container) =>
        container.service === 'migrate' ? { ...container, exitCode: 1 } : container,
      ),
    }
    expect(text(of(), failed)).toMatchInlineSnapshot(`
      "  migrate.1/start  had exited with 1
      unchanged: web, db"
    `)
  })
  test('stopped, paused and dead containers', () => {
    const project = projectOf({ a: {}, b: {}, c: {} })
    const states = { a: 'exited', b: 'paused', c: 'dead' } as const
    const world = upWorld(project)
    const containers = world.containers.map((container) => ({
      ...container,
      state: states[container.service as 'a' | 'b' | 'c'],
    }))
    expect(text(project, { ...world, containers })).toMatchInlineSnapshot(`
      "  c.1/create   it is dead  [recreate c.1]
        c.1/remove   it is dead  after c.1/create  [recreate c.1]
        c.1/rename   it is dead  after c.1/remove  [recreate c.1]
        a.1/start    had exited with 0
        b.1/unpause  is paused
        c.1/start    is new  after c.1/create, c.1/rename"
    `)
  })
})

describe('what Docker Compose has made', () => {
  const made = (project: Project): Observed => {
    const world = upWorld(project)
    return {
      ...world,
      containers: world.containers.map(({ labels: { 'dev.stack.parts': _, ...labels }, ...container }) => ({
        ...container,
        labels,
      })),
    }
  }
  test('is taken over as it is while nothing changed', () => {
    expect(planUp(threeTiers(), made(threeTiers()), hashOptions).steps).toEqual([])
  })

  test('is made anew where Docker Compose would', () => {
    expect(text(threeTiers({ web: { user: 'nobody' } }), made(threeTiers())).split('\n')[0]).toMatchInlineSnapshot(
      `"  web.1/create  it was not created by Stack, and its configuration changed  [recreate web.1]"`,
    )
  })
})

describe('scale', () => {
  const project = projectOf({ web: {} })
  test('up keeps what is there and counts on from the highest number', () => {
    expect(text(project, upWorld(project, { scale: { web: 2 } }), { scale: { web: 3 } })).toMatchInlineSnapshot(`
      "  web.3/create  scaled to 3
        web.3/start   is new  after web.3/create"
    `)
  })
  test('down removes what diverged first, then the highest numbers', () => {
    const world = upWorld(project, { scale: { web: 3 } })
    expect(text(project, world, { scale: { web: 1 } })).toMatchInlineSnapshot(`
      "  web.2/stop    scaled to 1
        web.2/remove  scaled to 1  after web.2/stop
        web.3/stop    scaled to 1
        web.3/remove  scaled to 1  after web.3/stop"
    `)
    const diverged = {
      ...world,
      containers: world.containers.map((container) =>
        container.number === 1 ? { ...container, labels: { ...container.labels, 'dev.stack.parts': '{}' } } : container,
      ),
    }
    expect(text(project, diverged, { scale: { web: 2 } })).toMatchInlineSnapshot(`
      "  web.1/stop    scaled to 2
        web.1/remove  scaled to 2  after web.1/stop"
    `)
  })
})

describe('no replicas, and fewer', () => {
  test('a service without replicas has no container, keeps its hash, and nobody waits for it', () => {
    const of = (replicas: number): Project =>
      projectOf({
        web: { depends_on: { db: healthy } },
        db: { deploy: { replicas }, healthcheck: { test: ['CMD', 'true'] } },
        more: { deploy: { replicas }, depends_on: { db: healthy } },
      })
    expect(text(of(0), emptyWorld(of(0)))).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        web.1/create            does not exist yet  after network.default/create
        web.1/start             is new  after web.1/create
      unchanged: db, more"
    `)
    expect(toServiceHash(of(0).services['db']!, hashOptions.digest)).toBe(
      toServiceHash(of(1).services['db']!, hashOptions.digest),
    )
    expect(of(0).services['db']?.deploy?.replicas).toBe(0)
  })
  test('who is restarted with a service is restarted when some of its containers go', () => {
    const project = projectOf({
      web: { depends_on: { api: dependsOn('service_started', { restart: true }) } },
      api: {},
    })
    expect(text(project, upWorld(project, { scale: { api: 2 } }))).toMatchInlineSnapshot(`
      "  web.1/stop    api has fewer containers, and depends_on says restart
        api.2/stop    scaled to 1  after web.1/stop
        api.2/remove  scaled to 1  after api.2/stop
        web.1/start   was stopped for this change  after web.1/stop"
    `)
    expect(text(project, upWorld(project), { scale: { api: 0 } })).toMatchInlineSnapshot(`
      "  web.1/stop    api has fewer containers, and depends_on says restart
        api.1/stop    scaled to 0  after web.1/stop
        api.1/remove  scaled to 0  after api.1/stop
        web.1/start   was stopped for this change  after web.1/stop"
    `)
  })
  test('who shares with a container that goes shares with one that stays', () => {
    const project = projectOf({ side: { network_mode: 'service:app', depends_on: { app: dependsOn() } }, app: {} })
    const world = upWorld(project, { scale: { app: 2 } })
    const containers = world.containers.map((container) =>
      container.service === 'app' && container.number === 1
        ? { ...container, labels: { ...container.labels, 'dev.stack.parts': '{}' } }
        : container,
    )
    expect(text(project, { ...world, containers })).toMatchInlineSnapshot(`
      "  app.1/stop     scaled to 1
        app.1/remove   scaled to 1  after app.1/stop
        side.1/create  app, whose network it shares, is another container now  after app.1/remove  [recreate side.1]
        side.1/stop    app, whose network it shares, is another container now  after side.1/create  [recreate side.1]
        side.1/remove  app, whose network it shares, is another container now  after side.1/create, side.1/stop  [recreate side.1]
        side.1/rename  app, whose network it shares, is another container now  after side.1/remove  [recreate side.1]
        side.1/start   is new  after side.1/create, side.1/rename"
    `)
  })
})

describe('networks and volumes', () => {
  const of = (network: object, volume: object = {}): Project =>
    projectOf(
      { web: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] }, other: { network_mode: 'none' } },
      {
        networks: { default: { name: 'shop_default', ...network } },
        volumes: { data: { name: 'shop_data', ...volume } },
      },
    )
  test('a changed network is made again; its containers keep their identity', () => {
    expect(text(of({ internal: true }), upWorld(of({})))).toMatchInlineSnapshot(`
      "  web.1/stop              definition of network default changed
        web.1/leave.default     definition of network default changed  after web.1/stop  [recreate network default]
        network.default/remove  definition of network default changed  after web.1/leave.default  [recreate network default]
        network.default/create  definition of network default changed  after network.default/remove
        web.1/join.default      definition of network default changed  after network.default/create, web.1/leave.default  [recreate network default]
        web.1/start             was stopped for this change  after web.1/join.default, web.1/stop
      unchanged: other"
    `)
  })
  test('a changed network and a changed service at once', () => {
    const project = of({ internal: true })
    const changed = {
      ...project,
      services: {
        ...project.services,
        web: { ...project.services['web'], user: 'me', command: null, entrypoint: null },
      },
    } as Project
    expect(text(changed, upWorld(of({})))).toMatchInlineSnapshot(`
      "  web.1/stop              definition of network default changed
        web.1/leave.default     definition of network default changed  after web.1/stop  [recreate network default]
        network.default/remove  definition of network default changed  after web.1/leave.default  [recreate network default]
        network.default/create  definition of network default changed  after network.default/remove
        web.1/create            user added  after network.default/create  [recreate web.1]
        web.1/remove            user added  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename            user added  after web.1/remove  [recreate web.1]
        web.1/start             is new  after web.1/create, web.1/rename
      unchanged: other"
    `)
  })
  test('a network that is another one now', () => {
    const world = upWorld(of({}))
    expect(text(of({}), { ...world, networks: world.networks.map((network) => ({ ...network, id: 'another' })) }))
      .toMatchInlineSnapshot(`
      "  web.1/create  network default is another one now  [recreate web.1]
        web.1/stop    network default is another one now  after web.1/create  [recreate web.1]
        web.1/remove  network default is another one now  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  network default is another one now  after web.1/remove  [recreate web.1]
        web.1/start   is new  after web.1/create, web.1/rename
      unchanged: other"
    `)
  })
  test('of two networks of one name, which older engines can have, the one that nobody is on goes', () => {
    const project = threeTiers()
    const world = upWorld(project)
    const twin = { ...world.networks.find(({ name }) => name === 'shop_back')!, id: 'twin' }
    expect(text(project, { ...world, networks: [twin, ...world.networks] })).toMatchInlineSnapshot(`
      "  network.back/drop-twin  left over from an interrupted run
      unchanged: web, api, db"
    `)
    const before = { ...emptyWorld(project), networks: [...world.networks, twin], volumes: world.volumes }
    expect(text(project, before)).toMatchInlineSnapshot(`
      "  network.back/drop-twin  left over from an interrupted run
        db.1/create             does not exist yet  after network.back/drop-twin
        api.1/create            does not exist yet  after network.back/drop-twin
        web.1/create            does not exist yet
        db.1/start              is new  after db.1/create
        db/healthy              api waits for it  after db.1/start
        api.1/start             is new  after api.1/create, db/healthy
        web.1/start             is new  after web.1/create, api.1/start"
    `)
  })
  test('a changed volume is made again only when that was agreed to', () => {
    const world = upWorld(of({}))
    expect(text(of({}, { driver_opts: { type: 'tmpfs' } }), world)).toMatchInlineSnapshot(`
      "  web.1/stop             definition of volume data changed
        web.1/release-volumes  definition of volume data changed  after web.1/stop  [recreate volume data]
      ! volume.data/remove     definition of volume data changed  after web.1/release-volumes  [recreate volume data]
        volume.data/create     definition of volume data changed  after volume.data/remove
        web.1/create           its volume is made again  after volume.data/create, web.1/release-volumes
        web.1/start            is new  after web.1/create
      unchanged: other"
    `)
    expect(text(of({}, { driver_opts: { type: 'tmpfs' } }), world, { divergedVolumes: 'keep' })).toMatchInlineSnapshot(`
      "warning: Volume "shop_data" was made from another definition than the file has now. It is kept as it is, with its data.
      unchanged: web, other"
    `)
  })
  test('a changed volume is made again without a question for the service that was named for it, and its hint says so', () => {
    const changed = of({}, { driver_opts: { type: 'tmpfs' } })
    const world = upWorld(of({}))
    const steps = (renewVolumesOf: readonly string[]) =>
      planUp(changed, world, { ...hashOptions, divergedVolumes: 'keep', renewVolumesOf }).steps
    expect(steps(['other'])).toEqual([])
    expect(steps(['web']).find(({ destructive }) => destructive)).toMatchObject({
      id: 'volume.data/remove',
      agreed: true,
    })
    expect(planUp(changed, world, { ...hashOptions, divergedVolumes: 'keep' }).warnings).toMatchObject([
      {
        code: 'plan/volume-diverged',
        hint: 'Run "stack up --renew-volumes-of web" to make it again; its data is lost then.',
      },
    ])
  })
  test('a changed volume that a service uses which is left out is kept, whatever was agreed', () => {
    const project = (driver_opts: Record<string, string>): Project => {
      const volumes = [{ type: 'volume' as const, source: 'data', target: '/data' }]
      return projectOf({ web: { volumes }, db: { volumes } }, { volumes: { data: { name: 'shop_data', driver_opts } } })
    }
    const out = (services: readonly string[]): string =>
      text(project({ type: 'tmpfs' }), upWorld(project({})), { services, renewVolumesOf: ['web'] })
    expect(out(['web'])).toMatchInlineSnapshot(`
      "warning: Volume "shop_data" was made from another definition than the file has now. It is kept as it is, with its data. It is also used by db, which this command leaves out.
      unchanged: web"
    `)
    expect(out(['web', 'db'])).toContain('! volume.data/remove')
  })
  test('whoever takes the volumes of a user, by way of others too, goes before the volume is made again', () => {
    const project = (driver_opts: Record<string, string>): Project =>
      projectOf(
        {
          web: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
          one: { volumes_from: ['web'], depends_on: { web: dependsOn() } },
          two: { volumes_from: ['one:ro'], depends_on: { one: dependsOn() } },
        },
        { volumes: { data: { name: 'shop_data', driver_opts } } },
      )
    const plan = planUp(project({ type: 'tmpfs' }), upWorld(project({})), hashOptions)
    expect(plan.steps.find(({ id }) => id === 'volume.data/remove')?.needs).toEqual([
      'web.1/release-volumes',
      'one.1/release-volumes',
      'two.1/release-volumes',
    ])
  })
  test('a renamed network: containers are made anew on the new one, and the old one goes when it is empty', () => {
    const renamed = of({ name: 'shop_net' })
    const world = upWorld(of({}))
    expect(text(renamed, world)).toMatchInlineSnapshot(`
      "  network.default/create               does not exist yet
        web.1/create                         it is not connected to network default  after network.default/create  [recreate web.1]
        web.1/stop                           it is not connected to network default  after web.1/create  [recreate web.1]
        web.1/remove                         it is not connected to network default  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename                         it is not connected to network default  after web.1/remove  [recreate web.1]
        web.1/start                          is new  after web.1/create, web.1/rename
        network.default/remove-6e1da1768e1a  network default has another name now  after web.1/remove
      unchanged: other"
    `)
    const after = applyPlan(renamed, world, planUp(renamed, world, hashOptions))
    expect(after.networks.map(({ name }) => name)).toEqual(['shop_net'])
    expect(text(renamed, after)).toBe('unchanged: web, other')
  })
  test('a renamed network with addresses of its own: the old one goes before the new one is made', () => {
    const ipam = { config: [{ subnet: '10.9.0.0/16' }] }
    const renamed = of({ name: 'shop_net', ipam })
    const world = upWorld(of({ ipam }))
    expect(text(renamed, world)).toMatchInlineSnapshot(`
      "  web.1/stop              network default has another name now
        web.1/leave.default     network default has another name now  after web.1/stop  [recreate network default]
        network.default/remove  network default has another name now  after web.1/leave.default  [recreate network default]
        network.default/create  network default has another name now  after network.default/remove
        web.1/create            it is not connected to network default  after network.default/create  [recreate web.1]
        web.1/remove            it is not connected to network default  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename            it is not connected to network default  after web.1/remove  [recreate web.1]
        web.1/start             is new  after web.1/create, web.1/rename
      unchanged: other"
    `)
    const after = applyPlan(renamed, world, planUp(renamed, world, hashOptions))
    expect(after.networks.map(({ name }) => name)).toEqual(['shop_net'])
    expect(text(renamed, after)).toBe('unchanged: web, other')
    expect(text(renamed, world, { recreate: 'never', recreateDependencies: 'never' })).not.toContain('web.1')
  })
  test('a renamed network that others are on stays; one that a cut run left empty goes', () => {
    const both = (name: string): Project => projectOf({ web: {}, db: {} }, { networks: { default: { name } } })
    const world = upWorld(both('shop_default'))
    expect(text(both('shop_net'), world, { services: ['web'] })).toMatchInlineSnapshot(`
      "  network.default/create  does not exist yet
        web.1/create            it is not connected to network default  after network.default/create  [recreate web.1]
        web.1/stop              it is not connected to network default  after web.1/create  [recreate web.1]
        web.1/remove            it is not connected to network default  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename            it is not connected to network default  after web.1/remove  [recreate web.1]
        web.1/start             is new  after web.1/create, web.1/rename"
    `)
    const half = applyPlan(
      both('shop_net'),
      world,
      planUp(both('shop_net'), world, { ...hashOptions, services: ['web'] }),
    )
    expect(half.networks.map(({ name }) => name)).toEqual(['shop_default', 'shop_net'])
    const whole = applyPlan(both('shop_net'), half, planUp(both('shop_net'), half, hashOptions))
    expect(whole.networks.map(({ name }) => name)).toEqual(['shop_net'])
    const external = projectOf({ web: {}, db: {} }, { networks: { default: { name: 'shop_net', external: true } } })
    expect(applyPlan(external, half, planUp(external, half, hashOptions)).networks.map(({ name }) => name)).toEqual([
      'shop_net',
    ])
  })
  test('two networks that change names with each other are no former ones', () => {
    const pair = (front: string, back: string): Project =>
      projectOf(
        { web: { networks: { front: null } }, db: { networks: { back: null } } },
        { networks: { front: { name: front }, back: { name: back } } },
      )
    const world = upWorld(pair('a', 'b'))
    const after = applyPlan(pair('b', 'a'), world, planUp(pair('b', 'a'), world, hashOptions))
    expect(text(pair('b', 'a'), after)).toBe('unchanged: web, db')
  })
  test('what carries no hash is left alone, whatever the file says of it', () => {
    const world = upWorld(of({}))
    const without = <T extends { readonly labels: Readonly<Record<string, string>> }>(one: T): T => ({
      ...one,
      labels: Object.fromEntries(Object.entries(one.labels).filter(([key]) => !key.endsWith('config-hash'))),
    })
    const old = { ...world, networks: world.networks.map(without), volumes: world.volumes.map(without) }
    expect(text(of({ internal: true }, { driver_opts: { type: 'tmpfs' } }), old)).toBe('unchanged: web, other')
  })
  test('a changed network that a service is on which is left out is kept', () => {
    const both = (network: object): Project =>
      projectOf({ web: {}, db: {} }, { networks: { default: { name: 'shop_default', ...network } } })
    expect(text(both({ internal: true }), upWorld(both({})), { services: ['web'] })).toMatchInlineSnapshot(`
      "warning: Network "shop_default" was made from another definition than the file has now. It is also used by db, which this command leaves out, and is kept as it is.
      unchanged: web"
    `)
  })
  test('a renamed volume: containers move, the old data stays', () => {
    expect(text(of({}, { name: 'shop_data2' }), upWorld(of({})))).toMatchInlineSnapshot(`
      "  volume.data/create  does not exist yet
        web.1/create        volume data is not mounted at /data  after volume.data/create  [recreate web.1]
        web.1/stop          volume data is not mounted at /data  after web.1/create  [recreate web.1]
        web.1/remove        volume data is not mounted at /data  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename        volume data is not mounted at /data  after web.1/remove  [recreate web.1]
        web.1/start         is new  after web.1/create, web.1/rename
      unchanged: other"
    `)
  })
  test('what exists and is not ours is used as it is; what is external must exist', () => {
    const world = upWorld(of({}))
    const foreign = {
      ...world,
      containers: [],
      networks: world.networks.map((network) => ({ ...network, labels: {} })),
      volumes: world.volumes.map((volume) => ({ ...volume, labels: {} })),
    }
    expect(text(of({ internal: true }), foreign)).toMatchInlineSnapshot(`
      "  web.1/create    does not exist yet
        other.1/create  does not exist yet
        web.1/start     is new  after web.1/create
        other.1/start   is new  after other.1/create
      warning: Network "shop_default" exists and was not created for project "shop". It is used as it is.
      warning: Volume "shop_data" exists and was not created for project "shop". It is used as it is."
    `)
    expect(() => text(of({ external: true }), emptyWorld(of({})))).toThrowErrorMatchingInlineSnapshot(
      `[StackError: External network "shop_default" does not exist.]`,
    )
  })
})

describe('what an interrupted run left', () => {
  const of = (user: string): Project => projectOf({ web: { user } })
  const before = upWorld(of('a'))
  const plan = planUp(of('b'), before, hashOptions)
  test.each(plan.steps.map(({ id }, index) => [index, id] as const))(
    'after %i steps, the last of them before %s, the next run ends in the same world',
    (count) => {
      const cut = applyPlan(of('b'), before, plan, { count })
      const next = planUp(of('b'), cut, hashOptions)
      const end = applyPlan(of('b'), cut, next)
      expect(end.containers.map(({ name, state }) => `${name} ${state}`)).toEqual(['shop-web-1 running'])
      expect(planUp(of('b'), end, hashOptions).steps).toEqual([])
    },
  )
})

describe('orphans and errors', () => {
  test('orphans are told, and removed when asked for; those of a switched-off profile are not orphans', () => {
    const both = projectOf({ web: {}, old: {} })
    const one = projectOf({ web: {} })
    const world = upWorld(both)
    expect(text(one, world)).toMatchInlineSnapshot(`
      "warning: Found containers of services that are not in the stack file: shop-old-1.
      unchanged: web"
    `)
    expect(text(one, world, { removeOrphans: true })).toMatchInlineSnapshot(`
      "  old.1/stop           its service is not in the file
        old.1/remove-orphan  its service is not in the file  after old.1/stop
      unchanged: web"
    `)
    expect(
      planUp(
        {
          ...one,
          context: { ...one.context, disabled: { old: both.services['old'] ?? { command: null, entrypoint: null } } },
        },
        world,
        hashOptions,
      ).warnings,
    ).toEqual([])
  })
  test('an unknown service, and an image that may not be had', () => {
    expect(() => text(projectOf({ web: {} }), emptyWorld(), { services: ['wbe'] })).toThrowErrorMatchingInlineSnapshot(
      `[StackError: There is no service "wbe" in the stack file.]`,
    )
    expect(() => text(projectOf({ web: {} }), emptyWorld(), { pull: 'never' })).toThrowErrorMatchingInlineSnapshot(
      `[StackError: The engine has no image "web:1" for service "web", and its pull policy is "never".]`,
    )
    expect(() =>
      text(projectOf({ web: { build: { context: '.' } } }), emptyWorld(), { build: 'never' }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[StackError: The engine has no image "shop-web" for service "web", and building was switched off.]`,
    )
  })
})

describe('what cannot be carried out is said before anything is changed', () => {
  test('all of it at once', () => {
    const project = projectOf(
      {
        a: { container_name: 'one', secrets: [{ source: 'far' }] },
        b: { container_name: 'one', healthcheck: { test: ['CMD', 'true'], start_interval: '1s' } },
        c: { container_name: 'two', scale: 2, configs: [{ source: 'templated' }] },
        d: { pre_start: [{ command: ['true'] }, { command: ['true'], per_replica: true }] },
      },
      {
        secrets: { far: { name: 'far', external: true } },
        configs: { templated: { name: 'templated', content: '', template_driver: 'golang' } },
      },
    )
    expect(() => text(project, emptyWorld(project))).toThrowErrorMatchingInlineSnapshot(`
      [StackError: Services "a" and "b" both name their container "one".
      Service "c" has 2 containers, and "container_name" gives all of them the name "two".
      External secret "far" of service "a" needs a swarm; a single engine keeps none.
      Service "b" has a healthcheck with "start_interval" and without "start_period", in which it would count.
      "template_driver" of config "templated" needs a swarm; a single engine has none.
      A "pre_start" hook of service "d" is to run for each replica, and hooks run once for a service.]
    `)
  })
  test('of an old container and its replacement, which was cut off, the old one stays, a replacement itself or not', () => {
    const project = projectOf({ web: {} })
    const world = upWorld(project)
    const [old] = world.containers
    if (old === undefined) throw new Error('there is no container')
    const replaced = { ...old, labels: { ...old.labels, 'com.docker.compose.replace': old.name } }
    const left = { ...replaced, id: 'f'.repeat(64), name: `a0b1c2_${old.name}`, state: 'created' as const }
    for (const containers of [
      [old, left],
      [left, replaced],
      [replaced, left],
    ]) {
      expect(text(project, { ...world, containers })).toBe(
        '  web.1/drop-ffffffffffff  left over from an interrupted replacement',
      )
    }
  })
  test('a replica that was lost leaves a gap: numbers go on from the highest', () => {
    const project = projectOf({ web: { scale: 3 } })
    const world = upWorld(project)
    expect(text(project, { ...world, containers: world.containers.filter(({ number }) => number !== 2) }))
      .toMatchInlineSnapshot(`
      "  web.4/create  scaled to 3
        web.4/start   is new  after web.4/create"
    `)
  })
  test('a name that the engine is about to free is waited for', () => {
    const project = projectOf({ web: {} })
    const world = upWorld(project)
    expect(
      text(project, {
        ...world,
        containers: world.containers.map((container) => ({ ...container, state: 'removing' as const })),
      }),
    ).toMatchInlineSnapshot(`
      "  web.1/vanish-28270c870e26  the engine is still removing it
        web.1/create               does not exist yet  after web.1/vanish-28270c870e26
        web.1/start                is new  after web.1/create"
    `)
  })
})

describe('a service of which an env file is missing', () => {
  const lacking = (project: Project): Project => ({
    ...project,
    context: {
      ...project.context,
      lacking: { db: [{ severity: 'error', code: 'file/missing', message: 'There is no file db.env.' }] },
    },
  })
  const pair = projectOf({ web: { depends_on: { db: dependsOn() } }, db: { environment: { A: 'of the file' } } })
  test('is left as it is, and hinders no other', () => {
    const changed = lacking(projectOf({ web: { depends_on: { db: dependsOn() } }, db: {} }))
    expect(text(changed, upWorld(pair), { scale: { web: 2 } })).toMatchInlineSnapshot(`
      "  web.2/create  scaled to 2
        web.2/start   is new  after web.2/create
      unchanged: db"
    `)
    expect(text(changed, upWorld(pair, { scale: { db: 2 } }), { scale: { db: 1 } })).toMatchInlineSnapshot(`
      "  db.2/stop    scaled to 1
        db.2/remove  scaled to 1  after db.2/stop
      unchanged: web"
    `)
  })
  test('cannot be made', () => {
    for (const options of [{ scale: { db: 2 } }, { recreate: 'force' as const }])
      expect(() => text(lacking(pair), upWorld(pair), options)).toThrow('The stack file has 1 problem.')
    expect(() => text(lacking(pair), emptyWorld(pair))).toThrow('The stack file has 1 problem.')
  })
})

test('more containers than any engine runs are refused at once', () => {
  const told = (scale: number): unknown => {
    try {
      return planUp(projectOf({ web: {} }), emptyWorld(), { ...hashOptions, scale: { web: scale } }).steps.length
    } catch (error) {
      return (error as StackError).problems.map(({ message, path }) => `${path}: ${message}`)
    }
  }
  expect(told(1_000_000_000)).toEqual([
    'services.web.deploy.replicas: There are to be 1000000000 containers, 1000000000 of them of service "web", and no engine runs more than 100000.',
  ])
})
