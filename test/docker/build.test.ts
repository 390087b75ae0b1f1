import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Build } from '../../src/core/project/service.ts'
import type { BuildProgress, BuildSpec } from '../../src/engine/ports/image-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

const project = `hb-build-${process.pid}`
const image = `${project}:latest`
let runtime: Runtime
let folder: string

beforeAll(() => {
  runtime = openRuntime()
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-build-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const toSpec = (build: Build, more: Partial<BuildSpec> = {}): BuildSpec => ({
  image,
  build: { context: folder, ...build },
  projectName: project,
  serviceName: 'web',
  secrets: {},
  directory: folder,
  environment: {},
  labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': 'web' },
  serviceImages: { base: shellImage },
  ...more,
})

/** @returns what the steps wrote, and every step with how it ended */
const build = async (spec: BuildSpec): Promise<{ readonly output: string; readonly steps: readonly string[] }> => {
  const seen: BuildProgress[] = []
  const { imageId } = await runtime.buildImage(spec, { onProgress: (progress) => seen.push(progress) })
  expect(imageId).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect((await runtime.inspectImage(image))?.id).toBe(imageId)
  return {
    output: seen.flatMap((one) => (one.kind === 'log' ? [one.text] : [])).join('\n'),
    steps: seen.flatMap((one) => (one.kind === 'step' && one.state !== 'started' ? [`${one.state} ${one.name}`] : [])),
  }
}

describe('a build', () => {
  test('gets its context without what is ignored, its arguments, labels and tags', async () => {
    await write({
      Dockerfile: `FROM ${shellImage}\nARG GREETING\nARG FROM_HOST\nCOPY . /app\nRUN find /app | sort; echo "$GREETING $FROM_HOST"\n`,
      '.dockerignore': 'node_modules\n*.log\n!keep.log\ndeep/**\n!deep/er/kept\n',
      'a.txt': 'a', 'x.log': 'x', 'keep.log': 'k', 'node_modules/n/index.js': 'n', 'deep/er/kept': 'k', 'deep/er/not': 'n', 'sub/ä.txt': 'u',
    }) // prettier-ignore
    await symlink('a.txt', join(folder, 'link'))
    const spec = toSpec(
      { args: { GREETING: 'hi', FROM_HOST: null, UNSET: null }, tags: [`${project}:other`], labels: { own: 'label' } },
      { environment: { FROM_HOST: 'there' }, noCache: true },
    )
    const { output } = await build(spec)
    expect(output.split('\n').filter((line) => line !== '')).toEqual(
      ['/app', '/app/.dockerignore', '/app/Dockerfile', '/app/a.txt', '/app/deep', '/app/deep/er', '/app/deep/er/kept', '/app/keep.log', '/app/link', '/app/sub', '/app/sub/ä.txt', 'hi there'],
    ) // prettier-ignore
    expect((await runtime.inspectImage(`${project}:other`))?.labels).toMatchObject({
      own: 'label',
      'com.docker.compose.project': project,
      'com.docker.compose.service': 'web',
    })
    await runtime.removeImage(`${project}:other`)
  })

  test('sees a change of one file, and nothing else is done again', async () => {
    await write({
      Dockerfile: `FROM ${shellImage}\nCOPY first /first\nRUN echo one\nCOPY second /second\nRUN cat /second\n`,
      first: '1',
      second: 'old',
    })
    await build(toSpec({}))
    // What an earlier run built is still known, and that may have been a process of the same number.
    const text = `new in ${project} at ${Date.now()}`
    await write({ second: text })
    const { output, steps } = await build(toSpec({}))
    expect(output.trim()).toBe(text)
    expect(steps.filter((step) => step.startsWith('cached')).map((step) => step.replace(/^.*\] /, ''))).toEqual(
      expect.arrayContaining(['COPY first /first', 'RUN echo one']),
    )
  })

  test('does again the stages that no_cache_filter names, and no others, or says which engine can', async () => {
    await write({
      Dockerfile: `FROM ${shellImage} AS old\nRUN : old; cat /proc/sys/kernel/random/uuid > /uuid\nFROM ${shellImage} AS fresh\nRUN : fresh; cat /proc/sys/kernel/random/uuid > /uuid\nFROM ${shellImage}\nCOPY --from=old /uuid /old\nCOPY --from=fresh /uuid /fresh\n`,
    })
    const run = (): Promise<string> =>
      build(toSpec({ no_cache_filter: ['fresh'] })).then(({ steps }) =>
        steps
          .filter((each) => each.includes('RUN'))
          .sort()
          .join('\n'),
      )
    const { buildkit } = await runtime.facts()
    if (!buildkit)
      return expect(run()).rejects.toThrow(
        'build.no_cache_filter of service "web" needs BuildKit; this engine has the old builder only.',
      )
    await run()
    const again = await run()
    expect(again).toMatch(/^cached .*old 2\/2\] RUN .*$/m)
    expect(again).toMatch(/^done .*fresh 2\/2\] RUN .*$/m)
  })

  test('takes a Dockerfile from the stack file, and sees when it changes', async () => {
    await write({ 'a.txt': 'content' })
    const inline = (word: string) =>
      toSpec(
        { dockerfile_inline: `FROM ${shellImage}\nCOPY a.txt /a\nRUN echo ${word} && cat /a\n` },
        { noCache: true },
      )
    expect((await build(inline('one'))).output).toContain('one\ncontent')
    expect((await build(inline('two'))).output).toContain('two\ncontent')
  })

  test('takes a Dockerfile from outside of the context, with an ignore file of its own', async () => {
    await write({
      'context/a': 'a',
      'context/b': 'b',
      'docker/My.Dockerfile': `FROM ${shellImage}\nCOPY . /app\nRUN ls /app\n`,
      'docker/My.Dockerfile.dockerignore': 'b\n',
      'context/.dockerignore': 'a\n',
    })
    const { output } = await build(
      toSpec({ context: join(folder, 'context'), dockerfile: '../docker/My.Dockerfile' }, { noCache: true }),
    )
    expect(output.split('\n')).toContain('a')
    expect(output.split('\n')).not.toContain('b')
  })

  test('stops at its target, and gets secrets of files and variables that stay out of the image', async () => {
    await write({
      Dockerfile: `FROM ${shellImage} AS first\nRUN --mount=type=secret,id=token --mount=type=secret,id=named cat /run/secrets/token /run/secrets/named\nFROM first\nRUN exit 1\n`,
      'token.txt': 'from a file,',
    })
    const secrets = {
      token: { name: 'token', file: join(folder, 'token.txt') },
      other: { name: 'other', environment: 'TOKEN' },
    }
    const { output } = await build(
      toSpec(
        { target: 'first', secrets: [{ source: 'token' }, { source: 'other', target: 'named' }] },
        { secrets, environment: { TOKEN: 'from a variable' }, noCache: true },
      ),
    )
    expect(output).toContain('from a file,from a variable')
  })

  test('copies through links and wildcards what they lead to', async () => {
    await write({
      Dockerfile: `FROM ${shellImage}\nCOPY data/*.txt linked/inner /app/\nRUN cat /app/*\n`,
      'data/one.txt': '1',
      'data/two.txt': '2',
      'data/not.md': 'x',
      'real/inner': '3',
    })
    await symlink('real', join(folder, 'linked'))
    expect((await build(toSpec({}, { noCache: true }))).output).toContain('312')
  })
})

