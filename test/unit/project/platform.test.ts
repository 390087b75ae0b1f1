import { expect, test } from 'vitest'
import { toServiceHash } from '../../../src/core/project/compose-hash.ts'
import { isPlatform, platformOf, withDefaultPlatform } from '../../../src/core/project/platform.ts'
import { aProject, aService, hashOptions } from '../../support/builders.ts'

test.each([
  ['linux/amd64', 'linux/amd64', true],
  ['linux/amd64', 'linux/x86_64', true],
  ['linux/amd64', 'linux/amd64/v1', true],
  ['linux/amd64', 'linux/amd64/v2', false],
  ['linux/amd64', 'amd64', true],
  ['linux/amd64', 'x86-64', true],
  ['linux/amd64', 'linux', true],
  ['linux/amd64', 'windows', false],
  ['linux/amd64', 'Linux/AMD64', true],
  ['linux/amd64', 'linux/arm64', false],
  ['linux/arm64/v8', 'linux/arm64', true],
  ['linux/arm64', 'linux/aarch64', true],
  ['linux/arm64', 'linux/arm64/8', true],
  ['linux/arm/v7', 'linux/arm', true],
  ['linux/arm/v7', 'linux/armhf', true],
  ['linux/arm/v6', 'linux/arm', false],
  ['linux/arm/v6', 'linux/armel', true],
  ['linux/arm', 'linux/arm/v7', true],
  ['linux/386', 'linux/i386', true],
])('what is made for %s serves %s: %s', (text, wanted, expected) => {
  const [os = '', architecture = '', variant = ''] = text.split('/')
  expect(isPlatform({ os, architecture, variant }, wanted)).toBe(expected)
})

test.each([
  [{ platform: 'linux/amd64' }, { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }, 'linux/amd64'],
  [{}, { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }, 'linux/arm64'],
  [{}, { DOCKER_DEFAULT_PLATFORM: '' }, undefined],
  [{}, {}, undefined],
])('%j with %j is for %s', (service, environment, expected) => {
  expect(platformOf(service, environment as Readonly<Record<string, string>>)).toBe(expected)
})

test('the default platform is part of what a built service is made from, as Docker Compose 2.40 hashes it, and of no other', () => {
  const base = aProject({
    web: aService({ image: 'images-t-plat2', build: { context: '.' }, command: ['x'] }),
    plain: aService({ image: 'images-t-plat2', command: ['x'] }),
  })
  const preset = { ...base, context: { ...base.context, environment: { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' } } }
  const hashes = Object.values(withDefaultPlatform(preset).services).map((each) =>
    toServiceHash(each, hashOptions.digest),
  )
  expect(hashes).toEqual([
    '53a6b476507dd1e78908e6791972003a1402d0936785fda7c701f151482c98b2',
    '113b3df125cb1b684c4d8068fa9cc1fe8e9aff78cc238fb0139dc9e5fa41a313',
  ])
})
