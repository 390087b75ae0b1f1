import { expect, test } from 'vitest'
import { checkBuildPlatforms, selectBuildPlatforms } from '../../../src/core/plan/build-platforms.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Service } from '../../../src/core/project/service.ts'
import { aProject, aService, hashOptions } from '../../support/builders.ts'
import { emptyWorld } from './world.ts'

const built = (platforms: readonly string[] | undefined, more: Partial<Service> = {}): Service =>
  aService({ build: { context: '/work', ...(platforms === undefined ? {} : { platforms }) }, ...more })
const amd = 'linux/amd64'
const arm = 'linux/arm64'

test.each([
  { toRun: [], toBuild: [] },
  { platform: arm, toRun: [arm], toBuild: [arm] },
  { preset: arm, toRun: [arm], toBuild: [arm] },
  { platform: amd, preset: arm, toRun: [amd], toBuild: [amd] },
  { listed: [arm], toRun: [arm], toBuild: [arm] },
  { listed: [amd, arm], toRun: [], toBuild: [amd, arm] },
  { listed: [amd, arm], platform: arm, toRun: [arm], toBuild: [amd, arm] },
  { listed: [amd, arm], preset: arm, toRun: [arm], toBuild: [amd, arm] },
  { listed: [amd, arm], preset: '', toRun: [], toBuild: [amd, arm] },
])(
  '$listed listed, $platform for the service, $preset by default: $toRun to run, $toBuild to build',
  ({ listed, platform, preset, toRun, toBuild }) => {
    const service = built(listed, platform === undefined ? {} : { platform })
    const environment: Readonly<Record<string, string>> =
      preset === undefined ? {} : { DOCKER_DEFAULT_PLATFORM: preset }
    expect(selectBuildPlatforms(service, { all: false, environment })).toEqual(toRun)
    expect(selectBuildPlatforms(service, { all: true, environment })).toEqual(toBuild)
    expect(checkBuildPlatforms('web', { service, environment })).toEqual([])
  },
)

test('a default platform that a service is not built for is said before anything is done', () => {
  const base = aProject({ web: built([amd]) })
  const project = { ...base, context: { ...base.context, environment: { DOCKER_DEFAULT_PLATFORM: arm } } }
  expect(() => planUp(project, emptyWorld(), hashOptions)).toThrow(
    'Service "web" is built for linux/amd64, and not for linux/arm64, which DOCKER_DEFAULT_PLATFORM names.',
  )
})
