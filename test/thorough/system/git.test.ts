import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadProject } from '../../../src/core/compose/load.ts'
import { createSources } from '../../../src/system/files.ts'
import { createGitFetcher } from '../../../src/system/git/git.ts'
import { problemLines } from '../../support/load-memory.ts'

let folder: string
let repository: string
let first: string
const git = (...args: readonly string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main', ...args],
    { cwd: repository, encoding: 'utf8' },
  ).trim()

const commit = (text: string): string => {
  writeFileSync(join(repository, 'sub/compose.yaml'), text)
  git('add', '.')
  git('commit', '-q', '-m', 'change')
  return git('rev-parse', 'HEAD')
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-git-'))
  repository = join(folder, 'shared')
  mkdirSync(join(repository, 'sub'), { recursive: true })
  git('init', '-q')
  first = commit('services: {far: {image: one, volumes: ["./data:/data"]}}\n')
  commit('services: {far: {image: two}}\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = (text: string) => {
  const file = join(folder, 'stack.yaml')
  writeFileSync(file, text)
  const sources = { ...createSources(), fetchGit: createGitFetcher({ cacheDirectory: join(folder, 'cache') }) }
  return loadProject({ workingDirectory: folder, environment: {}, files: [file] }, sources)
}

test('include and extends read a repository at a branch, and at a commit', () => {
  const result = load(
    `include: ["file://${repository}#main:sub"]\nservices: {near: {extends: {service: far, file: "file://${repository}#${first}:sub/compose.yaml"}}}\n`,
  )
  if (!result.ok) throw new Error(problemLines(result.problems).join('\n'))
  expect(result.project.services['far']?.image).toBe('two')
  expect(result.project.services['near']?.image).toBe('one')
  expect(result.project.services['near']?.volumes?.[0]?.source).toMatch(/cache\/[0-9a-f]+\/sub\/data$/)
})

test('a branch that moved is read again', () => {
  const fetched = createGitFetcher({ cacheDirectory: join(folder, 'cache') })(`file://${repository}`, 'main')
  commit('services: {far: {image: three}}\n')
  const again = createGitFetcher({ cacheDirectory: join(folder, 'cache') })(`file://${repository}`, 'main')
  expect(again).toEqual(fetched)
  expect(again.ok && readFileSync(join(again.directory, 'sub/compose.yaml'), 'utf8')).toContain('three')
})

/** What loading says, when a file of the repository is a link to one of this machine. */
const withLinks = (
  links: Readonly<Record<string, string>>,
  text: string,
  stack = `include: ["file://${repository}#links:sub"]\n`,
) => {
  git('checkout', '-q', '-B', 'links')
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(repository, 'sub', name))
  commit(text)
  const result = load(`${stack}services: {a: {image: x}}\n`)
  git('checkout', '-q', 'main')
  return { result, lines: result.ok ? [] : problemLines(result.problems) }
}

