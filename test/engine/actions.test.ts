import { describe, expect, test } from 'vitest'
import type { Command, StackEvent } from '../../src/core/events/event.ts'
import { reduce } from '../../src/core/state/reduce.ts'
import { commandsKept, initialState } from '../../src/core/state/state.ts'
import type { Project } from '../../src/core/project/project.ts'
import { createSession, type SessionRequest } from '../../src/engine/session.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { aProject, aService, aWorld, hashOptions, needs, toLine } from '../support/builders.ts'

const tiers = aProject({
  db: aService(),
  api: aService({ depends_on: { db: needs('service_started') } }),
  web: aService({ depends_on: { api: needs('service_started') } }),
})

const running = async (project: Project = tiers, more: Partial<SessionRequest> = {}) => {
  const world = aWorld()
  const events: StackEvent[] = []
  const session = createSession(world.deps, {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, hashOptions),
    keepRunning: true,
    ...more,
  })
  session.subscribe((event) => events.push(event))
  await world.clock.advance(10_000)
  const lines = (type: string): readonly string[] => events.map(toLine).filter((line) => line.startsWith(type))
  const state = (name: string): string | undefined =>
    [...world.runtime.containers.values()].find((one) => one.name === `demo-${name}`)?.state
  /** What a command does, and what is told of it. */
  const send = async (command: Command): Promise<readonly string[]> => {
    const before = events.length
    world.runtime.calls.length = 0
    session.send(command)
    await world.clock.advance(60_000)
    return events
      .slice(before)
      .map(toLine)
      .filter((line) => /^(command|plan|problem\/raised)/.test(line))
  }
  const calls = (...names: readonly string[]): readonly string[] =>
    world.runtime.calls.filter((call) => names.some((name) => call.startsWith(`${name} `)))
  return { ...world, session, events, lines, send, calls, state }
}

describe('several services at once', () => {
  test.each<[Command, string, string]>([
    [{ type: 'restart', services: ['web', 'db'] }, 'stack restart web db', 'plan/made db.1/restart web.1/restart'],
    [{ type: 'stop', services: ['web', 'api'] }, 'stack stop web api', 'plan/made web.1/stop api.1/stop'],
    [{ type: 'kill', services: ['web', 'db'] }, 'stack kill web db', 'plan/made db.1/kill web.1/kill'],
    [{ type: 'pause', services: ['web', 'db'] }, 'stack pause web db', 'plan/made db.1/pause web.1/pause'],
  ])('%j is one plan, told as the line that does the same', async (command, line, plan) => {
    const { send } = await running()
    const told = await send(command)
    expect([told[0], told.at(-1)]).toEqual([`command/begun ${line}`, 'command/ended done'])
    expect(told.slice(1, -1).map((one) => one.split(' ').toSorted().join(' '))).toEqual([
      plan.split(' ').toSorted().join(' '),
    ])
  })

  test('pausing and going on', async () => {
    const { send, state } = await running()
    await send({ type: 'pause', services: ['web', 'db'] })
    expect([state('web-1'), state('db-1'), state('api-1')]).toEqual(['paused', 'paused', 'running'])
    expect((await send({ type: 'unpause', services: ['web', 'db'] }))[0]).toBe('command/begun stack unpause web db')
    expect([state('web-1'), state('db-1')]).toEqual(['running', 'running'])
  })

  test('all that were stopped stay so when the files are read again, and come back together', async () => {
    const { send, state } = await running(tiers, {
      reload: async () => ({ project: tiers, plans: createSessionPlans(tiers, hashOptions) }),
    })
    await send({ type: 'stop', services: ['web', 'api'] })
    await send({ type: 'reload', apply: true })
    expect([state('web-1'), state('api-1')]).toEqual(['exited', 'exited'])
    const told = await send({ type: 'start', services: ['web', 'api'] })
    expect(told.at(-1)).toBe('command/ended done')
    expect([state('web-1'), state('api-1')]).toEqual(['running', 'running'])
  })
})

test('new containers are made on request, with the anonymous volumes of the old ones unless told otherwise', async () => {
  const project = aProject({ db: aService({ volumes: [{ type: 'volume', target: '/data' }] }) })
  const { runtime, send } = await running(project)
  const volumeOf = (): string | undefined => runtime.byName('demo-db-1').mounts[0]?.source
  const [id, volume] = [runtime.byName('demo-db-1').id, volumeOf()]
  expect((await send({ type: 'recreate', services: ['db'] }))[0]).toBe(
    'command/begun stack up --detach --force-recreate --no-deps db',
  )
  expect(runtime.byName('demo-db-1').id).not.toBe(id)
  expect(volumeOf()).toBe(volume)
  await send({ type: 'recreate', services: ['db'], renewVolumes: true })
  expect(volumeOf()).not.toBe(volume)
})

