import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildClassic } from '../../src/docker/image-build/build-classic.ts'
import { createBuildFollower } from '../../src/docker/image-build/build-follower.ts'
import { planBuild } from '../../src/docker/image-build/build-plan.ts'
import { createClient } from '../../src/docker/connection/client.ts'
import type { BuildProgress, BuildSpec } from '../../src/engine/ports/image-runtime.ts'
import { engineAddress, openRuntime, shellImage } from './engine.ts'

/** For engines without BuildKit (Podman, Windows); Docker's engines still have the old builder, too. */
const project = `hb-classic-${process.pid}`
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-classic-'))
})
afterAll(async () => {
  const runtime = openRuntime()
  await runtime.removeImage(`${project}:latest`, { force: true, signal: AbortSignal.timeout(30_000) })
  runtime.close()
  await rm(folder, { recursive: true, force: true })
})

test('the old builder gets the whole context but what is ignored, and a Dockerfile of the stack file', async () => {
  const long = `${'d'.repeat(80)}/${'f'.repeat(90)}`
  await mkdir(join(folder, 'd'.repeat(80)))
  await Promise.all([
    writeFile(join(folder, 'a.txt'), 'content of a'),
    writeFile(join(folder, long), 'long'),
    writeFile(join(folder, 'no.log'), 'x'),
    writeFile(join(folder, '.dockerignore'), '*.log\n'),
  ])
  const spec: BuildSpec = {
    image: `${project}:latest`,
    build: { context: folder, dockerfile_inline: `FROM ${shellImage}\nARG WORD\nCOPY . /app\nRUN echo $WORD; cat /app/a.txt /app/${long}; test ! -e /app/no.log\n`, args: { WORD: 'hi' } },
    projectName: project, serviceName: 'web', secrets: {}, directory: folder, environment: {}, labels: { 'com.docker.compose.project': project }, serviceImages: {}, noCache: true,
  } // prettier-ignore
  const seen: BuildProgress[] = []
  const onProgress = (progress: BuildProgress) => void seen.push(progress)
  const client = createClient({ address: engineAddress(), environment: process.env })
  const id = await buildClassic(client, {
    spec,
    plan: planBuild(spec),
    buildkit: false,
    ssh: {},
    follower: createBuildFollower(onProgress),
    onProgress,
    signal: undefined,
  })
  client.close()
  expect(id).toMatch(/^sha256:/)
  const output = seen.flatMap((one) => (one.kind === 'log' ? [one.text] : [])).join('\n')
  expect(output).toContain('hi')
  expect(output).toContain('content of along')
})