describe('a link in a repository that leads out of it', () => {
  const own = 'services: {b: {image: y}}\n'
  test.each([
    ['an env file', `services: {far: {image: one, env_file: ./link}}\n`],
    ['an optional env file', `services: {far: {image: one, env_file: [{path: ./link, required: false}]}}\n`],
    ['a label file', `services: {far: {image: one, label_file: ./link}}\n`],
    ['an included file', `include: [link]\n${own}`],
    ['an env file of an include', `include: [{path: other.yaml, env_file: link}]\n${own}`],
    ['an extended file', `services: {far: {extends: {service: b, file: ./link}}}\n`],
    ['a mount', `services: {far: {image: one, volumes: ["./link:/data"]}}\n`],
    ['what is below one', `services: {far: {image: one, volumes: ["./folder/deep:/data"]}}\n`],
    ['a secret', `secrets: {s: {file: ./link}}\nservices: {far: {image: one, secrets: [s]}}\n`],
    ['a config', `configs: {s: {file: ./link}}\nservices: {far: {image: one, configs: [s]}}\n`],
    ['a Dockerfile', `services: {far: {build: {context: ., dockerfile: link}}}\n`],
    ['the folder of a Dockerfile', `services: {far: {build: {context: ., dockerfile: folder/x}}}\n`],
    ['a build context', `services: {far: {build: ./folder}}\n`],
    [
      'a watched path',
      `services: {far: {image: one, develop: {watch: [{path: ./folder, action: sync, target: /x}]}}}\n`,
    ],
  ])('is not followed for %s', (_, text) => {
    const { lines } = withLinks({ link: '/etc/passwd', folder: '/etc', 'other.yaml': 'link' }, text)
    expect(lines).toEqual([
      expect.stringMatching(/^\S+ remote\/outside A link at \S*\/sub\/(link|folder\S*|other.yaml) leads out of/),
    ])
    expect(lines.join()).not.toContain('root:')
  })

  test('is not followed to the stack file itself, nor to the .env beside it', () => {
    const there = { 'stack.yaml': '/etc/passwd' }
    expect(withLinks(there, own, `include: ["file://${repository}#links:sub/stack.yaml"]\n`).lines).toEqual([
      expect.stringContaining('remote/outside'),
    ])
    expect(withLinks({ '.env': '/etc/passwd' }, own).lines).toEqual([expect.stringContaining('remote/outside')])
  })

  test('is one that stays inside: it is followed', () => {
    const text = 'services: {far: {image: one, env_file: ./link, volumes: ["./missing/a:/a"]}}\n'
    const { result } = withLinks({ link: '../sub/compose.yaml', missing: './nowhere' }, text)
    expect(result.ok ? [] : problemLines(result.problems)).not.toEqual([expect.stringContaining('remote/outside')])
  })
})

test('processes that read one repository at once wait for each other, and for nobody who was killed', async () => {
  const cacheDirectory = join(folder, 'shared-cache')
  const module = new URL('../../../src/system/git/git.ts', import.meta.url).href
  const script = `const { createGitFetcher } = await import(${JSON.stringify(module)}); console.log(JSON.stringify(createGitFetcher({ cacheDirectory: ${JSON.stringify(cacheDirectory)} })(${JSON.stringify(`file://${repository}`)}, 'main')))`
  const fetchAlone = async (): Promise<unknown> =>
    JSON.parse((await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout)
  const results = await Promise.all(Array.from({ length: 5 }, fetchAlone))
  const { directory } = results[0] as { directory: string }
  expect(results).toEqual(Array.from({ length: 5 }, () => ({ ok: true, directory })))
  writeFileSync(`${directory}.lock`, String(spawnSync('true').pid))
  writeFileSync(join(directory, '.git/index.lock'), '')
  writeFileSync(join(directory, '.git/shallow.lock'), '')
  expect(await fetchAlone()).toEqual({ ok: true, directory })
  expect(readdirSync(cacheDirectory)).toEqual([basename(directory)])
})

test.each([
  [
    'a repository that is not there',
    'include: ["file:///nowhere/at/all#main"]',
    'remote/failed The repository file:///nowhere/at/all could not be fetched',
  ],
  ['a branch that is not there', 'include: ["file://{repository}#nope"]', 'could not be fetched'],
  ['a folder without a stack file', 'include: ["file://{repository}"]', 'remote/no-file'],
  ['a folder outside', 'include: ["file://{repository}#main:../.."]', 'remote/outside'],
  ['an option for a URL', 'include: ["git@--upload-pack=touch:x"]', 'remote/failed'],
  ['an artifact of a registry', 'include: ["oci://example.com/app"]', 'remote/unsupported'],
])('%s is a problem at its place', (_, text, expected) => {
  const result = load(`${text.replace('{repository}', repository)}\nservices: {a: {image: x}}\n`)
  expect(result.ok ? [] : problemLines(result.problems)).toEqual([expect.stringContaining(expected)])
  expect(result.ok ? undefined : result.problems[0]?.span).toMatchObject({ line: 1, column: 11 })
})