describe('a build with other contexts', () => {
  test('reads folders and images of services by name, or says which engine can', async () => {
    await write({
      Dockerfile: 'FROM base\nCOPY --from=other file /file\nRUN cat /file\n',
      'more/file': 'from elsewhere',
    })
    const spec = toSpec({ additional_contexts: { other: 'more', base: 'service:base' } }, { noCache: true })
    const { api } = await runtime.facts()
    if (api.minor >= 42) expect((await build(spec)).output).toContain('from elsewhere')
    else
      await expect(build(spec)).rejects.toThrow(
        'build.additional_contexts of service "web" needs Docker Engine 23 (API 1.42); this engine has API 1.41.',
      )
  })
})

describe('a build that fails', () => {
  test('says at which step, how it ended and what it had written', async () => {
    await write({ Dockerfile: `FROM ${shellImage}\nRUN echo before; echo broken >&2; exit 7\n` })
    const error = await runtime.buildImage(toSpec({}, { noCache: true })).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'engine/build-failed', data: { what: 'service "web"', why: 'exit code: 7' } })
    // Two streams: their order is the engine's.
    expect((error as { data: { output: string } }).data.output.split('\n').toSorted()).toEqual(['before', 'broken'])
    expect((error as { data: { step: string } }).data.step).toContain('RUN echo before')
  })

  test('names the context or the Dockerfile that is not there', async () => {
    await expect(runtime.buildImage(toSpec({ context: join(folder, 'nowhere') }))).rejects.toThrow(
      `its build context ${join(folder, 'nowhere')} does not exist.`,
    )
    await expect(runtime.buildImage(toSpec({}))).rejects.toThrow(
      `its Dockerfile ${join(folder, 'Dockerfile')} does not exist.`,
    )
  })
})

test('a build ends by its signal, soon', async () => {
  await write({ Dockerfile: `FROM ${shellImage}\nRUN sleep 600\n` })
  const controller = new AbortController()
  const reason = new Error('enough')
  const began = performance.now()
  const building = runtime.buildImage(toSpec({}, { noCache: true }), {
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.kind === 'step' && progress.state === 'started' && progress.name.includes('sleep'))
        controller.abort(reason)
    },
  })
  expect(await building.catch((error: unknown) => error)).toBe(reason)
  expect(performance.now() - began).toBeLessThan(30_000)
})
