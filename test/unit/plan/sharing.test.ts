import { describe, expect, test } from 'vitest'
import type { Observed, ObservedContainer } from '../../../src/core/plan/observed.ts'
import { planRejoin, planRestart, planStart } from '../../../src/core/plan/plan-lifecycle.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { UpOptions } from '../../../src/core/plan/up-options.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { applyPlan, dependsOn, emptyWorld, hashOptions, projectOf } from './world.ts'

/** Who shares a namespace or volumes with another one's container goes where that one goes. */

const restarting = dependsOn('service_started', { restart: true })
const project = projectOf({
  pause: {},
  net: { network_mode: 'service:pause', depends_on: { pause: restarting } },
  pid: { pid: 'service:pause', depends_on: { pause: restarting } },
  vol: { volumes_from: ['pause:ro'], depends_on: { pause: dependsOn() } },
})

const text = (observed: Observed, options: Partial<UpOptions> = {}, of: Project = project): string =>
  toPlanText(planUp(of, observed, { ...hashOptions, ...options })).join('\n')
const after = (observed: Observed, options: Partial<UpOptions> = {}, of: Project = project): Observed =>
  applyPlan(of, observed, planUp(of, observed, { ...hashOptions, ...options }))
const up = (of: Project = project): Observed => after(emptyWorld(of), {}, of)
const change = (observed: Observed, service: string, more: Partial<ObservedContainer> | undefined): Observed => ({
  ...observed,
  containers: observed.containers.flatMap((container) =>
    container.service !== service ? [container] : more === undefined ? [] : [{ ...container, ...more }],
  ),
})