test('a number of containers holds, whatever is planned next, until the file says another one', async () => {
  let file = tiers
  const { runtime, send, lines, events } = await running(tiers, {
    reload: async () => ({ project: file, plans: createSessionPlans(file, hashOptions) }),
  })
  const count = (): number => [...runtime.containers.values()].filter(({ name }) => name.startsWith('demo-api-')).length
  const told = await send({ type: 'scale', services: ['api'], replicas: 3 })
  expect(told[0]).toBe('command/begun stack scale --no-deps api=3')
  expect(count()).toBe(3)
  expect(events.reduce(reduce, initialState).services.find(({ name }) => name === 'api')?.summary.replicas).toBe(3)
  await send({ type: 'recreate', services: ['api'] })
  await send({ type: 'reload', apply: true })
  expect(count()).toBe(3)
  file = aProject({ ...tiers.services, api: aService({ ...tiers.services['api'], scale: 2 }) })
  await send({ type: 'reload', apply: true })
  expect(count()).toBe(2)
  await send({ type: 'scale', services: ['api'], replicas: 1 })
  expect(count()).toBe(1)
  expect(lines('problem/raised')).toEqual([])
})

test('what has ended goes, and what runs stays', async () => {
  const { runtime, send } = await running()
  await send({ type: 'stop', services: ['web'] })
  const told = await send({ type: 'prune' })
  expect(told).toEqual(['command/begun stack rm --force', 'plan/made web.1/remove', 'command/ended done'])
  expect([...runtime.containers.values()].map(({ name }) => name).toSorted()).toEqual(['demo-api-1', 'demo-db-1'])
  // It has no container any more: its start makes one.
  await send({ type: 'start', services: ['web'] })
  expect(runtime.byName('demo-web-1').state).toBe('running')
})

test('a project that was taken down stays down when the files are read again, and its services can be started', async () => {
  const { runtime, send, session } = await running(tiers, {
    reload: async () => ({ project: tiers, plans: createSessionPlans(tiers, hashOptions) }),
  })
  runtime.volumes.set('demo_data', { name: 'demo_data', driver: 'local', labels: {} })
  const told = await send({ type: 'down' })
  expect([told[0], told.at(-1)]).toEqual(['command/begun stack down', 'command/ended done'])
  expect([runtime.containers.size, runtime.networks.size, runtime.volumes.size]).toEqual([0, 0, 1])
  await send({ type: 'reload', apply: true })
  expect(runtime.containers.size).toBe(0)
  await send({ type: 'start', services: ['db'] })
  expect([...runtime.containers.values()].map(({ name }) => name)).toEqual(['demo-db-1'])
  session.send({ type: 'detach' })
})

test('the environment is read anew and applied, and what fails is said of the command', async () => {
  const changed = aProject({ ...tiers.services, web: aService({ environment: { A: '1' } }) })
  let isBroken = false
  const { send, calls } = await running(tiers, {
    proposesEdits: true,
    reload: async () => {
      if (isBroken) throw new Error('broken')
      return { project: changed, plans: createSessionPlans(changed, hashOptions) }
    },
  })
  const told = await send({ type: 'reload', apply: true })
  expect([told[0], told.at(-1)]).toEqual(['command/begun stack up --detach', 'command/ended done'])
  expect(calls('create')).toHaveLength(1)
  isBroken = true
  expect((await send({ type: 'reload', apply: true })).at(-1)).toBe('command/ended failed')
  // Saving a file is no command.
  isBroken = false
  expect((await send({ type: 'reload' })).filter((line) => line.startsWith('command'))).toEqual([])
})

test('the state knows the last commands and what came of them', () => {
  const told = (seq: number): readonly StackEvent[] => [
    { seq, at: seq, type: 'command/begun', id: `command.${seq}`, line: `stack restart ${seq}` },
    { seq, at: seq, type: 'command/ended', id: `command.${seq}`, outcome: 'done', ms: 5 },
  ]
  const state = Array.from({ length: commandsKept + 3 }, (_, seq) => told(seq))
    .flat()
    .reduce(reduce, initialState)
  expect(state.commands).toHaveLength(commandsKept)
  expect(state.commands.at(-1)).toEqual({
    id: `command.${commandsKept + 2}`,
    line: `stack restart ${commandsKept + 2}`,
    at: commandsKept + 2,
    outcome: 'done',
    ms: 5,
  })
})
