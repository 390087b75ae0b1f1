import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Observed, ObservedContainer } from '../../../src/core/plan/observed.ts'
import { planDown } from '../../../src/core/plan/plan-down.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import { label } from '../../../src/core/project/identity.ts'
import type { Project } from '../../../src/core/project/project.ts'
import type { Dependency, Service } from '../../../src/core/project/service.ts'
import { applyPlan, dependsOn, emptyWorld, hashOptions, projectOf } from '../../unit/plan/world.ts'

/** Random projects: dependencies go to earlier services only, as a file without cycles has them. */
const conditions = ['service_started', 'service_healthy', 'service_completed_successfully'] as const
const serviceArbitrary = (index: number): fc.Arbitrary<Partial<Service>> =>
  fc
    .record({
      environment: fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('1', '2')),
      scale: fc.integer({ min: 0, max: 3 }),
      volume: fc.constantFrom(undefined, 'one', 'two'),
      network: fc.constantFrom('front', 'back'),
      shares: fc.boolean(),
      dependencies: fc.array(
        fc.record({
          on: fc.nat(Math.max(0, index - 1)),
          condition: fc.constantFrom(...conditions),
          restart: fc.boolean(),
          required: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
    })
    .map(({ environment, scale, volume, network, shares, dependencies }) => {
      const depends: Record<string, Dependency> = {}
      for (const { on, condition, restart, required } of index === 0 ? [] : dependencies)
        depends[`s${on}`] = dependsOn(condition, { restart, required })
      const parent = shares && index > 0 ? 's0' : undefined
      if (parent !== undefined) depends[parent] ??= dependsOn('service_started', { restart: true })
      return {
        environment,
        depends_on: depends,
        // A namespace needs a container to be shared with.
        scale: index === 0 ? Math.max(1, scale) : scale,
        ...(parent === undefined ? { networks: { [network]: null } } : { network_mode: `service:${parent}` }),
        ...(volume === undefined ? {} : { volumes: [{ type: 'volume' as const, source: volume, target: '/data' }] }),
      }
    })
const projectArbitrary: fc.Arbitrary<Project> = fc
  .integer({ min: 1, max: 6 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => serviceArbitrary(index)), fc.boolean()))
  .map((drawn) => {
    const internal = drawn.at(-1) === true
    const services = drawn.slice(0, -1) as Partial<Service>[]
    return projectOf(Object.fromEntries(services.map((service, index) => [`s${index}`, service])), {
      networks: { front: { name: 'shop_front', internal }, back: { name: 'shop_back' } },
      volumes: { one: { name: 'shop_one' }, two: { name: 'shop_two' } },
    })
  })

const up = (project: Project, world: Observed): Observed =>
  applyPlan(project, world, planUp(project, world, hashOptions))
const withImages = (project: Project, world: Observed): Observed => ({
  ...world,
  images: new Map([...world.images, ...emptyWorld(project).images]),
})
const states = ['created', 'running', 'exited', 'paused', 'dead'] as const
/** Somebody else has been at the containers. */
const disturb = (world: Observed, seeds: readonly number[]): Observed => ({
  ...world,
  containers: world.containers.flatMap((container, index): ObservedContainer[] => {
    const seed = seeds[index % Math.max(1, seeds.length)] ?? 0
    return seed % 7 === 6
      ? []
      : [{ ...container, state: states[seed % states.length] ?? 'running', exitCode: seed % 3 }]
  }),
})

const foreign: ObservedContainer = {
  id: 'f'.repeat(64),
  name: 'other-web-1',
  project: 'other',
  service: 's0',
  number: 1,
  oneOff: false,
  state: 'running',
  image: 'x',
  imageId: 'x',
  labels: { [label.project]: 'other' },
  networks: [],
  mounts: [],
  ports: [],
  createdAt: 0,
  status: '',
  command: '',
}

test('after a plan has been carried out, planning again finds nothing to do', () => {
  fc.assert(
    fc.property(projectArbitrary, (project) => {
      expect(planUp(project, up(project, emptyWorld(project)), hashOptions).steps.map(({ id }) => id)).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('from any project to any other, through any disturbance, one plan is enough', () => {
  fc.assert(
    fc.property(
      projectArbitrary,
      projectArbitrary,
      fc.array(fc.nat(100), { maxLength: 12 }),
      (before, after, seeds) => {
        const world = disturb(up(before, emptyWorld(before)), seeds)
        const end = up(after, withImages(after, world))
        expect(planUp(after, end, hashOptions).steps.map(({ id }) => id)).toEqual([])
      },
    ),
    { numRuns: 400 },
  )
})

test('a plan cut off anywhere is finished by the next one', () => {
  fc.assert(
    fc.property(projectArbitrary, projectArbitrary, fc.nat(60), (before, after, cut) => {
      const world = withImages(after, up(before, emptyWorld(before)))
      const plan = planUp(after, world, hashOptions)
      const end = up(after, applyPlan(after, world, plan, { count: cut % (plan.steps.length + 1) }))
      expect(planUp(after, end, hashOptions).steps.map(({ id }) => id)).toEqual([])
      expect(new Set(end.containers.map(({ name }) => name)).size).toBe(end.containers.length)
    }),
    { numRuns: 400 },
  )
})

test('down leaves nothing of the project, wherever up was cut off', () => {
  fc.assert(
    fc.property(projectArbitrary, fc.nat(60), (project, cut) => {
      const plan = planUp(project, emptyWorld(project), hashOptions)
      const world = applyPlan(project, emptyWorld(project), plan, { count: cut % (plan.steps.length + 1) })
      const end = applyPlan(project, world, planDown({ name: 'shop', project }, world, { volumes: true }))
      expect([end.containers, end.networks, end.volumes]).toEqual([[], [], []])
    }),
    { numRuns: 300 },
  )
})

test('every step stands behind what it needs', () => {
  fc.assert(
    fc.property(projectArbitrary, projectArbitrary, (before, after) => {
      const { steps } = planUp(after, withImages(after, up(before, emptyWorld(before))), hashOptions)
      const seen = new Set<string>()
      for (const step of steps) {
        for (const need of [...step.needs, ...(step.after ?? [])]) expect(seen).toContain(need)
        seen.add(step.id)
      }
    }),
    { numRuns: 300 },
  )
})

test('no plan names a volume to be removed unless the file changed it', () => {
  fc.assert(
    fc.property(projectArbitrary, projectArbitrary, (before, after) => {
      const { steps } = planUp(after, withImages(after, up(before, emptyWorld(before))), hashOptions)
      expect(steps.filter(({ destructive }) => destructive)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('containers of another project are in no plan', () => {
  fc.assert(
    fc.property(projectArbitrary, (project) => {
      const world = { ...up(project, emptyWorld(project)) }
      const touched = planDown(
        { name: 'shop', project },
        { ...world, containers: [...world.containers, foreign].filter(({ project: name }) => name === 'shop') },
        { volumes: true },
      )
      expect(JSON.stringify(touched)).not.toContain(foreign.id)
    }),
    { numRuns: 50 },
  )
})