describe('the container that lends is another one', () => {
  test('after it was removed by hand', () => {
    const world = change(up(), 'pause', undefined)
    expect(text(world)).toMatchInlineSnapshot(`
      "  pause.1/create  does not exist yet
        net.1/create    pause, whose network it shares, is another container now  after pause.1/create  [recreate net.1]
        net.1/stop      pause, whose network it shares, is another container now  after net.1/create  [recreate net.1]
        net.1/remove    pause, whose network it shares, is another container now  after net.1/create, net.1/stop  [recreate net.1]
        net.1/rename    pause, whose network it shares, is another container now  after net.1/remove  [recreate net.1]
        pid.1/create    pause, whose process namespace it shares, is another container now  after pause.1/create  [recreate pid.1]
        pid.1/stop      pause, whose process namespace it shares, is another container now  after pid.1/create  [recreate pid.1]
        pid.1/remove    pause, whose process namespace it shares, is another container now  after pid.1/create, pid.1/stop  [recreate pid.1]
        pid.1/rename    pause, whose process namespace it shares, is another container now  after pid.1/remove  [recreate pid.1]
        vol.1/create    pause, whose volumes it shares, is another container now  after pause.1/create  [recreate vol.1]
        pause.1/start   is new  after pause.1/create
        vol.1/stop      pause, whose volumes it shares, is another container now  after vol.1/create, pause.1/start  [recreate vol.1]
        vol.1/remove    pause, whose volumes it shares, is another container now  after vol.1/create, vol.1/stop  [recreate vol.1]
        vol.1/rename    pause, whose volumes it shares, is another container now  after vol.1/remove  [recreate vol.1]
        net.1/start     is new  after net.1/create, net.1/rename, pause.1/start
        pid.1/start     is new  after pid.1/create, pid.1/rename, pause.1/start
        vol.1/start     is new  after vol.1/create, vol.1/rename, pause.1/start"
    `)
    expect(text(after(world))).toBe('unchanged: pause, net, pid, vol')
  })
  test('after it was made anew alone, which says whom it leaves behind', () => {
    const alone = { services: ['pause'], recreate: 'force', noDeps: true } as const
    expect(text(up(), alone)).toMatchInlineSnapshot(`
      "  pause.1/create  asked for  [recreate pause.1]
        pause.1/stop    asked for  after pause.1/create  [recreate pause.1]
        pause.1/remove  asked for  after pause.1/create, pause.1/stop  [recreate pause.1]
        pause.1/rename  asked for  after pause.1/remove  [recreate pause.1]
        pause.1/start   is new  after pause.1/create, pause.1/rename
      warning: Service "net" shares a namespace of "pause", and is cut off when that one's container is replaced or restarted.
      warning: Service "pid" shares a namespace of "pause", and is cut off when that one's container is replaced or restarted.
      warning: Service "vol" uses the volumes of "pause", and keeps those of the container that goes."
    `)
    expect(text(after(up(), alone), { services: ['net'] })).toMatchInlineSnapshot(`
      "  net.1/create  pause, whose network it shares, is another container now  [recreate net.1]
        net.1/stop    pause, whose network it shares, is another container now  after net.1/create  [recreate net.1]
        net.1/remove  pause, whose network it shares, is another container now  after net.1/create, net.1/stop  [recreate net.1]
        net.1/rename  pause, whose network it shares, is another container now  after net.1/remove  [recreate net.1]
        net.1/start   is new  after net.1/create, net.1/rename
      unchanged: pause"
    `)
  })
  test('and whoever is not asked for goes with it, as it is', () => {
    const later = projectOf({ ...project.services, net: { ...project.services['net'], user: 'changed', scale: 3 } })
    expect(text(up(), { services: ['pause'], recreate: 'force' }, later)).toMatchInlineSnapshot(`
      "  pause.1/create  asked for  [recreate pause.1]
        net.1/create    pause, whose namespace or volumes it shares, gets a new container  after pause.1/create  [recreate net.1]
        net.1/stop      pause, whose namespace or volumes it shares, gets a new container  after net.1/create  [recreate net.1]
        pid.1/create    pause, whose namespace or volumes it shares, gets a new container  after pause.1/create  [recreate pid.1]
        pid.1/stop      pause, whose namespace or volumes it shares, gets a new container  after pid.1/create  [recreate pid.1]
        pause.1/stop    asked for  after pause.1/create, net.1/stop, pid.1/stop  [recreate pause.1]
        pause.1/remove  asked for  after pause.1/create, pause.1/stop  [recreate pause.1]
        pause.1/rename  asked for  after pause.1/remove  [recreate pause.1]
        net.1/remove    pause, whose namespace or volumes it shares, gets a new container  after net.1/create, net.1/stop  [recreate net.1]
        net.1/rename    pause, whose namespace or volumes it shares, gets a new container  after net.1/remove  [recreate net.1]
        pid.1/remove    pause, whose namespace or volumes it shares, gets a new container  after pid.1/create, pid.1/stop  [recreate pid.1]
        pid.1/rename    pause, whose namespace or volumes it shares, gets a new container  after pid.1/remove  [recreate pid.1]
        vol.1/create    pause, whose namespace or volumes it shares, gets a new container  after pause.1/create  [recreate vol.1]
        pause.1/start   is new  after pause.1/create, pause.1/rename
        vol.1/stop      pause, whose namespace or volumes it shares, gets a new container  after vol.1/create, pause.1/start  [recreate vol.1]
        vol.1/remove    pause, whose namespace or volumes it shares, gets a new container  after vol.1/create, vol.1/stop  [recreate vol.1]
        vol.1/rename    pause, whose namespace or volumes it shares, gets a new container  after vol.1/remove  [recreate vol.1]
        net.1/start     is new  after net.1/create, net.1/rename, pause.1/start
        pid.1/start     is new  after pid.1/create, pid.1/rename, pause.1/start
        vol.1/start     is new  after vol.1/create, vol.1/rename, pause.1/start"
    `)
  })
  test('what does not run is left for its own start', () => {
    const world = change(up(), 'net', { state: 'exited', exitCode: 0 })
    expect(text(world, { services: ['pause'], recreate: 'force' })).not.toContain('net.1')
  })
  test('--no-recreate holds', () => {
    expect(text(change(up(), 'pause', undefined), { recreate: 'never', recreateDependencies: 'never' }))
      .toMatchInlineSnapshot(`
      "  pause.1/create  does not exist yet
        pause.1/start   is new  after pause.1/create
      unchanged: net, pid, vol"
    `)
  })
  test('--no-recreate does not keep what cannot be started any more', () => {
    const world = change(change(up(), 'pause', undefined), 'net', { state: 'exited', exitCode: 0 })
    const out = text(change(world, 'vol', { state: 'exited', exitCode: 0 }), { recreate: 'never' })
    expect(out).toMatch(/net\.1\/create +pause, whose network it shares, is another container now/)
    expect(out).toMatch(/vol\.1\/start +had exited with 0/)
    expect(out).not.toMatch(/(pid|vol)\.1\/create/)
  })
  test('a container that a service names as its own is that service', () => {
    const named = projectOf({
      vpn: { container_name: 'my-vpn' },
      web: { network_mode: 'container:my-vpn', depends_on: { vpn: dependsOn() } },
    })
    expect(text(up(named), { services: ['vpn'], recreate: 'force' }, named)).toMatchInlineSnapshot(`
      "  vpn.1/create  asked for  [recreate vpn.1]
        web.1/create  vpn, whose namespace or volumes it shares, gets a new container  after vpn.1/create  [recreate web.1]
        web.1/stop    vpn, whose namespace or volumes it shares, gets a new container  after web.1/create  [recreate web.1]
        vpn.1/stop    asked for  after vpn.1/create, web.1/stop  [recreate vpn.1]
        vpn.1/remove  asked for  after vpn.1/create, vpn.1/stop  [recreate vpn.1]
        vpn.1/rename  asked for  after vpn.1/remove  [recreate vpn.1]
        web.1/remove  vpn, whose namespace or volumes it shares, gets a new container  after web.1/create, web.1/stop  [recreate web.1]
        web.1/rename  vpn, whose namespace or volumes it shares, gets a new container  after web.1/remove  [recreate web.1]
        vpn.1/start   is new  after vpn.1/create, vpn.1/rename
        web.1/start   is new  after web.1/create, web.1/rename, vpn.1/start"
    `)
    expect(text(change(up(named), 'vpn', undefined), {}, named)).toContain(
      'web.1/create  vpn, whose network it shares, is another container now',
    )
  })
  test('a container of others is compared by what it is now', () => {
    const guest = projectOf({ web: { network_mode: 'container:other' } })
    const world = up(guest)
    const [first] = world.containers
    if (first === undefined) throw new Error('there is no container')
    const withOther = (id: string): Observed => ({ ...world, outsiders: new Map([['other', { ...first, id }]]) })
    expect(text(withOther('other'), {}, guest)).toBe('unchanged: web')
    expect(text(withOther('new'), {}, guest)).toContain(
      'container other, whose network it shares, is another container now',
    )
    expect(text(world, {}, guest)).toBe('unchanged: web')
    // An engine that keeps the name says nothing of another container; its start does.
    const byName = { ...first, id: 'new', name: 'other' }
    const of = (startedAt: number): Observed => ({
      ...world,
      outsiders: new Map([['other', { ...byName, startedAt, state: 'running' }]]),
    })
    expect(text(of(0), {}, guest)).toBe('unchanged: web')
    expect(text(of(99), {}, guest)).toContain('container other, whose network it shares, was restarted')
  })
})

