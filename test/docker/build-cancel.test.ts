import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type DockerClient } from '../../src/docker/connection/client.ts'
import { buildClassic } from '../../src/docker/image-build/build-classic.ts'
import { createBuildFollower } from '../../src/docker/image-build/build-follower.ts'
import { buildImage } from '../../src/docker/image-build/build-image.ts'
import { planBuild } from '../../src/docker/image-build/build-plan.ts'
import type { Build } from '../../src/core/project/service.ts'
import type { BuildSpec } from '../../src/engine/ports/image-runtime.ts'
import { eventually } from '../support/eventually.ts'
import { describeWhere } from '../support/not-run.ts'
import { engineAddress, removeProject, shellImage } from './engine.ts'

const project = `hb-cancel-${process.pid}`
let client: DockerClient
let folder: string

beforeAll(async () => {
  client = createClient({ address: engineAddress(), environment: process.env })
  folder = await mkdtemp(join(tmpdir(), 'stack-cancel-'))
})
afterAll(async () => {
  await removeProject(project)
  client.close()
  await rm(folder, { recursive: true, force: true })
})

const toSpec = (build: Build): BuildSpec => ({
  image: `${project}:latest`,
  build: { context: folder, ...build },
  projectName: project,
  serviceName: 'web',
  secrets: {},
  directory: folder,
  environment: {},
  labels: { 'com.docker.compose.project': project },
  serviceImages: {},
  noCache: true,
})

type Building = (spec: BuildSpec, signal: AbortSignal) => Promise<unknown>

const withBestBuilder: Building = (spec, signal) => buildImage(client, { spec, signal })
const withOldBuilder: Building = (spec, signal) => {
  const follower = createBuildFollower(() => undefined)
  const plan = planBuild(spec)
  return buildClassic(client, { spec, plan, buildkit: false, ssh: {}, follower, onProgress: () => undefined, signal })
}

/** Processes of this machine that are `sleep SECONDS`. */
const countSleepers = async (seconds: number): Promise<number> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line === `sleep\0${seconds}\0`).length
}

/** Builds until a step sleeps, and gives the build up then. @returns how long it would have slept */
const giveUp = async (build: Building, more: Build = {}): Promise<number> => {
  const seconds = 100_000 + Math.floor(Math.random() * 1_000_000)
  await writeFile(join(folder, 'Dockerfile'), `FROM ${shellImage}\nRUN sleep ${seconds}\n`)
  const controller = new AbortController()
  const reason = new Error('something newer has come')
  const building = build(toSpec(more), controller.signal).then(
    () => 'it was built',
    (error: unknown) => error,
  )
  await eventually(async () => expect(await countSleepers(seconds)).toBe(1), 30_000)
  const began = performance.now()
  controller.abort(reason)
  expect(await building).toBe(reason)
  expect(performance.now() - began).toBeLessThan(3_000)
  await eventually(async () => expect(await countSleepers(seconds)).toBe(0), 5_000)
  return seconds
}

const notHere =
  process.platform === 'linux' && (process.env['DOCKER_HOST'] ?? 'unix:').startsWith('unix:')
    ? undefined
    : "the engine's processes are not to be seen from here"

describeWhere('a build that is given up ends at the engine, too', notHere, () => {
  test("by the engine's own door", async () => void (await giveUp(withBestBuilder)))

  test("by BuildKit's own API, where the engine has it", async () => {
    const { buildkit } = await client.negotiated()
    if (buildkit) await giveUp(withBestBuilder, { no_cache_filter: ['none'] })
    else
      await expect(
        withBestBuilder(toSpec({ no_cache_filter: ['none'] }), new AbortController().signal),
      ).rejects.toThrow(/BuildKit/)
  })

  test('with the old builder, which leaves no container either', async () => {
    const seconds = await giveUp(withOldBuilder)
    await eventually(async () => {
      const containers = await client.docker.listContainers({ all: true })
      expect(containers.filter(({ Command }) => Command.includes(`sleep ${seconds}`))).toEqual([])
    }, 5_000)
  })
})
