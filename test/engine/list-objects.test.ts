import { describe, expect, test } from 'vitest'
import type { StackEvent } from '../../src/core/events/event.ts'
import type { ObjectUser, ProjectObjects } from '../../src/core/events/project-objects.ts'
import type { Project } from '../../src/core/project/project.ts'
import { createSession } from '../../src/engine/session.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { aProject, aService, aWorld, hashOptions, type World } from '../support/builders.ts'

const shop = (): Project =>
  aProject(
    {
      web: aService({
        image: 'demo-web',
        volumes: [
          { type: 'volume', target: '/data', source: 'data' },
          { type: 'volume', target: '/cache' },
        ],
      }),
      db: aService({ volumes: [{ type: 'volume', target: '/var/db', source: 'data' }] }),
      job: aService({ image: 'missing', scale: 0 }),
    },
    { volumes: { data: { name: 'demo_data' }, shared: { name: 'shared', external: true } } },
  )

const open = async (world: World, project: Project) => {
  const session = createSession(world.deps, {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, hashOptions),
    keepRunning: true,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  await world.clock.advance(3000)
  world.runtime.calls.length = 0
  const list = async (): Promise<readonly ProjectObjects[]> => {
    const before = events.length
    session.send({ type: 'list' })
    await world.clock.advance(100)
    return events.slice(before).flatMap((event) => (event.type === 'objects/listed' ? [event.objects] : []))
  }
  const end = async (): Promise<void> => {
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  }
  return { events, list, end }
}

const aShopWorld = (): World => {
  const world = aWorld({ images: [] })
  world.runtime.addImage('busybox', { size: 4096, id: 'sha256:b1' })
  world.runtime.addImage('demo-web', { size: 9000, id: 'sha256:e1' })
  world.runtime.addImage('<none>', {
    size: 8000,
    id: 'sha256:01d',
    tags: [],
    labels: { 'com.docker.compose.project': 'demo' },
  })
  world.runtime.addImage('of-others', { size: 1 })
  world.runtime.volumes.set('shared', { name: 'shared', driver: 'nfs', labels: {} })
  world.runtime.volumes.set('of-others', { name: 'of-others', driver: 'local', labels: {} })
  world.runtime.networks.set('n9', { id: 'n9', name: 'of-others', driver: 'bridge', labels: {} })
  world.runtime.volumeBytes.set('demo_data', 5_000_000)
  return world
}

const toText = ({ volumes, networks, images, isMeasuring }: ProjectObjects): readonly string[] => {
  const toUsers = (users: readonly ObjectUser[]) =>
    users.map(({ name, container, at }) => `${name} (${container}${at === undefined ? '' : ` ${at}`})`).join(', ')
  return [
    isMeasuring ? 'measuring' : 'measured',
    ...volumes.map(
      (one) =>
        `volume ${one.isAnonymous ? 'anonymous' : one.name}${one.isExternal ? ' external' : ''} ${one.bytes ?? '?'}: ${toUsers(one.users)}`,
    ),
    ...networks.map((one) => `network ${one.name}${one.isExternal ? ' external' : ''}: ${toUsers(one.users)}`),
    ...images.map((one) => `image ${one.reference} ${one.bytes ?? 'not here'}: ${toUsers(one.users)}`),
  ]
}

describe('the command list', () => {
  test('tells what a project has, first without and then with the sizes of its volumes', async () => {
    const world = aShopWorld()
    const session = await open(world, shop())
    expect((await session.list()).map(toText)).toMatchInlineSnapshot(`
      [
        [
          "measuring",
          "volume demo_data ?: web (demo-web-1 /data), db (demo-db-1 /var/db)",
          "volume shared external ?: ",
          "volume anonymous ?: web (demo-web-1 /cache)",
          "network demo_default: web (demo-web-1), db (demo-db-1)",
          "image busybox 4096: db (demo-db-1)",
          "image demo-web 9000: web (demo-web-1)",
          "image missing 1: ",
          "image sha256:01d 8000: ",
        ],
        [
          "measured",
          "volume demo_data 5000000: web (demo-web-1 /data), db (demo-db-1 /var/db)",
          "volume shared external 0: ",
          "volume anonymous 0: web (demo-web-1 /cache)",
          "network demo_default: web (demo-web-1), db (demo-db-1)",
          "image busybox 4096: db (demo-db-1)",
          "image demo-web 9000: web (demo-web-1)",
          "image missing 1: ",
          "image sha256:01d 8000: ",
        ],
      ]
    `)
    await session.end()
  })

  test('costs the engine nothing unasked', async () => {
    const world = aShopWorld()
    const session = await open(world, shop())
    await world.clock.advance(60_000)
    expect(world.runtime.calls.filter((call) => call.startsWith('measure') || call.startsWith('list'))).toEqual([])
    await session.end()
  })

  test('says so when the engine cannot measure, without waiting for sizes any longer, and takes it back', async () => {
    const world = aShopWorld()
    const session = await open(world, shop())
    world.runtime.fail('measure', new StackError('engine/refused', { what: 'measure volumes', why: 'not here' }))
    expect((await session.list()).map(({ isMeasuring }) => isMeasuring)).toEqual([true, false])
    expect(session.events.at(-1)).toMatchObject({ type: 'problem/raised', id: 'list' })
    await session.list()
    expect(session.events.at(-1)).toMatchObject({ type: 'problem/cleared', id: 'list' })
    await session.end()
  })
})
