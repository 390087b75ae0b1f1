import { expect, test } from 'vitest'
import type { StackEvent } from '../../src/core/events/event.ts'
import { createSession } from '../../src/engine/session.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { aProject, aService, aWorld, hashOptions } from '../support/builders.ts'

const project = aProject({ db: aService(), web: aService({ scale: 2 }) })

const open = async () => {
  const world = aWorld()
  // Half a core, and memory that grows by 1 MB in a second.
  world.runtime.behaviours['web'] = {
    uses: (at) => ({ cpuMs: at / 2, memoryBytes: (at - 1_700_000_000_000) * 1000 }),
  }
  const session = createSession(world.deps, {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, hashOptions),
    keepRunning: true,
  })
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  await world.clock.advance(3000)
  const measured = () => events.flatMap((event) => (event.type === 'stats/measured' ? [event] : []))
  const asked = () => world.runtime.calls.filter((call) => call.startsWith('measure'))
  return { ...session, world, measured, asked }
}

test('containers of services that somebody looks at are measured, and of no others', async () => {
  const { world, send, measured, asked } = await open()
  expect(asked()).toEqual([])
  send({ type: 'measure', services: ['web'] })
  await world.clock.advance(600)
  expect(
    measured().map(({ service, cpuPercent, networkInBytes }) => ({ service, cpuPercent, networkInBytes })),
  ).toEqual([
    { service: 'web', cpuPercent: 50, networkInBytes: 0 },
    { service: 'web', cpuPercent: 50, networkInBytes: 0 },
  ])
  expect(new Set(asked())).toEqual(new Set(['measure demo-web-1', 'measure demo-web-2']))
})

test('every two seconds, until nobody looks any more', async () => {
  const { world, send, asked } = await open()
  send({ type: 'measure', services: ['db'] })
  await world.clock.advance(600)
  expect(asked()).toHaveLength(2)
  await world.clock.advance(6000)
  expect(asked()).toHaveLength(5)
  send({ type: 'measure', services: [] })
  await world.clock.advance(10_000)
  expect(asked()).toHaveLength(5)
  send({ type: 'measure', services: ['db', 'web'] })
  await world.clock.advance(400)
  expect(asked()).toHaveLength(8)
})

test('a run of a container is not compared with the one before it, and one that has ended is left out', async () => {
  const { world, send, measured, asked } = await open()
  send({ type: 'measure', services: ['db'] })
  await world.clock.advance(600)
  world.runtime.exit('demo-db-1', 1)
  await world.clock.advance(10_000)
  const before = asked().length
  expect(before).toBe(2)
  send({ type: 'start', services: ['db'] })
  await world.clock.advance(2500)
  expect(measured()).toHaveLength(1)
  await world.clock.advance(2000)
  expect(measured()).toHaveLength(2)
})

test('the kernel of this machine is read where the engine is here', async () => {
  const world = aWorld()
  let reads = 0
  const machine = {
    kindOf: async () => 'missing' as const,
    isEngineHere: async () => true,
    listeners: async () => [],
    usageOf: () => {
      reads += 1
      return {
        at: reads * 1000,
        cpuMs: reads * 250,
        memoryBytes: 12_345_678,
        networkInBytes: reads * 3000,
        networkOutBytes: 0,
      }
    },
  }
  const session = createSession(
    { ...world.deps, machine },
    { project, command: 'stack up', plans: createSessionPlans(project, hashOptions), keepRunning: true },
  )
  const events: StackEvent[] = []
  session.subscribe((event) => events.push(event))
  await world.clock.advance(3000)
  session.send({ type: 'measure', services: ['db'] })
  await world.clock.advance(600)
  expect(world.runtime.calls.filter((call) => call.startsWith('measure'))).toEqual([])
  expect(events.at(-1)).toMatchObject({
    type: 'stats/measured',
    service: 'db',
    cpuPercent: 25,
    memoryBytes: 12_300_000,
    networkInBytes: 3000,
  })
})
