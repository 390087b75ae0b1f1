import { expect, test } from 'vitest'
import { planDown } from '../../../src/core/plan/plan-down.ts'
import { toPlanOverview } from '../../../src/core/plan/plan-overview.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Observed } from '../../../src/core/plan/observed.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { applyPlan, dependsOn, emptyWorld, hashOptions, projectOf } from './world.ts'

const of = (environment: Record<string, string>, network: object = {}): Project =>
  projectOf(
    {
      web: { environment, depends_on: { db: dependsOn() } },
      db: { networks: { back: null }, volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
      built: { build: { context: '.' } },
    },
    {
      networks: { default: { name: 'shop_default' }, back: { name: 'shop_back', ...network } },
      volumes: { data: { name: 'shop_data' } },
    },
  )

const withoutImage = (world: Observed): Observed => ({
  ...world,
  images: new Map([...world.images].filter(([name]) => name !== 'shop-built')),
})
const upWorld = (project: Project): Observed =>
  applyPlan(project, emptyWorld(project), planUp(project, emptyWorld(project), hashOptions))

test('what comes', () => {
  const project = of({})
  expect(toPlanOverview(planUp(project, withoutImage(emptyWorld(project)), hashOptions)).join('\n'))
    .toMatchInlineSnapshot(`
    "+ built            build: the image is missing
    + network.default  create: does not exist yet
    + network.back     create: does not exist yet
    + volume.data      create: does not exist yet
    + db.1             create: does not exist yet
    + web.1            create: does not exist yet
    + built.1          create: does not exist yet"
  `)
})

test('what changes, and what stays', () => {
  const world = upWorld(of({ A: '1' }))
  expect(toPlanOverview(planUp(of({ A: '2' }, { internal: true }), world, hashOptions)).join('\n'))
    .toMatchInlineSnapshot(`
    "~ db.1          start: was stopped for this change
    ~ network.back  recreate: definition of network back changed
    ~ web.1         recreate: environment A changed
    = built"
  `)
})

test('what goes', () => {
  const project = of({})
  expect(toPlanOverview(planDown({ name: 'shop', project }, upWorld(project), { volumes: true })).join('\n'))
    .toMatchInlineSnapshot(`
    "- web.1            remove: goes down
    - db.1             remove: goes down
    - built.1          remove: goes down
    - network.default  remove: nothing of the project uses it any more
    - network.back     remove: nothing of the project uses it any more
    - volume.data      remove: asked for with --volumes"
  `)
})
