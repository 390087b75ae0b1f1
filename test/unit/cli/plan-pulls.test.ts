import { expect, test } from 'vitest'
import { planPulls } from '../../../src/cli/commands/pull.ts'
import type { ObservedImage } from '../../../src/core/plan/observed.ts'
import type { Service } from '../../../src/core/project/service.ts'
import { emptyWorld, imageOf, projectOf } from '../plan/world.ts'

const day = 86_400
const now = 10 * day
const here = (more: Partial<ObservedImage> = {}): ObservedImage => ({
  ...imageOf('one'),
  createdAt: 0,
  taggedAt: now,
  ...more,
})
const pulls = (
  service: Partial<Service>,
  { image, policy, preset }: { image?: ObservedImage; policy?: string; preset?: string } = {},
): readonly string[] => {
  const base = projectOf({ web: { image: 'app:latest', ...service } })
  const project = {
    ...base,
    context: { ...base.context, environment: preset === undefined ? {} : { DOCKER_DEFAULT_PLATFORM: preset } },
  }
  const world = {
    ...emptyWorld(project),
    images: new Map(image === undefined ? [] : [['app:latest', image]]),
    observedAt: now * 1000,
  }
  const { steps } = planPulls(project, world, {
    names: ['web'],
    withBuildable: true,
    optional: false,
    ...(policy === undefined ? {} : { policy }),
  })
  return steps.map(({ action }) =>
    action.kind === 'image/pull' ? `${action.image} ${action.platform ?? ''}`.trim() : '',
  )
}

test.each([
  ['no policy', {}, { image: here() }, true],
  ['always', { pull_policy: 'always' }, { image: here() }, true],
  ['never, and there is none', { pull_policy: 'never' }, {}, false],
  ['build', { pull_policy: 'build', build: { context: '.' } }, {}, false],
  ['missing, and it is here', { pull_policy: 'missing' }, { image: here() }, false],
  ['missing, and there is none', { pull_policy: 'missing' }, {}, true],
  [
    'missing, and it is here for another platform',
    { pull_policy: 'missing', platform: 'linux/arm64' },
    { image: here() },
    true,
  ],
  ['daily, of today', { pull_policy: 'daily' }, { image: here() }, false],
  ['daily, of yesterday', { pull_policy: 'daily' }, { image: here({ taggedAt: now - day - 1 }) }, true],
  ['weekly, of yesterday', { pull_policy: 'weekly' }, { image: here({ taggedAt: now - day - 1 }) }, false],
  ['weekly, of last week', { pull_policy: 'weekly' }, { image: here({ taggedAt: now - 8 * day }) }, true],
  ['every hour, of two hours ago', { pull_policy: 'every_1h' }, { image: here({ taggedAt: now - 7200 }) }, true],
  ['every two days, of yesterday', { pull_policy: 'every_2d' }, { image: here({ taggedAt: now - day }) }, false],
  [
    'every week and a day, of nine days ago',
    { pull_policy: 'every_1w1d' },
    { image: here({ taggedAt: now - 9 * day }) },
    true,
  ],
  ['--policy missing in place of always', { pull_policy: 'always' }, { image: here(), policy: 'missing' }, false],
  ['--policy always in place of never', { pull_policy: 'never' }, { image: here(), policy: 'always' }, true],
  [
    '--policy always of an image that has no name of its own',
    { image: undefined as never, build: { context: '.' } },
    { policy: 'always' },
    false,
  ],
])('pull with %s', (_, service: Partial<Service>, options: Parameters<typeof pulls>[1], expected) => {
  expect(pulls(service, options).length > 0).toBe(expected)
})

test('pull asks for the platform of the service, or for the default one', () => {
  expect(pulls({ platform: 'linux/arm64' }, { preset: 'linux/386' })).toEqual(['app:latest linux/arm64'])
  expect(pulls({}, { preset: 'linux/386' })).toEqual(['app:latest linux/386'])
  expect(pulls({})).toEqual(['app:latest'])
})
