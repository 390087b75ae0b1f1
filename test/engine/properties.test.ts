import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planDown } from '../../src/core/plan/plan-down.ts'
import { planUp } from '../../src/core/plan/plan-up.ts'
import type { Project } from '../../src/core/project/project.ts'
import type { Dependency, Service } from '../../src/core/project/service.ts'
import { applyPlan, type ApplyResult } from '../../src/engine/apply.ts'
import { aHealthcheck, aProject, aService, aWorld, hashOptions, needs, type World } from '../support/builders.ts'

const names = ['a', 'b', 'c', 'd', 'e'] as const
type Draft = {
  readonly dependencies: readonly { readonly on: number; readonly condition: Dependency['condition'] }[]
  readonly replicas: number
  readonly isHealthy: boolean
  readonly volume: 'none' | 'named' | 'anonymous'
  readonly environment: number
  readonly network: 'default' | 'back'
}

const draft: fc.Arbitrary<Draft> = fc.record({
  dependencies: fc.uniqueArray(
    fc.record({ on: fc.nat(3), condition: fc.constantFrom('service_started', 'service_healthy') }),
    { maxLength: 3, selector: ({ on }) => on },
  ),
  replicas: fc.integer({ min: 0, max: 3 }),
  isHealthy: fc.boolean(),
  volume: fc.constantFrom('none', 'named', 'anonymous'),
  environment: fc.nat(2),
  network: fc.constantFrom('default', 'back'),
})
const drafts = fc.array(draft, { minLength: 1, maxLength: names.length })

const toService = ({ dependencies, replicas, volume, environment, network }: Draft, index: number): Service => {
  // Only on services before it: no circles.
  const on = dependencies.filter((dependency) => dependency.on < index)
  return aService({
    healthcheck: aHealthcheck,
    scale: replicas,
    environment: { LEVEL: String(environment) },
    networks: { [network]: null },
    ...(on.length === 0
      ? {}
      : {
          depends_on: Object.fromEntries(
            on.map(({ on: dependency, condition }) => [names[dependency] ?? 'a', needs(condition)]),
          ),
        }),
    ...(volume === 'none'
      ? {}
      : { volumes: [{ type: 'volume', target: '/data', ...(volume === 'named' ? { source: 'data' } : {}) }] }),
  })
}
const toProject = (services: readonly Draft[], name = 'demo'): Project =>
  aProject(Object.fromEntries(services.map((service, index) => [names[index] ?? 'a', toService(service, index)])), {
    name,
    networks: { default: { name: `${name}_default` }, back: { name: `${name}_back` } },
    volumes: { data: { name: `${name}_data` } },
  })

const up = (world: World, project: Project, options: { readonly signal?: AbortSignal } = {}): Promise<ApplyResult> =>
  applyPlan(
    world.deps,
    {
      project,
      command: 'stack up',
      emit: () => {},
      plan: (observed, round) =>
        planUp(project, observed, { ...hashOptions, removeOrphans: true, settled: round.settledImages }),
    },
    options,
  )
const down = (world: World, project: Project): Promise<ApplyResult> =>
  applyPlan(world.deps, {
    project,
    command: 'stack down',
    emit: () => {},
    confirm: async () => true,
    plan: (observed) => planDown({ name: project.name, project }, observed, { volumes: true, removeOrphans: true }),
  })
const toPicture = (world: World, project: string): readonly string[] =>
  [
    ...[...world.runtime.containers.values()]
      .filter(({ spec }) => spec.project.name === project)
      .map(({ name, state, id }) => `${name} ${state} ${id}`),
    ...[...world.runtime.networks.values()]
      .filter(({ labels }) => labels['com.docker.compose.project'] === project)
      .map(({ name }) => name),
  ].toSorted()

describe('whatever the project', () => {
  test('what was applied needs nothing more, and down leaves nothing', () =>
    fc.assert(
      fc.asyncProperty(drafts, async (services) => {
        const world = aWorld()
        const project = toProject(services)
        const first = await world.clock.run(up(world, project))
        expect(first.failures).toEqual([])
        const second = await world.clock.run(up(world, project))
        expect(second.plans.flatMap((plan) => plan.steps.map((step) => step.id))).toEqual([])
        expect((await world.clock.run(down(world, project))).failures).toEqual([])
        expect(toPicture(world, 'demo')).toEqual([])
        expect([...world.runtime.volumes.keys()]).toEqual([])
      }),
      { numRuns: 60 },
    ))

  test('from any project to any other, and no other project is touched', () =>
    fc.assert(
      fc.asyncProperty(drafts, drafts, drafts, async (before, after, others) => {
        const world = aWorld()
        const other = toProject(others, 'other')
        await world.clock.run(up(world, other))
        const picture = toPicture(world, 'other')
        await world.clock.run(up(world, toProject(before)))
        const change = await world.clock.run(up(world, toProject(after)))
        expect(change.failures).toEqual([])
        expect(
          (await world.clock.run(up(world, toProject(after)))).plans.flatMap((plan) =>
            plan.steps.map((step) => step.id),
          ),
        ).toEqual([])
        await world.clock.run(down(world, toProject(after)))
        expect(toPicture(world, 'demo')).toEqual([])
        expect(toPicture(world, 'other')).toEqual(picture)
      }),
      { numRuns: 60 },
    ))

  test('cut off at any moment, the next run mends it', () =>
    fc.assert(
      fc.asyncProperty(drafts, drafts, fc.nat(40), async (before, after, ms) => {
        const world = aWorld()
        await world.clock.run(up(world, toProject(before)))
        const controller = new AbortController()
        const cut = up(world, toProject(after), { signal: controller.signal })
        cut.catch(() => {})
        await world.clock.advance(ms)
        controller.abort(new Error('cut'))
        await world.clock.run(cut.catch(() => {}))
        const mended = await world.clock.run(up(world, toProject(after)))
        expect(mended.failures).toEqual([])
        expect(
          (await world.clock.run(up(world, toProject(after)))).plans.flatMap((plan) =>
            plan.steps.map((step) => step.id),
          ),
        ).toEqual([])
        const running = [...world.runtime.containers.values()]
        expect(running.every(({ state, name }) => state === 'running' && /^demo-[a-e]-\d$/.test(name))).toBe(true)
        expect(running).toHaveLength(after.reduce((sum, { replicas }) => sum + replicas, 0))
      }),
      { numRuns: 80 },
    ))
})
