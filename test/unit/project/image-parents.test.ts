import { expect, test } from 'vitest'
import { toImageParents } from '../../../src/core/project/image-parents.ts'
import { projectOf } from '../plan/world.ts'

test('images of other services, whatever their names are written like', () => {
  const project = projectOf({
    base: { image: 'team/base', build: { context: '/base' } },
    plain: { build: { context: '/plain' } },
    app: { build: { context: '/app', args: { BASE: 'docker.io/team/base:latest' } } },
    own: { image: 'app', build: { context: '/own' } },
    other: {
      image: 'elsewhere',
      build: { context: '/other', additional_contexts: { stuff: 'service:plain', 'team/base': '/x' } },
    },
    pulled: { image: 'redis' },
  })
  const parents = toImageParents(
    project,
    new Map([
      ['app', { all: ['docker.io/team/base:latest', 'shop-plain'], below: 'docker.io/team/base:latest' }],
      ['own', { all: ['app'], below: 'app' }],
      ['other', { all: ['team/base'], below: 'team/base' }],
      ['plain', { all: ['redis'], below: 'redis' }],
    ]),
  )
  expect(Object.fromEntries(parents)).toEqual({
    app: { all: ['base', 'plain'], below: 'base' },
    other: { all: ['plain'] },
  })
})
