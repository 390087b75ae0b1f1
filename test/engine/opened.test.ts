import { describe, expect, test } from 'vitest'
import type { Command, StackEvent } from '../../src/core/events/event.ts'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { toLabelledProject } from '../../src/core/plan/labelled-project.ts'
import { listProjects, followProjects } from '../../src/engine/project-list.ts'
import { createPlansWithoutFile, createSessionPlans } from '../../src/engine/session-plans.ts'
import { createSession, type SessionRequest } from '../../src/engine/session.ts'
import { aProject, aService, aWorld, hashOptions, needs, toLine } from '../support/builders.ts'

const project = aProject({
  web: aService({ depends_on: { db: needs('service_started') }, network_mode: 'service:db' }),
  db: aService(),
  job: aService(),
})

/** A world in which somebody has brought the project up, and gone. */
const upWorld = async () => {
  const world = aWorld({ images: ['busybox'] })
  world.runtime.behaviours['web'] = { writes: ['GET /', 'GET /cart'] }
  world.runtime.behaviours['job'] = { writes: ['TypeError: cart is undefined'], exitAfterMs: 100, exitCode: 3 }
  const plans = createSessionPlans(project, hashOptions)
  const first = createSession(world.deps, { project, command: 'stack up', plans, keepRunning: true })
  await world.clock.advance(5_000)
  first.send({ type: 'detach' })
  await world.clock.advance(1_000)
  await first.done
  world.runtime.calls.length = 0
  return world
}

type World = Awaited<ReturnType<typeof upWorld>>

