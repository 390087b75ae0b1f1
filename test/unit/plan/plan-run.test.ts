import { expect, test } from 'vitest'
import { planRun, type OneOff } from '../../../src/core/plan/plan-run.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { dependsOn, emptyWorld, hashOptions, healthy, projectOf } from './world.ts'

const oneOffOf = (project: Project, more: Partial<OneOff> = {}): OneOff => {
  const definition = project.services['web']
  if (definition === undefined) throw new Error('there is no web')
  return {
    service: 'web',
    definition,
    name: 'shop-web-run-0123456789ab',
    slug: '0123456789ab',
    labels: { asked: 'yes' },
    servicePorts: false,
    useAliases: false,
    autoRemove: false,
    ...more,
  }
}
const plan = (project: Project, more: object = {}): ReturnType<typeof planRun> =>
  planRun(project, emptyWorld(project), { oneOff: oneOffOf(project), options: { ...hashOptions, ...more } })

const shop = projectOf({
  db: { healthcheck: { test: ['CMD', 'true'] } },
  web: { depends_on: { db: healthy }, post_start: [{ command: ['warm-up'] }], pre_start: [{ command: ['migrate'] }] },
  other: {},
})

test('what the service needs is made and ready; the container of the run is created and not started', () => {
  expect(toPlanText(plan(shop)).join('\n')).toMatchInlineSnapshot(`
    "  network.default/create  does not exist yet
      db.1/create             does not exist yet  after network.default/create
      web.1/create            asked for  after network.default/create
      db.1/start              is new  after db.1/create
      db/healthy              web waits for it  after db.1/start"
  `)
})

test('the images of its own hooks, which are not run, are not asked for; those of what it needs are', () => {
  const project = projectOf({
    db: { pre_start: [{ command: ['a'], image: 'fill:1' }] },
    web: { depends_on: { db: dependsOn() }, pre_start: [{ command: ['a'], image: 'tool:1' }] },
  })
  const pulled = plan(project).steps.flatMap(({ action }) => (action.kind === 'image/pull' ? [action.image] : []))
  expect(pulled).toEqual(['fill:1'])
})

test('--no-deps makes nothing else', () => {
  expect(toPlanText(plan(shop, { noDeps: true })).join('\n')).toMatchInlineSnapshot(`
    "  network.default/create  does not exist yet
      web.1/create            asked for  after network.default/create"
  `)
})

test('the container says that it is a one-off and what was asked for', () => {
  const create = plan(shop).steps.find(
    ({ action }) => action.kind === 'container/create' && action.service === 'web',
  )?.action
  if (create?.kind !== 'container/create') throw new Error('nothing is created')
  const { name, oneOff, labels } = create
  expect({
    name,
    oneOff,
    oneoff: labels['com.docker.compose.oneoff'],
    slug: labels['com.docker.compose.slug'],
    asked: labels['asked'],
  }).toEqual({
    name: 'shop-web-run-0123456789ab',
    oneOff: { servicePorts: false, useAliases: false, autoRemove: false },
    oneoff: 'True',
    slug: '0123456789ab',
    asked: 'yes',
  })
})

test('replicas of the service stay as they are, and services that depend on it are not started', () => {
  const project = projectOf({ web: {}, front: { depends_on: { web: dependsOn() } } })
  const world = emptyWorld(project)
  const replica = {
    id: 'aaaa',
    name: 'shop-web-1',
    project: 'shop',
    service: 'web',
    number: 1,
    oneOff: false,
    state: 'running' as const,
    image: 'old',
    imageId: 'sha256:old',
    labels: {},
    networks: [],
    mounts: [],
    ports: [],
    createdAt: 0,
    status: 'Up',
    command: '',
  }
  const made = planRun(
    project,
    { ...world, containers: [replica] },
    { oneOff: oneOffOf(project), options: hashOptions },
  )
  expect(toPlanText(made).join('\n')).toMatchInlineSnapshot(`
    "  network.default/create  does not exist yet
      web.1/create            asked for  after network.default/create"
  `)
})