describe('the process that lends has begun anew', () => {
  const restarted = change(up(), 'pause', { startedAt: 99 })

  test('who shares its namespace is restarted by up, and who shares volumes is not', () => {
    expect(text(restarted)).toMatchInlineSnapshot(`
      "  net.1/stop   pause, whose network it shares, was restarted
        pid.1/stop   pause, whose process namespace it shares, was restarted
        net.1/start  was stopped for this change  after net.1/stop
        pid.1/start  was stopped for this change  after pid.1/stop
      unchanged: pause, vol"
    `)
    expect(text(after(restarted))).toBe('unchanged: pause, net, pid, vol')
    expect(text(restarted, { start: false })).toBe('unchanged: pause, net, pid, vol')
  })
  test('or is about to', () => {
    expect(text(change(up(), 'pause', { state: 'exited', exitCode: 1 }))).toMatchInlineSnapshot(`
      "  net.1/stop     pause, whose network it shares, has ended
        pid.1/stop     pause, whose process namespace it shares, has ended
        pause.1/start  had exited with 1
        net.1/start    was stopped for this change  after net.1/stop, pause.1/start
        pid.1/start    was stopped for this change  after pid.1/stop, pause.1/start
      unchanged: vol"
    `)
  })
  test('before it is replaced, whatever depends_on says of it', () => {
    const of = (user: string): Project =>
      projectOf({
        pause: { user, healthcheck: { test: ['CMD', 'true'] } },
        net: { network_mode: 'service:pause', depends_on: { pause: dependsOn('service_healthy') } },
      })
    expect(text(up(of('a')), {}, of('b'))).toMatchInlineSnapshot(`
      "  pause.1/create  user changed  [recreate pause.1]
        net.1/create    pause, whose namespace or volumes it shares, gets a new container  after pause.1/create  [recreate net.1]
        net.1/stop      pause, whose namespace or volumes it shares, gets a new container  after net.1/create  [recreate net.1]
        pause.1/stop    user changed  after pause.1/create, net.1/stop  [recreate pause.1]
        pause.1/remove  user changed  after pause.1/create, pause.1/stop  [recreate pause.1]
        pause.1/rename  user changed  after pause.1/remove  [recreate pause.1]
        net.1/remove    pause, whose namespace or volumes it shares, gets a new container  after net.1/create, net.1/stop  [recreate net.1]
        net.1/rename    pause, whose namespace or volumes it shares, gets a new container  after net.1/remove  [recreate net.1]
        pause.1/start   is new  after pause.1/create, pause.1/rename
        pause/healthy   net waits for it  after pause.1/start
        net.1/start     is new  after net.1/create, net.1/rename, pause/healthy"
    `)
  })
  test('by restart, with all that goes with it', () => {
    const chain = projectOf({
      last: { depends_on: { next: restarting } },
      next: { depends_on: { net: restarting } },
      // A dependency that is written out says nothing of a restart, and the namespace is shared all the same.
      net: { network_mode: 'service:pause', depends_on: { pause: dependsOn() } },
      pause: {},
    })
    expect(toPlanText(planRestart(chain, up(chain), { services: ['pause'] })).join('\n')).toMatchInlineSnapshot(`
      "  pause.1/restart  asked for
        net.1/restart    asked for  after pause.1/restart
        next.1/restart   asked for  after net.1/restart
        last.1/restart   asked for  after next.1/restart"
    `)
    expect(
      toPlanText(planRestart(chain, up(chain), { services: ['pause'], noDeps: true })).join('\n'),
    ).toMatchInlineSnapshot(`"  pause.1/restart  asked for"`)
  })
  test('by start', () => {
    const world = change(up(), 'pause', { state: 'exited', exitCode: 0 })
    expect(toPlanText(planStart(project, world, { services: ['pause'] })).join('\n')).toMatchInlineSnapshot(`
      "  net.1/stop     pause, whose network it shares, has ended
        pid.1/stop     pause, whose process namespace it shares, has ended
        pause.1/start  had exited with 0
        net.1/start    was stopped for this change  after net.1/stop, pause.1/start
        pid.1/start    was stopped for this change  after pid.1/stop, pause.1/start"
    `)
  })
  test('by the engine: those that are cut off are restarted, and the kernel has killed who shares processes', () => {
    const world = change(restarted, 'pid', { state: 'exited', exitCode: 137 })
    expect(toPlanText(planRejoin(project, world, {})).join('\n')).toMatchInlineSnapshot(`
      "  net.1/restart  pause, whose network it shares, was restarted
        pid.1/restart  pause, whose process namespace it shares, was restarted"
    `)
    expect(planRejoin(project, up(), {}).steps).toEqual([])
  })
})

