import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Build } from '../../src/core/project/service.ts'
import type { BuildSpec } from '../../src/engine/ports/image-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { createEngineApi } from '../support/engine-api.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

/**
 * What only containerd's image store can hold. Every engine answers one way or the other: with that store (an engine that
 * was started with `--feature containerd-snapshotter`, or version 29 on) the image is looked at, with the classic one the refusal.
 */
const project = `hb-store-${process.pid}`
const image = `${project}:latest`
const engine = createEngineApi()
let runtime: Runtime
let folder: string
let hasStore: boolean

beforeAll(async () => {
  runtime = openRuntime()
  folder = await mkdtemp(join(tmpdir(), 'stack-store-'))
  await writeFile(join(folder, 'a.txt'), 'a')
  const { DriverStatus } = await engine.call<{ readonly DriverStatus: readonly (readonly string[])[] | null }>(
    'GET',
    '/info',
  )
  hasStore = JSON.stringify(DriverStatus).includes('io.containerd.snapshotter')
})
afterAll(async () => {
  await runtime.removeImage(image, { force: true })
  await removeProject(project)
  runtime.close()
  await rm(folder, { recursive: true, force: true })
})

const toSpec = (build: Build, platforms: readonly string[]): BuildSpec => ({
  image,
  build: { context: folder, dockerfile_inline: 'FROM scratch\nARG TARGETARCH\nCOPY a.txt /$TARGETARCH\n', ...build },
  projectName: project,
  serviceName: 'web',
  secrets: {},
  directory: folder,
  environment: {},
  labels: { 'com.docker.compose.project': project },
  platforms,
  serviceImages: {},
})

type Manifest = {
  readonly Kind: 'image' | 'attestation'
  readonly ImageData?: { readonly Platform: { readonly architecture: string } }
  readonly Size: { readonly Content: number }
}

/** The architectures that the image is there for, and how many things are attested of it. */
const look = async (): Promise<{ readonly architectures: readonly string[]; readonly attested: number }> => {
  const { Manifests } = await engine.call<{ readonly Manifests: readonly Manifest[] }>(
    'GET',
    `/images/${image}/json?manifests=true`,
  )
  return {
    architectures: Manifests.flatMap(({ ImageData }) => ImageData?.Platform.architecture ?? []).toSorted(),
    attested: Manifests.filter(({ Kind, Size }) => Kind === 'attestation' && Size.Content > 0).length,
  }
}

const refused = (key: string, has: string): string =>
  `build.${key} of service "web" needs BuildKit and the containerd image store ("features": { "containerd-snapshotter": true } in the engine's daemon.json); this engine has ${has}.`

test('an image for several platforms', async () => {
  const building = runtime.buildImage(toSpec({}, ['linux/amd64', 'linux/arm64']))
  if (!hasStore)
    return expect(building).rejects.toThrow(refused('platforms with several platforms', 'the classic image store'))
  const { imageId } = await building
  expect((await runtime.inspectImage(image))?.id).toBe(imageId)
  expect(await look()).toEqual({ architectures: ['amd64', 'arm64'], attested: 0 })
})

test.each([
  ['provenance', { provenance: true }],
  ['provenance', { provenance: 'mode=max' }],
] as const)('%s is attested: %o', async (key, build) => {
  const building = runtime.buildImage(toSpec(build, []))
  if (!hasStore) return expect(building).rejects.toThrow(refused(key, 'the classic image store'))
  await building
  expect(await look()).toMatchObject({ architectures: [expect.any(String)], attested: 1 })
})

test('what is in an image is attested by the generator that is named', async () => {
  const generator = `${project}:generator`
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    predicate: { SPDXID: 'SPDXRef-DOCUMENT' },
  }
  const script = `echo '${JSON.stringify(statement)}' > $BUILDKIT_SCAN_DESTINATION/a.spdx.json`
  const spec = toSpec({ sbom: `generator=${generator}` }, [])
  if (!hasStore) return expect(runtime.buildImage(spec)).rejects.toThrow(refused('sbom', 'the classic image store'))
  await runtime.buildImage({
    ...toSpec(
      { dockerfile_inline: `FROM ${shellImage}\nENTRYPOINT ["/bin/sh", "-c", ${JSON.stringify(script)}]\n` },
      [],
    ),
    image: generator,
  })
  await runtime.buildImage(spec)
  expect(await look()).toMatchObject({ attested: 1 })
  await runtime.removeImage(generator, { force: true })
})

test('nothing is attested unless it is asked for, for an image would be another one each time', async () => {
  const first = await runtime.buildImage(toSpec({ provenance: false, sbom: 'false' }, []))
  expect(await runtime.buildImage(toSpec({}, []))).toEqual(first)
})

test("a build for one platform that is not the engine's own", async () => {
  await runtime.buildImage(toSpec({}, ['linux/arm64']))
  expect((await runtime.inspectImage(image))?.architecture).toBe('arm64')
})
