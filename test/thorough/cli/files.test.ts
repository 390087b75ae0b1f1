import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand, startCommand, toolCommand } from '../../support/tool.ts'

/** Files that are no files, and signals while one is read: whole commands, and no engine. */

const tool = toolCommand('stack')
const command = tool.map((word) => `'${word}'`).join(' ')
const stack = 'services: {web: {image: busybox}}\n'
let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-files-'))
  writeFileSync(at('stack.yaml'), stack)
  writeFileSync(at('wrong.yaml'), 'services: {web: {imge: busybox}}\n')
  mkdirSync(at('folder'))
  for (const name of ['pipe', 'open', 'silent']) execFileSync('mkfifo', [at(name)])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inShell = (line: string) => runCommand(['bash', '-c', line.replaceAll('stack ', `${command} `)], { cwd: folder })
const run = (...words: string[]) => runCommand([...tool, ...words], { cwd: folder })

test('a stack file and a file of variables come from the shell, and problems in them show their lines', async () => {
  expect(await inShell('stack -f <(cat stack.yaml) config --services')).toMatchObject({ code: 0, stdout: 'web\n' })
  const variables = await inShell('stack --env-file <(echo A=b) config --environment | grep ^A=')
  expect(variables).toMatchObject({ code: 0, stdout: 'A=b\n' })
  expect(await inShell('cat stack.yaml | stack -f /dev/stdin config --services')).toMatchObject({ stdout: 'web\n' })
  expect((await inShell('stack -f <(cat wrong.yaml) config')).stderr).toContain('imge: busybox')
})

test('what is no file is refused with a name and nothing waits for it; /dev/null is an empty file', async () => {
  for (const name of ['/dev/zero', at('folder'), at('silent')]) {
    const { code, stderr } = await run('-f', name, 'config')
    expect([name, code]).toEqual([name, 3])
    expect(stderr).toMatch(/error\[file\/(special|directory|silent)\]/)
  }
  for (const key of ['env_file', 'label_file', 'include']) {
    const item = `[/dev/zero, ${at('silent')}]`
    const text = key === 'include' ? `include: ${item}\n${stack}` : `services: {web: {image: x, ${key}: ${item}}}\n`
    writeFileSync(at('named.yaml'), text)
    const { stderr } = await run('-f', 'named.yaml', 'config')
    expect(stderr.match(/error\[file\/\w+\]/g)).toEqual(['error[file/special]', 'error[file/silent]'])
  }
  expect(await run('--env-file', '/dev/null', 'config', '-q')).toMatchObject({ code: 0, stderr: '' })
})

test('a signal ends a command that waits for a file, and one that has very much to read', async () => {
  const waiting = startCommand([...tool, '-f', at('open'), 'config'], { cwd: folder })
  // Opening it waits until somebody reads.
  const end = await open(at('open'), 'w')
  waiting.signal('SIGTERM')
  expect(await waiting.ends()).toMatchObject({ code: 143 })
  await end.close()

  const reading = startCommand([...tool, '-f', at('pipe'), 'config'], { cwd: folder })
  const writer = spawn('sh', ['-c', `yes '  # filler' | head -c 30000000 > "$0"`, at('pipe')], { stdio: 'ignore' })
  await new Promise((resolve) => writer.on('close', resolve))
  reading.signal('SIGINT')
  expect((await reading.ends()).code).toBe(130)
})
