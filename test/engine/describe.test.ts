import { expect, test } from 'vitest'
import { toSessionStarted } from '../../src/engine/session/describe.ts'
import { aProject, aService } from '../support/builders.ts'

test('services are told in the order of the files, and what stands nowhere comes last', () => {
  const project = aProject({
    api: aService({}),
    db: aService({}),
    web: aService({}),
    made: aService({}),
    cache: aService({}),
  })
  const places: Readonly<Record<string, readonly [file: string, line: number, column: number]>> = {
    web: ['/work/stack.yaml', 2, 3],
    db: ['/work/stack.yaml', 9, 20],
    cache: ['/work/stack.yaml', 9, 3],
    api: ['/work/more.yaml', 1, 3],
  }
  const findPlace = (path: string) => {
    const place = places[path.replace('services.', '')]
    return place === undefined ? undefined : { file: place[0], line: place[1], column: place[2], length: 1 }
  }
  const started = toSessionStarted({ ...project, context: { ...project.context, findPlace } }, { command: 'up' })
  expect(started.type === 'session/started' ? started.services.map(({ name }) => name) : []).toEqual([
    'web',
    'cache',
    'db',
    'api',
    'made',
  ])
})

test('tiers are told as the file lists them', () => {
  const project = { ...aProject({ web: aService({ 'x-tier': 'edge' }) }), extensions: { 'x-tiers': ['edge', 'core'] } }
  expect(toSessionStarted(project, { command: 'up' })).toMatchObject({ tiers: ['edge', 'core'] })
  expect(toSessionStarted(aProject({ web: aService({}) }), { command: 'up' })).not.toHaveProperty('tiers')
})
