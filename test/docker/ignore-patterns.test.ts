import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildProgress } from '../../src/engine/ports/image-runtime.ts'
import { createIgnoreRules, readIgnoreFile } from '../../src/wire/ignore-patterns.ts'
import { ignoredSets, ignoredTree } from '../support/ignore-cases.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

const project = `hb-ignore-${process.pid}`
const runtime = openRuntime()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-ignore-'))
  for (const path of ignoredTree) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), '')
  }
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
  await rm(folder, { recursive: true, force: true })
})

const build = async (dockerfile: string, context: string = folder): Promise<readonly string[]> => {
  const seen: BuildProgress[] = []
  await runtime.buildImage(
    {
      image: `${project}:latest`,
      build: { context, dockerfile_inline: dockerfile },
      projectName: project,
      serviceName: 'web',
      secrets: {},
      directory: context,
      environment: {},
      labels: { 'com.docker.compose.project': project },
      serviceImages: {},
      noCache: true,
    },
    { onProgress: (progress) => seen.push(progress) },
  )
  return seen.flatMap((one) => (one.kind === 'log' ? one.text.split('\n') : []))
}

/** BuildKit leaves out by the same patterns what `--exclude` names, and does it itself. */
const excluded = (index: number, patterns: readonly string[]): string => {
  const options = patterns.map((pattern) => `--exclude="${pattern.replaceAll('\\', '\\\\')}"`)
  return `COPY ${options.join(' ')} . /c/${index}/`
}

test('what we leave out of a build is what the engine leaves out', { timeout: 120_000 }, async () => {
  const refusal: unknown = await build(`FROM ${shellImage}\nCOPY --exclude=x . /c\n`).catch((error: unknown) => error)
  // Older builders do not know the option. What a newer one makes of the sets is held by the table of the unit tests.
  if (refusal instanceof Error) return expect(refusal.message).toContain('Unknown flag: exclude')
  // What stands in an option of a Dockerfile is read byte by byte: other letters are no longer themselves.
  const sets = ignoredSets
    .map((lines) => readIgnoreFile(lines.join('\n')))
    .filter((patterns) => /^[\x20-\x7e]*$/.test(patterns.join('')))
  expect(sets.length).toBeGreaterThan(140)
  const perStage = 60
  const found = new Map<number, string[]>()
  for (let first = 0; first < sets.length; first += perStage) {
    const copies = sets.slice(first, first + perStage).map((patterns, index) => excluded(first + index, patterns))
    const text = `FROM ${shellImage} AS a\n${copies.join('\n')}\nRUN cd /c && find . -type f -exec printf '=%s\\n' {} +\n`
    for (const line of await build(text)) {
      const [, index = '', path = ''] = /^=\.\/(\d+)\/(.*)$/.exec(line) ?? []
      if (index !== '') found.set(Number(index), [...(found.get(Number(index)) ?? []), path])
    }
  }
  const differing = sets.flatMap((patterns, index) => {
    const rules = createIgnoreRules(patterns)
    const ours = ignoredTree.filter((path) => !rules.ignores(path)).toSorted()
    const theirs = (found.get(index) ?? []).toSorted()
    const odd = [...ours.filter((path) => !theirs.includes(path)), ...theirs.filter((path) => !ours.includes(path))]
    return odd.length === 0 ? [] : [`${JSON.stringify(patterns)}: ${odd.join(' ')}`]
  })
  expect(differing).toEqual([])
})

test('what an exception brings back is found below what is left out', async () => {
  await writeFile(join(folder, '.dockerignore'), '# all but these\n*\n!**/package.json\n')
  const lines = await build(`FROM ${shellImage}\nCOPY . /c\nRUN cd /c && find . -type f | sort | sed 's/^/=/'\n`)
  expect(lines.filter((line) => line.startsWith('='))).toEqual([
    '=./dir/sub/deep/package.json',
    '=./node_modules/p/package.json',
    '=./package.json',
  ])
})
