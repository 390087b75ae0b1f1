import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { walkContext } from '../../src/docker/image-build/session/context-walk.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { readTar } from '../../src/wire/read-tar.ts'
import { packTar, writeTar } from '../../src/wire/write-tar.ts'
import { oddEntries, readEntryLines, toEntryLines } from '../support/odd-tar-entries.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject } from './engine.ts'

const project = `hb-tar-${process.pid}`
let runtime: Runtime
let container: string
beforeAll(async () => {
  runtime = openRuntime()
  container = await createContainerFixture(() => runtime, project).run('web', 'sleep 600')
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})

const readBack = async (path: string): Promise<readonly string[]> => {
  const { tar } = await runtime.getArchive(container, path)
  return readEntryLines(readTar(tar, path))
}

/** What the engine sends names the second name of a file by its path in the archive, whichever it saw first. */
const withoutHardlinks = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !/ odd\/(hard|plain\.txt)( ->|$)/.test(line))

test('the engine takes and gives archives with the same names, owners, times and links', async () => {
  await runtime.putArchive(container, '/', writeTar(oddEntries))
  const lines = await readBack('/odd')
  expect(withoutHardlinks(lines)).toEqual(withoutHardlinks(toEntryLines(oddEntries)))
  expect(lines.filter((line) => / odd\/(hard|plain\.txt)( ->|$)/.test(line))).toHaveLength(2)
})

test('so does the tar of busybox, through which saved files go', async () => {
  const session = await runtime.exec(container, {
    command: ['/bin/sh', '-c', 'rm -rf /odd; tar -xf - -C /'],
    stdin: true,
    user: '0:0',
  })
  session.write(packTar(oddEntries))
  session.endInput()
  for await (const { data } of session.output) expect(new TextDecoder().decode(data)).toBe('')
  expect(await session.exitCode()).toBe(0)
  // It sets the times of files alone.
  const comparable = (lines: readonly string[]): readonly string[] =>
    withoutHardlinks(lines).map((line) => line.replace(/^((?:link|directory) \S+ \S+) \d+/, '$1'))
  expect(comparable(await readBack('/odd'))).toEqual(comparable(toEntryLines(oddEntries)))
})

test('a build says which name its builder cannot take, and does not leave the file out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stack-name-'))
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('a\xe4b', 'latin1')]), '')
  const walk = async (): Promise<void> => {
    for await (const _ of walkContext(folder, { accepts: () => true, descends: () => true })) continue
  }
  await expect(walk()).rejects.toThrow('The file "a\ufffdb" cannot be passed on')
  await rm(folder, { recursive: true })
})