const open = async (world: World, request: Partial<SessionRequest> = {}) => {
  const session = createSession(world.deps, {
    project,
    command: 'stack ui',
    plans: createSessionPlans(project, hashOptions),
    opens: true,
    keepRunning: true,
    history: 10,
    ...request,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  await world.clock.advance(1_000)
  const send = async (command: Command): Promise<void> => {
    session.send(command)
    await world.clock.advance(30_000)
  }
  return { session, events, send, lines: () => events.map(toLine) }
}

/** What is asked of the engine directly takes time, too. */
const during = async <T>(world: World, work: Promise<T>): Promise<T> => {
  await world.clock.advance(30_000)
  return work
}

const changes = (world: World): readonly string[] =>
  world.runtime.calls.filter((call) => !/^(list|inspect|logs|events|facts|assertThere)/.test(call))

describe('a session that is opened on what runs', () => {
  test('shows states, and the last lines of what has ended too, and changes nothing from its first to its last moment', async () => {
    const world = await upWorld()
    const { session, events, send } = await open(world)
    expect(events[0]).toMatchObject({ type: 'session/started', project: 'demo', opened: true })
    const phases = events.flatMap((event) => (event.type === 'session/changed' ? [event.phase] : []))
    expect(phases).toEqual(['running'])
    const states = events.flatMap((event) =>
      event.type === 'container/changed'
        ? [`${event.container.service} ${event.container.state} ${event.container.exitCode ?? ''}`.trim()]
        : [],
    )
    expect(states.toSorted()).toEqual(['db running', 'job exited 3', 'web running'])
    const written = events.flatMap((event) => (event.type === 'log/written' ? event.lines.map(({ text }) => text) : []))
    expect(written.toSorted()).toEqual(['GET /', 'GET /cart', 'TypeError: cart is undefined'])
    await send({ type: 'detach' })
    expect(await session.done).toEqual({ exit: 0 })
    expect(changes(world)).toEqual([])
  })

  test('takes what has ended as a stop ends it for stopped, whoever did that before it was opened', async () => {
    const world = await upWorld()
    const { send } = await open(world)
    await send({ type: 'stop', services: ['web'] })
    const { events } = await open(world)
    const ended = events.flatMap((event) =>
      event.type === 'container/changed' && event.container.state === 'exited' ? [event.container] : [],
    )
    expect(ended.map(({ service, exitCode, byHand }) => [service, exitCode, byHand])).toEqual([
      ['job', 3, undefined],
      ['web', 143, true],
    ])
  })

  test('goes on while all has ended, acts on what it is told, and sees what others do', async () => {
    const world = await upWorld()
    const { session, send, events } = await open(world)
    const other = await open(world)
    await send({ type: 'restart', services: ['web'] })
    expect(changes(world)).toEqual(['restart demo-web-1'])
    for (const { events: seen } of [{ events }, other])
      expect(seen.filter((event) => event.type === 'container/changed').length).toBeGreaterThan(3)
    await send({ type: 'stop', services: ['web'] })
    await other.send({ type: 'stop', services: ['db'] })
    let isOver = false
    void session.done.then(() => (isOver = true))
    await world.clock.advance(60_000)
    expect(isOver).toBe(false)
    await other.send({ type: 'start', services: ['web'] })
    expect([...world.runtime.containers.values()].filter(({ state }) => state === 'running')).toHaveLength(2) // with what it needs
    await send({ type: 'quit', force: false })
    expect(await session.done).toEqual({ exit: 0 })
    expect([...world.runtime.containers.values()].filter(({ state }) => state === 'running')).toEqual([])
    await other.send({ type: 'detach' })
  })

  test('leaves it to whoever started them to restart those whose namespace has gone', async () => {
    const world = await upWorld()
    const { events, send } = await open(world)
    const [first] = [...world.runtime.containers.values()].filter(({ spec }) => spec.serviceName === 'db')
    await during(world, world.runtime.restartContainer(first!.id))
    expect(events.filter(({ type }) => type === 'plan/made')).toEqual([])
    await send({ type: 'detach' })
  })

  test('stops and starts without a file what its labels tell of, and says what it cannot do', async () => {
    const world = await upWorld()
    const found = toLabelledProject('demo', await during(world, world.runtime.listContainers({ project: 'demo' })))
    expect(found.services['web']?.depends_on).toEqual({ db: { condition: 'service_started', required: false } })
    const refuse = () => new StackError('dashboard/no-file', { project: 'demo', files: ['/gone/compose.yaml'] })
    const { send, events } = await open(world, {
      project: found,
      plans: createPlansWithoutFile(found, refuse),
      makesNothing: true,
    })
    world.runtime.calls.length = 0
    await send({ type: 'rebuild', services: ['web'] })
    const raised = events.flatMap((event) => (event.type === 'problem/raised' ? [event.problem.message] : []))
    expect(raised).toEqual([
      'This needs the stack file of project "demo", which is not there any more: /gone/compose.yaml.',
    ])
    expect(changes(world)).toEqual([])
    await send({ type: 'stop', services: ['db'] })
    await send({ type: 'start', services: ['web'] })
    await send({ type: 'restart', services: ['job'] })
    expect(changes(world)).toEqual(['stop demo-db-1', 'start demo-db-1', 'restart demo-job-1'])
    await send({ type: 'quit', force: false })
  })
})

test('the projects of the engine are told with their states, and again when one of them changes', async () => {
  const world = await upWorld()
  const told: string[] = []
  const closing = new AbortController()
  followProjects(world.deps, {
    signal: closing.signal,
    onFailure: (error) => told.push(String(error)),
    onChange: (projects) =>
      told.push(
        projects
          .map(({ name, up, services, bad, states }) =>
            [name, `${up}/${services}`, `${bad} bad`, ...states.map(({ state, count }) => `${count} ${state}`)].join(
              ' ',
            ),
          )
          .join('; '),
      ),
  })
  await world.clock.advance(1_000)
  expect(told).toEqual(['demo 2/3 1 bad 1 exited 2 running'])
  const running = [...world.runtime.containers.values()].filter(({ state }) => state === 'running')
  await during(world, Promise.all(running.map(({ id }) => world.runtime.killContainer(id))))
  expect(told.at(-1)).toBe('demo 0/3 0 bad 3 exited')
  closing.abort()
  expect(await during(world, listProjects(world.deps, {}))).toHaveLength(1)
})
