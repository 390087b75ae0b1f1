import { describe, expect, test } from 'vitest'
import { runsImage } from '../../../src/core/plan/image-content.ts'
import type { ImageContent, ObservedImage } from '../../../src/core/plan/observed.ts'
import { planRun } from '../../../src/core/plan/plan-run.ts'
import { toPlanText } from '../../../src/core/plan/plan-text.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { label } from '../../../src/core/project/identity.ts'
import { emptyWorld, hashOptions, imageOf, projectOf } from './world.ts'

const engine = { os: 'linux', architecture: 'amd64' }
const content = (id: string, architecture: string): ImageContent => ({
  id,
  platform: { os: 'linux', architecture, variant: '' },
})
const index: ObservedImage = { ...imageOf('index'), contents: [content('amd', 'amd64'), content('arm', 'arm64')] }
const made = (imageId: string, { contentId, written }: { contentId?: string; written?: string } = {}) => ({
  imageId,
  ...(contentId === undefined ? {} : { contentId }),
  labels: written === undefined ? {} : { [label.image]: written },
})

test.each([
  ['the same id', made('index'), {}, true],
  ['another id', made('old'), {}, false],
  ['another index of the same manifest', made('old', { contentId: 'amd' }), {}, true],
  ['the same index, run for another platform', made('index', { contentId: 'arm' }), {}, false],
  ['the platform that is wanted', made('index', { contentId: 'arm' }), { platform: 'linux/arm64' }, true],
  ['a platform that is not wanted', made('index', { contentId: 'amd' }), { platform: 'linux/arm64' }, false],
  ['a label with the index', made('', { written: 'index' }), {}, true],
  ['a label with the manifest, as Docker Compose 5.5 writes it', made('', { written: 'amd' }), {}, true],
  ['a label with the manifest of another platform', made('', { written: 'arm' }), {}, false],
])('a container made from %s', (_, container, wanted: { platform?: string }, expected) => {
  expect(runsImage(container, { image: index, platform: wanted.platform, engine })).toBe(expected)
})

test('an image that is kept as it is, and not as an index, is known by its id or by the label', () => {
  const image = imageOf('new')
  expect(runsImage(made('new'), { image, platform: 'linux/amd64', engine })).toBe(true)
  expect(runsImage(made('x', { written: 'new' }), { image, platform: undefined, engine })).toBe(true)
  expect(runsImage(made('old', { written: 'older' }), { image, platform: undefined, engine })).toBe(false)
})

describe('an image that is here', () => {
  const preset = (project: Project, platform: string): Project => ({
    ...project,
    context: { ...project.context, environment: { DOCKER_DEFAULT_PLATFORM: platform } },
  })
  const text = (project: Project, image: ObservedImage): string => {
    const world = { ...emptyWorld(project), images: new Map([['web:1', image]]) }
    return toPlanText(planUp(project, world, hashOptions))[0]?.trim() ?? ''
  }
  const plain = projectOf({ web: {} })
  const arm = projectOf({ web: { platform: 'linux/arm64' } })
  const pull = 'image.web:1/pull        the image is missing'

  test.each([
    ['for another platform is none', arm, imageOf('one'), true],
    ['for several is there for each', arm, index, false],
    [
      'for several, without the one that is wanted, is none',
      projectOf({ web: { platform: 'linux/s390x' } }),
      index,
      true,
    ],
    ['is taken as it is where nobody names a platform', plain, { ...imageOf('one'), architecture: 'arm64' }, false],
    ['is looked at for DOCKER_DEFAULT_PLATFORM too', preset(plain, 'linux/arm64'), imageOf('one'), true],
  ] as const)('%s', (_, project, image, pulled) => {
    expect(text(project, image).startsWith('image.web:1/pull')).toBe(pulled)
    if (pulled) expect(text(project, image)).toContain(pull.split('  ').at(-1))
  })

  test('and may not be pulled is named with the platform that is missing', () => {
    const never = projectOf({ web: { platform: 'linux/arm64', pull_policy: 'never' } })
    expect(() => text(never, imageOf('one'))).toThrow(
      'The engine has no image "web:1" for linux/arm64 for service "web"',
    )
  })

  test('goes by DOCKER_DEFAULT_PLATFORM in the pull, the containers of up and those of run', () => {
    const project = preset(plain, 'linux/arm64')
    const world = { ...emptyWorld(project), images: new Map<string, ObservedImage>() }
    const oneOff = {
      service: 'web',
      definition: project.services['web']!,
      name: 'once',
      slug: 'x',
      labels: {},
      servicePorts: false,
      useAliases: false,
      autoRemove: false,
    }
    const plans = [planUp(project, world, hashOptions), planRun(project, world, { oneOff, options: hashOptions })]
    const platforms = plans.map(({ steps }) =>
      steps.flatMap(({ action }) =>
        action.kind === 'image/pull'
          ? [action.platform]
          : action.kind === 'container/create'
            ? [action.definition.platform]
            : [],
      ),
    )
    expect(platforms).toEqual([
      ['linux/arm64', 'linux/arm64'],
      ['linux/arm64', 'linux/arm64'],
    ])
  })
})
