import { describe, expect, test } from 'vitest'
import type { StackEvent } from '../../src/core/events/event.ts'
import type { Inspection } from '../../src/core/events/inspection.ts'
import type { Origin, Project } from '../../src/core/project/project.ts'
import { createSession } from '../../src/engine/session.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { aHealthcheck, aProject, aService, aWorld, hashOptions, type World } from '../support/builders.ts'

const origins: Readonly<Record<string, Origin>> = {
  'services.web.environment.MODE': {
    place: { file: '/work/stack.yaml', line: 7, column: 1, length: 4 },
    variables: [{ name: 'MODE', from: 'shell' }],
  },
  'services.web.environment.LOG': {
    place: { file: '/work/web.env', line: 2, column: 1, length: 3 },
    variables: [],
  },
  'services.web.environment.DB_PASSWORD': {
    place: { file: '/elsewhere/stack.yaml', line: 9, column: 1, length: 3 },
    variables: [{ name: 'PW', from: 'file', place: { file: '/work/.env', line: 3, column: 1, length: 2 } }],
  },
}

const shop = (): Project => {
  const project = aProject(
    {
      web: aService({
        environment: {
          MODE: 'dev',
          LOG: 'debug',
          DB_PASSWORD: 'hunter22',
          URL: 'http://x:hunter22@db',
          OWN: 'top secret',
        },
        mem_limit: '1000000',
        restart: 'always',
        labels: { team: 'shop' },
        healthcheck: aHealthcheck,
        volumes: [{ type: 'volume', target: '/data', source: 'data' }],
      }),
      db: aService(),
    },
    { volumes: { data: { name: 'demo_data' } }, secrets: { own: { name: 'demo_own', file: '/work/own.txt' } } },
  )
  return { ...project, context: { ...project.context, findOrigin: (path) => origins[path] } }
}

const open = (world: World, project: Project) => {
  const session = createSession(world.deps, {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, hashOptions),
    keepRunning: true,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  const inspections = (): readonly Inspection[] =>
    events.flatMap((event) => (event.type === 'service/inspected' ? [event.inspection] : []))
  const inspect = async (service: string): Promise<Inspection> => {
    const before = inspections().length
    session.send({ type: 'inspect', service })
    await world.clock.advance(100)
    expect(inspections()).toHaveLength(before + 1)
    return inspections().at(-1)!
  }
  const end = async (): Promise<void> => {
    session.send({ type: 'detach' })
    await world.clock.run(session.done)
  }
  return { ...session, events, inspect, inspections, end }
}

const aShopWorld = (): World => {
  const world = aWorld({ images: [] })
  world.runtime.addImage('busybox', {
    environment: ['PATH=/bin', 'LANG=C'],
    digests: ['busybox@sha256:d1'],
    size: 4096,
  })
  world.files.set('/work/own.txt', 'top secret\n')
  return world
}

describe('the command inspect', () => {
  test('tells of a service what its container has, and where each variable is from', async () => {
    const world = aShopWorld()
    const session = open(world, shop())
    await world.clock.advance(3000)
    const { image, replicas, variables, labels, ...found } = await session.inspect('web')
    expect(image).toMatchObject({ reference: 'busybox', digest: 'sha256:d1', bytes: 4096 })
    expect(replicas).toMatchObject([
      { name: 'demo-web-1', pid: 1, networks: [{ name: 'demo_default', addresses: ['172.18.0.2'], aliases: [] }] },
    ])
    expect(found).toMatchObject({
      restart: 'always',
      limits: { memoryBytes: 1_000_000 },
      mounts: [{ type: 'volume', source: 'demo_data', target: '/data' }],
      healthcheck: { test: 'CMD ready', retries: 3 },
    })
    expect(variables.map(({ name, value, hidden, origin }) => [name, value, hidden === true, origin])).toEqual([
      [
        'DB_PASSWORD',
        '******',
        true,
        { kind: 'file', at: '/elsewhere/stack.yaml:9', fills: [{ name: 'PW', from: '.env:3' }] },
      ],
      ['LANG', 'C', false, { kind: 'image' }],
      ['LOG', 'debug', false, { kind: 'file', at: 'web.env:2', fills: [] }],
      ['MODE', 'dev', false, { kind: 'file', at: 'stack.yaml:7', fills: [{ name: 'MODE', from: 'shell' }] }],
      ['OWN', '******', true, { kind: 'unknown', why: 'Stack gives it this value, and no file says so' }],
      ['PATH', '/bin', false, { kind: 'image' }],
      ['URL', 'http://x:******@db', true, { kind: 'unknown', why: 'Stack gives it this value, and no file says so' }],
    ])
    // What Stack writes itself comes last.
    const names = labels.map(({ name }) => name)
    expect(names[0]).toBe('team')
    expect(names.slice(1).every((name) => /^(?:com\.docker|dev\.stack)/.test(name))).toBe(true)
    await session.end()
  })

  test('tells no secret in any event, and gives the values to whoever asks for them', async () => {
    const world = aShopWorld()
    const session = open(world, shop())
    await world.clock.advance(3000)
    await session.inspect('web')
    expect(JSON.stringify(session.events)).not.toMatch(/hunter22|top secret/)
    const values = session.readVariables('web')
    await world.clock.advance(100)
    expect(await values).toMatchObject({ DB_PASSWORD: 'hunter22', OWN: 'top secret' })
    await session.end()
  })

  test('without a container tells what the files say', async () => {
    const world = aShopWorld()
    world.runtime.fail('create', new StackError('engine/refused', { what: 'create', why: 'no room' }), { times: 99 })
    const session = open(world, shop())
    await world.clock.advance(3000)
    const { replicas, restart, variables } = await session.inspect('web')
    expect([replicas, restart]).toEqual([[], 'always'])
    expect(variables.find(({ name }) => name === 'MODE')).toMatchObject({
      value: 'dev',
      origin: { at: 'stack.yaml:7' },
    })
    await session.end()
  })

  test('of services asked for while one is looked at, the last is told', async () => {
    const world = aShopWorld()
    const session = open(world, shop())
    await world.clock.advance(3000)
    for (const service of ['web', 'db', 'web', 'db']) session.send({ type: 'inspect', service })
    await world.clock.advance(100)
    const told = session.events.flatMap((event) => (event.type === 'service/inspected' ? [event.service] : []))
    expect(told).toEqual(['web', 'db'])
    await session.end()
  })

  test('a refusal is a problem until the next one succeeds', async () => {
    const world = aShopWorld()
    const session = open(world, shop())
    await world.clock.advance(3000)
    world.runtime.fail('inspect', new StackError('engine/refused', { what: 'inspect', why: 'it is tired' }))
    session.send({ type: 'inspect', service: 'web' })
    await world.clock.advance(100)
    expect(session.events.at(-1)).toMatchObject({ type: 'problem/raised', id: 'inspect' })
    await session.inspect('web')
    expect(session.events.at(-1)).toMatchObject({ type: 'problem/cleared', id: 'inspect' })
    await session.end()
  })
})
