import { describe, expect, test } from 'vitest'
import type { Observed, ObservedImage } from '../../../src/core/plan/observed.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import { label } from '../../../src/core/project/identity.ts'
import type { Project } from '../../../src/core/project/project.ts'
import type { Service } from '../../../src/core/project/service.ts'
import { applyPlan, emptyWorld, hashOptions, imageOf, projectOf } from './world.ts'

const mounting = (source: string, more: Partial<Service> = {}): Partial<Service> => ({
  volumes: [{ type: 'image', source, target: '/data' }],
  ...more,
})
const withImages = (world: Observed, images: Readonly<Record<string, ObservedImage>>): Observed => ({
  ...world,
  images: new Map(Object.entries(images)),
})
const text = (project: Project, world: Observed): string =>
  toPlanText(planUp(project, world, { ...hashOptions, start: false })).join('\n')
const sourceIn = (project: Project, world: Observed): string | undefined => {
  const steps = planUp(project, world, hashOptions).steps
  const create = steps.find(({ action }) => action.kind === 'container/create' && action.service === 'web')
  return create?.action.kind === 'container/create' ? create.action.definition.volumes?.[0]?.source : undefined
}

describe('an image that is mounted', () => {
  const plain = projectOf({ web: mounting('files:2') })
  const built = projectOf({ web: mounting('source'), source: { build: { context: '.' } } })
  const here = { 'web:1': imageOf('web') }

  test('and is missing is pulled before the container is made', () => {
    expect(text(plain, withImages(emptyWorld(plain), here))).toMatchInlineSnapshot(`
      "  image.files:2/pull      the image is missing
        network.default/create  does not exist yet
        web.1/create            does not exist yet  after image.files:2/pull, network.default/create"
    `)
  })
  test('and is here is not pulled', () => {
    const world = withImages(emptyWorld(plain), { ...here, 'files:2': imageOf('files') })
    expect(text(plain, world)).not.toContain('pull')
  })
  test('of a service is built before, and mounted under its name', () => {
    const world = withImages(emptyWorld(built), here)
    expect(text(built, world)).toMatchInlineSnapshot(`
      "  source/build            the image is missing
        network.default/create  does not exist yet
        web.1/create            does not exist yet  after source/build, network.default/create
        source.1/create         does not exist yet  after source/build, network.default/create"
    `)
    expect(sourceIn(built, world)).toBe('shop-source')
    expect(sourceIn(built, withImages(world, { ...here, 'shop-source': imageOf('x') }))).toBe('shop-source')
  })
  test('of a service that is not asked for is built all the same', () => {
    const world = withImages(emptyWorld(built), here)
    const plan = planUp(built, world, { ...hashOptions, services: ['web'], noDeps: true })
    expect(plan.steps.map(({ id }) => id)).toContain('source/build')
  })
  test('by a name that is an image is that image, whatever services are called', () => {
    const world = withImages(emptyWorld(built), { ...here, source: imageOf('x'), 'shop-source': imageOf('y') })
    expect(sourceIn(built, world)).toBe('source')
  })
  test.each([
    ['another image', 'files', 'newer', true],
    ['the same image', 'files', 'files', false],
  ])('makes the container anew when it is %s by now', (_, made, now, anew) => {
    const first = withImages(emptyWorld(plain), { ...here, 'files:2': imageOf(made) })
    const up = applyPlan(plain, first, planUp(plain, first, hashOptions))
    const remembering = {
      ...withImages(up, { ...here, 'files:2': imageOf(now) }),
      containers: up.containers.map((each) => ({
        ...each,
        labels: { ...each.labels, [label.mountedImages]: JSON.stringify({ '/data': made }) },
      })),
    }
    expect(text(plain, remembering).includes('files:2, mounted at /data, is a new image')).toBe(anew)
  })
  test('and is about to be pulled leaves its users to the next round', () => {
    const first = withImages(emptyWorld(plain), { ...here, 'files:2': imageOf('files') })
    const up = withImages(applyPlan(plain, first, planUp(plain, first, hashOptions)), here)
    expect(text(plain, up)).toMatchInlineSnapshot(`"  image.files:2/pull  the image is missing"`)
  })
})
