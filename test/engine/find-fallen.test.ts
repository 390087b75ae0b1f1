import { expect, test } from 'vitest'
import { applyPlan } from '../../src/engine/apply.ts'
import { findFallen } from '../../src/engine/find-fallen.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { aProject, aService, aWorld, hashOptions } from '../support/builders.ts'

test('what is started again and again, or has ended with a failure, does not stay up', async () => {
  const world = aWorld()
  const project = aProject({
    db: aService(),
    job: aService(),
    api: aService({ restart: 'always' }),
    web: aService(),
    other: aService(),
  })
  world.runtime.behaviours['job'] = { exitAfterMs: 10 }
  world.runtime.behaviours['api'] = { exitAfterMs: 100, exitCode: 4, writes: ['Error: no cart', 'bye'] }
  world.runtime.behaviours['web'] = { exitAfterMs: 10, exitCode: 137, outOfMemory: true }
  world.runtime.behaviours['other'] = { exitAfterMs: 10, exitCode: 1 }
  const { up } = createSessionPlans(project, hashOptions)
  await world.clock.run(applyPlan(world.deps, { project, command: 'stack up', plan: up, emit: () => {} }))
  while (world.runtime.byName('demo-api-1').restarts < 2) await world.clock.advance(50)
  while (world.runtime.byName('demo-api-1').state !== 'restarting') await world.clock.advance(10)
  const { signal } = new AbortController()
  const find = async () => {
    const containers = await world.runtime.listContainers({ project: project.name })
    const services = new Set(['db', 'job', 'api', 'web'])
    return findFallen(world.deps, { project, services, containers, signal })
  }
  expect(await world.clock.run(find())).toEqual([
    { service: 'api', ending: { exitCode: 4 }, restarts: 2, line: 'Error: no cart' },
    { service: 'web', ending: { exitCode: 137, outOfMemory: true }, restarts: 0 },
  ])
})
