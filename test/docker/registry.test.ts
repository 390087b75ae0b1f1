import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildSpec, TransferProgress } from '../../src/engine/ports/image-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'
import { openRegistry, type Registry } from './registry.ts'

const account = { username: 'somebody', password: 'pass:word' }
const project = `hb-registry-${process.pid}`
let registry: Registry
let folder: string
let signedIn: Runtime
let stranger: Runtime
let image: string

const configure = async (name: string, config: object): Promise<Readonly<Record<string, string | undefined>>> => {
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, 'config.json'), JSON.stringify(config))
  return { ...process.env, DOCKER_CONFIG: join(folder, name), PATH: `${folder}:${process.env['PATH']}` }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-registry-'))
  registry = await openRegistry(account)
  image = `${registry.host}/team/app:1`
  const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64')
  signedIn = openRuntime(await configure('known', { auths: { [registry.host]: { auth } } }))
  stranger = openRuntime(await configure('unknown', {}))
})
afterAll(async () => {
  await signedIn.removeImage(image, { force: true })
  await removeProject(project)
  registry.close()
  signedIn.close()
  stranger.close()
  await rm(folder, { recursive: true, force: true })
})

test('an image is pushed and pulled with what docker login has kept, and layers tell how far they are', async () => {
  await signedIn.tagImage(shellImage, image)
  const pushed: TransferProgress[] = []
  await signedIn.pushImage(image, { onProgress: (progress) => pushed.push(progress) })
  // With containerd's image store a layer this small is there before its first bytes are told.
  expect(
    pushed.some(({ layer, status, total }) => layer !== undefined && (total !== undefined || status === 'Pushed')),
  ).toBe(true)
  await signedIn.removeImage(image)
  expect(await signedIn.inspectImage(image)).toBeUndefined()
  const pulled = await signedIn.pullImage(image)
  expect(pulled.tags).toContain(image)
  expect(pulled.id).toBe((await signedIn.inspectImage(shellImage))?.id)
})

test('a credential helper is asked for its registry only', async () => {
  const helper = join(folder, 'docker-credential-stacktest')
  await writeFile(
    helper,
    `#!/bin/sh\nread server\n[ "$server" = "${registry.host}" ] && echo '{"ServerURL":"${registry.host}","Username":"${account.username}","Secret":"${account.password}"}' || { echo "credentials not found in native keychain"; exit 1; }\n`,
  )
  await chmod(helper, 0o755)
  const runtime = openRuntime(await configure('helped', { credHelpers: { [registry.host]: 'stacktest' } }))
  expect((await runtime.pullImage(image)).tags).toContain(image)
  runtime.close()
})

test('who is not signed in is told so, and where', async () => {
  await expect(stranger.pullImage(image)).rejects.toMatchObject({
    code: 'engine/registry-denied',
    data: { registry: registry.host },
  })
  await expect(stranger.pushImage(image)).rejects.toMatchObject({
    code: 'engine/registry-denied',
    hint: expect.stringContaining(`docker login ${registry.host}`),
  })
})

test('an image that the registry does not have is missing, and it is said where was looked', async () => {
  await expect(signedIn.pullImage(`${registry.host}/team/app:nope`)).rejects.toThrow(
    `There is no image "${registry.host}/team/app:nope". Looked on the engine and in the registry ${registry.host}.`,
  )
})

test('the digest of an image is asked of its registry, with what docker login has kept', async () => {
  await signedIn.pullImage(image)
  const digest = (await signedIn.inspectImage(image))?.digests
    .find((one) => one.startsWith(registry.host))
    ?.split('@')[1]
  expect(await signedIn.resolveDigest(image)).toBe(digest)
  await signedIn.removeImage(image)
  expect(await signedIn.resolveDigest(image)).toBe(digest)
  expect(await signedIn.inspectImage(image)).toBeUndefined()
})

test('a digest that cannot be had: not there, not signed in, nobody there', async () => {
  await expect(signedIn.resolveDigest(`${registry.host}/team/app:nope`)).rejects.toThrow(
    `There is no image "${registry.host}/team/app:nope". Looked in the registry ${registry.host}.`,
  )
  await expect(stranger.resolveDigest(image)).rejects.toMatchObject({
    code: 'engine/registry-denied',
    data: { registry: registry.host },
  })
  await expect(signedIn.resolveDigest('127.0.0.1:1/team/app:1')).rejects.toMatchObject({
    code: 'engine/digest-unknown',
    message: expect.stringContaining('registry 127.0.0.1:1: '),
  })
})

test('a build reads its base image with the same credentials, and no other', async () => {
  await signedIn.removeImage(image, { force: true })
  const spec: BuildSpec = {
    image: `${project}:latest`,
    build: { context: folder, dockerfile_inline: `FROM ${image}\nRUN echo ${project}\n` },
    projectName: project, serviceName: 'web', secrets: {}, directory: folder, environment: {}, labels: { 'com.docker.compose.project': project }, serviceImages: {}, pull: true,
  } // prettier-ignore
  await expect(stranger.buildImage(spec)).rejects.toMatchObject({ code: 'engine/build-failed' })
  expect((await signedIn.buildImage(spec)).imageId).toMatch(/^sha256:/)
})
