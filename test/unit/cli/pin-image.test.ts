import { expect, test } from 'vitest'
import { pinImage } from '../../../src/cli/up/pin-image.ts'

const asked: string[] = []
const runtime = {
  resolveDigest: async (reference: string) => {
    asked.push(reference)
    return 'sha256:new'
  },
}

test.each([
  ['nginx', 'docker.io/library/nginx:latest@sha256:new'],
  ['nginx:1', 'docker.io/library/nginx:1@sha256:new'],
  ['team/app:1', 'docker.io/team/app:1@sha256:new'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest@sha256:new'],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest@sha256:new'],
  ['localhost/app', 'localhost/app:latest@sha256:new'],
  ['host:5000/team/app:1', 'host:5000/team/app:1@sha256:new'],
  ['ghcr.io/a/b/c:v1', 'ghcr.io/a/b/c:v1@sha256:new'],
])('%s is pinned as %s', async (image, pinned) => {
  asked.length = 0
  expect(await pinImage(image, { runtime, signal: AbortSignal.abort() })).toBe(pinned)
  expect(asked).toEqual([pinned.split('@')[0]])
})

test('an image that has a digest is asked about nowhere', async () => {
  asked.length = 0
  expect(await pinImage('nginx:1@sha256:old', { runtime, signal: AbortSignal.abort() })).toBe(
    'docker.io/library/nginx@sha256:old',
  )
  expect(asked).toEqual([])
})
