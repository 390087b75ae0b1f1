import { describe, expect, test } from 'vitest'
import { createEngineEvents } from '../../src/engine/engine-events.ts'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { aProject, aService, aWorld, type World } from '../support/builders.ts'

const listen = (world: World) => {
  const events = createEngineEvents(world.deps, { project: 'demo', signal: new AbortController().signal })
  const seen: string[] = []
  events.subscribe((said) => seen.push(said.type === 'lost' ? 'lost' : said.event.action))
  const state = { failure: undefined as unknown }
  events.ended.catch((error: unknown) => (state.failure = error))
  events.open()
  return { events, seen, state }
}
const create = (world: World, name: string) =>
  world.clock.run(
    world.runtime.createContainer({
      name,
      project: aProject({}),
      serviceName: 'web',
      service: aService({ networks: {} }),
      image: 'busybox',
      networkNames: {},
      containersOf: {},
      labels: { 'com.docker.compose.project': 'demo' },
    }),
  )

describe('createEngineEvents', () => {
  test('what happens while the stream is cut is seen, once', async () => {
    const world = aWorld()
    const { events, seen } = listen(world)
    await create(world, 'one')
    world.runtime.loseEvents()
    await create(world, 'two')
    await world.clock.advance(5000)
    expect(seen).toEqual(['create', 'lost', 'lost', 'create'])
    events.close()
  })

  test('a stream that is cut every hour of a week is opened again every time', async () => {
    const world = aWorld()
    const { events, state } = listen(world)
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      await world.clock.advance(3_600_000)
      world.runtime.loseEvents()
    }
    await world.clock.advance(10_000)
    expect(state.failure).toBeUndefined()
    expect(world.runtime.openStreams()).toBe(1)
    events.close()
    await world.clock.advance(10)
    expect(world.runtime.openStreams()).toBe(0)
  })

  test('an engine that does not come back is said', async () => {
    const world = aWorld()
    const { state } = listen(world)
    await world.clock.advance(100)
    world.runtime.fail('assertThere', new StackError('engine/connection-lost', { what: 'say that it is there' }), {
      times: 1000,
    })
    world.runtime.loseEvents()
    await world.clock.advance(120_000)
    expect(state.failure).toBeInstanceOf(StackError)
    expect(world.clock.sleepers()).toBe(0)
  })
})
