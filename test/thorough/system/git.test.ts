import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