test('who shares with a service of no container is told before anything is changed', () => {
  const problems = (options: Partial<UpOptions>): string => {
    try {
      return text(emptyWorld(project), options)
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  expect(problems({ services: ['net'], noDeps: true })).toMatchInlineSnapshot(
    `"Service "net" shares the network of service "pause", which has no container."`,
  )
  expect(problems({ scale: { pause: 0 } })).toMatchInlineSnapshot(`
    "Service "net" shares the network of service "pause", which is to have no container.
    Service "pid" shares the pid of service "pause", which is to have no container.
    Service "vol" shares the volumes of service "pause", which is to have no container."
  `)
})

describe('an image that is built from that of another service', () => {
  const built = projectOf({
    base: { build: { context: '/base' } },
    app: { build: { context: '/app' }, depends_on: { db: dependsOn() } },
    last: { build: { context: '/last', additional_contexts: { app: 'service:app' } } },
    db: {},
  })
  const imageParents = new Map([['app', { all: ['base'], below: 'base' }]])
  const without = (...gone: readonly string[]): Observed => {
    const world = emptyWorld(built)
    return { ...world, images: new Map([...world.images].filter(([name]) => !gone.includes(name))) }
  }
  const builds = (observed: Observed, options: Partial<UpOptions> = {}): string =>
    text(observed, { imageParents, ...options }, built)
      .split('\n')
      .filter((line) => line.includes('/build  '))
      .join('\n')

  test('waits for that one', () => {
    expect(builds(without('shop-base', 'shop-app', 'shop-last'))).toMatchInlineSnapshot(`
      "  base/build              the image is missing
        app/build               the image is missing  after base/build
        last/build              the image is missing  after app/build"
    `)
  })
  test('is built again when that one is, and so on', () => {
    expect(builds(without('shop-base'))).toMatchInlineSnapshot(`
      "  base/build              the image is missing
        app/build               base, whose image it is built from, is built  after base/build
        last/build              app, whose image it is built from, is built  after app/build"
    `)
    expect(builds(without('shop-app'))).toMatchInlineSnapshot(`
      "  app/build               the image is missing
        last/build              app, whose image it is built from, is built  after app/build"
    `)
    expect(builds(without())).toBe('')
  })
  test('by a service that is built alone, as a saved file asks for it; its container follows in the round after', () => {
    const alone = { services: ['base'], noDeps: true, takesAlong: true, build: 'always', recreate: 'force' } as const
    const world = up(built)
    expect(builds(world, alone)).toMatchInlineSnapshot(`
      "  base/build  asked for with --build
        app/build   base, whose image it is built from, is built  after base/build
        last/build  app, whose image it is built from, is built  after app/build"
    `)
    const images = new Map([...world.images].map(([name, image]) => [name, { ...image, id: `sha256:new-${name}` }]))
    const settled = new Set(['shop-base', 'shop-app', 'shop-last'])
    const second = planUp(built, { ...world, images }, { ...hashOptions, imageParents, ...alone, settled })
    expect(second.steps.filter(({ id }) => id.endsWith('/create')).map(({ id }) => id)).toEqual([
      'base.1/create',
      'app.1/create',
      'last.1/create',
    ])
    expect(second.steps.some(({ action }) => 'service' in action && action.service === 'db')).toBe(false)
  })
  test('is built again when that one was built alone', () => {
    const layered = (base: readonly string[], app: readonly string[]): Observed => {
      const world = up(built)
      const layers: Readonly<Record<string, readonly string[]>> = { 'shop-base': base, 'shop-app': app }
      const images = [...world.images].map(([name, image]) => [name, { ...image, layers: layers[name] ?? [] }] as const)
      return { ...world, images: new Map(images) }
    }
    expect(builds(layered(['1', '2'], ['1', '2', '3']))).toBe('')
    expect(builds(layered(['1', '2'], []))).toBe('')
    expect(builds(layered(['1', 'new'], ['1', '2', '3']))).toMatchInlineSnapshot(`
      "  app/build   base, whose image it is built from, has another image now
        last/build  app, whose image it is built from, is built  after app/build"
    `)
    expect(builds(layered(['1', 'new'], ['1', '2', '3']), { settled: new Set(['shop-app']) })).toBe('')
    expect(builds(layered(['1', 'new'], ['1', '2', '3']), { build: 'never' })).toBe('')
  })
  test('not with --no-build, nor with --no-deps', () => {
    expect(builds(without(), { build: 'never' })).toBe('')
    expect(builds(up(built), { services: ['base'], noDeps: true, build: 'always' })).not.toContain('app/build')
  })
  test('two that are built from each other wait for neither', () => {
    const both = new Map([
      ['app', { all: ['base'] }],
      ['base', { all: ['app'] }],
    ])
    expect(text(without('shop-app', 'shop-base'), { imageParents: both }, built)).toContain('base/build')
  })
})
