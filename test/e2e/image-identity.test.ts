import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { serviceOf } from '../support/engine-api.ts'
import { describeWhere } from '../support/not-run.ts'
import { image } from '../support/objects.ts'
import { type OwnEngine, startOwnEngine, tellsContents, whyNoOwnEngine } from '../support/own-engine.ts'
import { type Finished, runCommand, selectTool, toolCommand } from '../support/tool.ts'

/** Images on containerd's store: an index there is one image for several platforms, with what is attested of it. */

const why = selectTool() === 'stack' ? whyNoOwnEngine() : 'the reference before 5.5 takes the index for the image'
const title = 'an image on the store of containerd'
const project = 'identity'
const [amd, arm] = ['linux/amd64', 'linux/arm64']
const own = process.arch === 'arm64' ? arm : amd
const other = own === amd ? arm : amd
const two = `build: { context: ., dockerfile_inline: "FROM scratch\\nARG TARGETARCH\\nCOPY $$TARGETARCH /file\\n", platforms: [${amd}, ${arm}] }`

type Shown = {
  readonly Id: string
  readonly ImageManifestDescriptor?: { readonly platform?: { readonly os: string; readonly architecture: string } }
}

const tell = (): void => {
  const [program, ...first] = toolCommand('stack')
  let engine: OwnEngine
  let folder = ''
  const run = async (words: string, variables: Readonly<Record<string, string>> = {}): Promise<Finished> => {
    const env = { DOCKER_HOST: engine.host, XDG_STATE_HOME: join(folder, 'state'), ...variables }
    const end = await runCommand([program, ...first, ...words.split(' ')], { cwd: join(folder, project), env })
    if (end.code !== 0) throw new Error(`${words} ended with ${end.code}:\n${end.stdout}${end.stderr}`)
    return end
  }
  const write = (path: string, text: string) => writeFile(join(folder, project, path), text)
  /** By service: the containers' ids and platforms. */
  const look = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const found = await engine.api.containers(project)
    const shown = found.map((each) => {
      const { Id, ImageManifestDescriptor } = each as unknown as Shown
      const { os, architecture } = ImageManifestDescriptor?.platform ?? {}
      return [serviceOf(each), `${Id} ${os}/${architecture}`] as const
    })
    return Object.fromEntries(
      [...Map.groupBy(shown, ([service]) => service)].map(([service, list]) => [
        service,
        list.map(([, id]) => id).sort(),
      ]),
    )
  }
  const platforms = async () =>
    Object.fromEntries(
      Object.entries(await look()).map(([service, list]) => [service, list.map((each) => each.split(' ')[1])]),
    )
  const indexOf = async (name: string) => (await engine.api.call<{ Id: string }>('GET', `/images/${name}/json`)).Id

  beforeAll(async () => {
    engine = await startOwnEngine([image], { store: 'containerd' })
  }, 60_000)
  afterAll(() => engine.remove(), 60_000)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stack-identity-'))
    await mkdir(join(folder, project))
    for (const name of ['amd64', 'arm64']) await write(name, 'one')
  })
  afterEach(async () => {
    await run('down -v -t 0 --rmi all')
    await rm(folder, { recursive: true, force: true })
  })

  test('is the same when only what is attested of it is new', { timeout: 60_000 }, async () => {
    await write(
      'compose.yaml',
      `name: ${project}
services: { web: { init: true, command: sleep 600, build: { context: ., provenance: true, dockerfile_inline: "FROM ${image}\\nCOPY amd64 /file" } } }`,
    )
    await run('up -d --build')
    const [before, index] = [await look(), await indexOf(`${project}-web`)]
    await run('up -d --build')
    expect(await indexOf(`${project}-web`)).not.toBe(index)
    expect(await look()).toEqual(before)
    await run('up -d')
    expect(await look()).toEqual(before)
    await write('amd64', 'two')
    await run('up -d --build')
    expect(await look()).not.toEqual(before)
  })

  test(
    'that holds several platforms is there for each, and each container is made anew for its own only',
    { timeout: 60_000 },
    async () => {
      await write('build.yaml', `name: ${project}\nservices: { build: { image: two, ${two} } }`)
      await write(
        'compose.yaml',
        `name: ${project}
services:
  own: { image: two, command: [x] }
  named: { image: two, command: [x], platform: ${own} }
  other: { image: two, command: [x], platform: ${other} }`,
      )
      await run('-f build.yaml build')
      await run('create --pull missing')
      expect(await platforms()).toEqual({ own: [own], named: [own], other: [other] })
      const before = await look()
      await run('create')
      expect(await look()).toEqual(before)
      await write(other.slice('linux/'.length), 'two')
      await run('-f build.yaml build')
      await run('create')
      const after = await look()
      expect([after['own'], after['named']]).toEqual([before['own'], before['named']])
      expect(after['other']).not.toEqual(before['other'])
      expect(await platforms()).toEqual({ own: [own], named: [own], other: [other] })
    },
  )

  test('is chosen by DOCKER_DEFAULT_PLATFORM by every command that makes containers', { timeout: 60_000 }, async () => {
    await write(
      'compose.yaml',
      `name: ${project}
services:
  built: { image: two, command: [x], ${two} }
  plain: { image: two, command: [x] }
  fixed: { image: two, command: [x], platform: ${own} }`,
    )
    const preset = { DOCKER_DEFAULT_PLATFORM: other }
    await run('build', preset)
    await run('create', preset)
    expect(await platforms()).toEqual({ built: [other], plain: [other], fixed: [own] })
    const before = await look()
    await run('create', preset)
    expect(await look()).toEqual(before)
    await run('create --scale built=2 --scale plain=2', preset)
    const scaled = await look()
    expect(await platforms()).toEqual({ built: [other, other], plain: [other, other], fixed: [own] })
    for (const name of ['built', 'plain']) expect(scaled[name]).toContain(before[name]?.[0])
    await run('create --scale built=1 --scale plain=1')
    expect(await platforms()).toEqual({ built: [own], plain: [own], fixed: [own] })
  })
}

// An old engine has nothing of this to be tested.
if (why === undefined && !tellsContents()) test.skip(title, () => undefined)
else describeWhere(title, why, tell)
