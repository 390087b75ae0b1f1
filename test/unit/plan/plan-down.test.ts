import { describe, expect, test } from 'vitest'
import { planDown, type DownOptions } from '../../../src/core/plan/plan-down.ts'
import {
  planKill,
  planPause,
  planRemove,
  planRestart,
  planStart,
  planStop,
} from '../../../src/core/plan/plan-lifecycle.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Observed } from '../../../src/core/plan/observed.ts'
import type { Plan } from '../../../src/core/plan/action.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { applyPlan, dependsOn, emptyWorld, hashOptions, healthy, projectOf } from './world.ts'

const project = projectOf(
  {
    web: { depends_on: { api: dependsOn() } },
    api: { depends_on: { db: healthy }, pre_stop: [{ command: ['drain'] }] },
    db: { healthcheck: { test: ['CMD', 'true'] }, volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
  },
  { volumes: { data: { name: 'shop_data' } } },
)

const upWorld = (wanted: Project = project): Observed =>
  applyPlan(wanted, emptyWorld(wanted), planUp(wanted, emptyWorld(wanted), hashOptions))
const text = (plan: Plan): string => toPlanText(plan).join('\n')
const down = (options: DownOptions = {}, observed = upWorld()): string =>
  text(planDown({ name: 'shop', project }, observed, options))

describe('down', () => {
  test('stops against the dependencies, removes each thing as soon as nothing uses it', () => {
    expect(down({ volumes: true })).toMatchInlineSnapshot(`
      "  web.1/stop              goes down
        api.1/pre_stop.0        pre_stop hook  after web.1/stop
        api.1/stop              goes down  after web.1/stop, api.1/pre_stop.0
        db.1/stop               goes down  after api.1/stop
        db.1/remove             goes down  after db.1/stop
        api.1/remove            goes down  after api.1/stop
        web.1/remove            goes down  after web.1/stop
        network.default/remove  nothing of the project uses it any more  after db.1/remove, api.1/remove, web.1/remove
      ! volume.data/remove      asked for with --volumes  after db.1/remove"
    `)
  })
  test('without a file the order comes from the labels', () => {
    expect(text(planDown({ name: 'shop' }, upWorld(), {}))).toMatchInlineSnapshot(`
      "  web.1/stop              goes down
        api.1/stop              goes down  after web.1/stop
        db.1/stop               goes down  after api.1/stop
        db.1/remove             goes down  after db.1/stop
        api.1/remove            goes down  after api.1/stop
        web.1/remove            goes down  after web.1/stop
        network.default/remove  nothing of the project uses it any more  after db.1/remove, api.1/remove, web.1/remove"
    `)
  })
  test('a named service takes its dependents along and leaves the rest', () => {
    expect(down({ services: ['api'], volumes: true })).toMatchInlineSnapshot(`
      "  web.1/stop        goes down
        api.1/pre_stop.0  pre_stop hook  after web.1/stop
        api.1/stop        goes down  after web.1/stop, api.1/pre_stop.0
        api.1/remove      goes down  after api.1/stop
        web.1/remove      goes down  after web.1/stop"
    `)
  })
  test('images of builds, or all', () => {
    const built = projectOf({ web: { build: { context: '.' } }, api: {} })
    const world = upWorld(built)
    expect(text(planDown({ name: 'shop', project: built }, world, { rmi: 'local' }))).toMatchInlineSnapshot(`
      "  web.1/stop              goes down
        api.1/stop              goes down
        web.1/remove            goes down  after web.1/stop
        api.1/remove            goes down  after api.1/stop
        network.default/remove  nothing of the project uses it any more  after web.1/remove, api.1/remove
        image.shop-web/remove   asked for with --rmi local  after web.1/remove, api.1/remove"
    `)
    expect(
      planDown({ name: 'shop', project: built }, world, { rmi: 'all' })
        .steps.filter(({ action }) => action.kind === 'image/remove')
        .map(({ id }) => id),
    ).toEqual(['image.shop-web/remove', 'image.api:1/remove'])
  })
  test('what is not ours stays: external networks and volumes, and what carries another label', () => {
    const world = upWorld()
    const external: Project = {
      ...project,
      networks: { default: { name: 'shop_default', external: true } },
      volumes: { data: { name: 'shop_data', external: true } },
    }
    expect(
      planDown({ name: 'shop', project: external }, world, { volumes: true }).steps.filter(
        ({ action }) => action.kind.startsWith('network') || action.kind.startsWith('volume'),
      ),
    ).toEqual([])
    const foreign = {
      ...world,
      networks: world.networks.map((network) => ({ ...network, labels: {} })),
      volumes: world.volumes.map((volume) => ({ ...volume, labels: {} })),
    }
    expect(
      planDown({ name: 'shop', project }, foreign, { volumes: true }).steps.filter(
        ({ action }) => action.kind.startsWith('network') || action.kind.startsWith('volume'),
      ),
    ).toEqual([])
  })
  test('removes both networks where an older engine has two of one name', () => {
    const world = upWorld()
    const twins: Observed = {
      ...world,
      networks: world.networks.flatMap((network) => [network, { ...network, id: `twin-of-${network.id}` }]),
    }
    expect(applyPlan(project, twins, planDown({ name: 'shop', project }, twins, {})).networks).toEqual([])
  })
  test('leaves nothing', () => {
    const world = upWorld()
    const end = applyPlan(project, world, planDown({ name: 'shop', project }, world, { volumes: true }))
    expect([end.containers, end.networks, end.volumes]).toEqual([[], [], []])
  })
})

describe('what programs of the host provide', () => {
  const provided = projectOf({
    web: { depends_on: { db: dependsOn() } },
    db: { provider: { type: 'cloud' }, depends_on: { net: dependsOn() } },
    net: { provider: { type: 'cloud' } },
  })
  const target = { name: 'shop', project: provided }
  test('is stopped after what depends on it', () => {
    expect(text(planStop(target, upWorld(provided), {}))).toMatchInlineSnapshot(`
      "  web.1/stop  asked for
        db/stop     asked for  after web.1/stop
        net/stop    asked for  after db/stop"
    `)
    expect(text(planStop(target, upWorld(provided), { services: ['net'] }))).toMatchInlineSnapshot(
      `"  net/stop  asked for"`,
    )
  })
  test('goes down after what depends on it, and with what it depends on', () => {
    expect(text(planDown(target, upWorld(provided), {}))).toMatchInlineSnapshot(`
      "  web.1/stop              goes down
        db/withdraw             goes down  after web.1/stop
        net/withdraw            goes down  after db/withdraw
        web.1/remove            goes down  after web.1/stop
        network.default/remove  nothing of the project uses it any more  after web.1/remove"
    `)
    expect(text(planDown(target, upWorld(provided), { services: ['net'] }))).toMatchInlineSnapshot(`
      "  web.1/stop              goes down
        db/withdraw             goes down  after web.1/stop
        net/withdraw            goes down  after db/withdraw
        web.1/remove            goes down  after web.1/stop
        network.default/remove  nothing of the project uses it any more  after web.1/remove"
    `)
    expect(text(planDown(target, emptyWorld(provided), {}))).toMatchInlineSnapshot(`
      "  db/withdraw   goes down
        net/withdraw  goes down  after db/withdraw"
    `)
  })
})

describe('commands on containers that are there', () => {
  const stopped = (): Observed => applyPlan(project, upWorld(), planStop({ name: 'shop', project }, upWorld(), {}))
  test('stop', () => {
    expect(text(planStop({ name: 'shop', project }, upWorld(), {}))).toMatchInlineSnapshot(`
      "  web.1/stop        asked for
        api.1/pre_stop.0  pre_stop hook  after web.1/stop
        api.1/stop        asked for  after web.1/stop, api.1/pre_stop.0
        db.1/stop         asked for  after api.1/stop"
    `)
    expect(
      text(planStop({ name: 'shop', project }, upWorld(), { services: ['db'], graceSeconds: 1 })),
    ).toMatchInlineSnapshot(`"  db.1/stop  asked for"`)
  })
  test('start waits for what is needed, and says what has no container', () => {
    expect(text(planStart(project, stopped(), {}))).toMatchInlineSnapshot(`
      "  db.1/start   had exited with 143
        db/healthy   api waits for it  after db.1/start
        api.1/start  had exited with 143  after db/healthy
        web.1/start  had exited with 143  after api.1/start"
    `)
    expect(text(planStart(project, stopped(), { services: ['web'] }))).toMatchInlineSnapshot(`
      "  db.1/start   had exited with 143
        db/healthy   api waits for it  after db.1/start
        api.1/start  had exited with 143  after db/healthy
        web.1/start  had exited with 143  after api.1/start"
    `)
    expect(() => planStart(project, emptyWorld(project), { services: ['web'] })).toThrowErrorMatchingInlineSnapshot(
      `[StackError: Service "web" has no container to start.]`,
    )
  })
  test('restart goes through dependencies first and waits for their health', () => {
    expect(text(planRestart(project, upWorld(), {}))).toMatchInlineSnapshot(`
      "  db.1/restart      asked for
        db/healthy        api waits for it  after db.1/restart
        api.1/pre_stop.0  pre_stop hook  after db/healthy
        api.1/restart     asked for  after db/healthy, api.1/pre_stop.0
        web.1/restart     asked for  after api.1/restart"
    `)
    expect(text(planRestart(project, upWorld(), { services: ['db'] }))).toMatchInlineSnapshot(
      `"  db.1/restart  asked for"`,
    )
  })
  test('kill, pause, rm', () => {
    expect(text(planKill(upWorld(), { signal: 'SIGKILL' }))).toMatchInlineSnapshot(`
      "  db.1/kill   asked for
        api.1/kill  asked for
        web.1/kill  asked for"
    `)
    expect(text(planPause(upWorld(), { verb: 'pause', services: ['web'] }))).toMatchInlineSnapshot(
      `"  web.1/pause  asked for"`,
    )
    expect(text(planRemove({ name: 'shop', project }, upWorld(), {}))).toMatchInlineSnapshot(`""`)
    expect(text(planRemove({ name: 'shop', project }, upWorld(), { stop: true, services: ['web'] })))
      .toMatchInlineSnapshot(`
      "  web.1/stop    asked for with --stop
        web.1/remove  asked for  after web.1/stop"
    `)
  })
})
