import { spawn } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ExecSession, OutputChunk } from '../../src/engine/ports/container-runtime.ts'
import { openAgent } from '../../src/engine/sync/agent.ts'
import { packTar } from '../../src/wire/write-tar.ts'
import { createChannel } from '../support/channel.ts'

/** The agent's shell, run here: with the `tar` of this machine, which is GNU's where that of the test images is busybox's. */
const execHere = async (command: readonly string[]): Promise<ExecSession> => {
  const child = spawn(command[0] ?? '', command.slice(1))
  const channel = createChannel<OutputChunk>(undefined)
  child.stdout.on('data', (data: Uint8Array) => channel.push({ stream: 'stdout', data }))
  child.stderr.on('data', (data: Uint8Array) => channel.push({ stream: 'stderr', data }))
  const code = new Promise<number>((resolve) => child.once('close', (end) => resolve(end ?? 1)))
  const output = async function* (): AsyncGenerator<OutputChunk> {
    const chunks = channel.iterate(() => {})[Symbol.asyncIterator]()
    for (;;) {
      const next = await Promise.race([chunks.next(), code.then(() => undefined)])
      if (next === undefined || next.done === true) return
      yield next.value
    }
  }
  return {
    id: '',
    output: output(),
    write: (data) => child.stdin.write(data),
    drained: async () => undefined,
    endInput: () => child.stdin.end(),
    close: () => child.kill(),
    exitCode: () => code,
  }
}

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder that is a link to a folder there stays one, and a file that is a link is replaced and not written through', async () => {
  folder = mkdtempSync(join(tmpdir(), 'stack-agent-'))
  const at = (path: string): string => join(folder, path)
  mkdirSync(at('app'))
  mkdirSync(at('elsewhere'))
  symlinkSync(at('elsewhere'), at('app/sub'))
  symlinkSync(at('elsewhere/outside'), at('app/file'))
  const agent = await openAgent(
    { runtime: { exec: (_id, { command }) => execHere(command) }, signal: new AbortController().signal },
    'here',
  )
  const { uid, gid } = agent.owner
  const content = new TextEncoder().encode('new')
  await agent.put(
    packTar([
      { path: at('app/sub'), kind: 'directory', mode: 0o755, uid, gid },
      { path: at('app/sub/x'), kind: 'file', mode: 0o644, uid, gid, content },
      { path: at('app/file'), kind: 'file', mode: 0o644, uid, gid, content },
    ]),
  )
  expect(lstatSync(at('app/sub')).isSymbolicLink()).toBe(true)
  expect(readFileSync(at('elsewhere/x'), 'utf8')).toBe('new')
  expect(lstatSync(at('app/file')).isFile()).toBe(true)
  expect(() => lstatSync(at('elsewhere/outside'))).toThrow('ENOENT')
  await agent.remove([at('app/sub/x')])
  expect(() => lstatSync(at('elsewhere/x'))).toThrow('ENOENT')
  await agent.remove([at('app/sub')])
  expect(lstatSync(at('elsewhere')).isDirectory()).toBe(true)
  agent.close()
})
