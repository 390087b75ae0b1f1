import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSources } from '../../../src/system/files.ts'
import { describeFault, readNamedFile } from '../../../src/wire/named-file.ts'

let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-files-'))
  mkdirSync(at('folder'))
  writeFileSync(at('text.yaml'), 'a: é\n')
  writeFileSync(at('nul.yaml'), 'a: 1\nb: \0\n')
  writeFileSync(at('latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]))
  writeFileSync(at('large.yaml'), '')
  truncateSync(at('large.yaml'), 33 * 1024 * 1024)
  writeFileSync(at('wide.yaml'), Buffer.from(`\uFEFFa: é\n`, 'utf16le'))
  symlinkSync(at('text.yaml'), at('link.yaml'))
  symlinkSync(at('loop'), at('loop'))
  execFileSync('mkfifo', [at('pipe')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['text.yaml', { ok: true, text: 'a: é\n' }],
  ['link.yaml', { ok: true, text: 'a: é\n' }],
  ['wide.yaml', { ok: true, text: 'a: é\n' }],
  ['nothing.yaml', { ok: false, fault: 'missing' }],
  ['text.yaml/below', { ok: false, fault: 'missing' }],
  ['folder', { ok: false, fault: 'directory' }],
  ['nul.yaml', { ok: false, fault: 'nul', line: 2, column: 4 }],
  ['latin.yaml', { ok: false, fault: 'not-text', line: 1, column: 4 }],
  ['large.yaml', { ok: false, fault: 'too-large' }],
  ['loop', { ok: false, fault: 'unreadable', detail: 'its links lead in a circle' }],
])('reading %s', (name, expected) => {
  expect(createSources().read(at(name))).toMatchObject(expected)
})

test('devices are not read, and nothing waits for them', () => {
  for (const device of ['/dev/zero', '/dev/random'])
    expect(createSources().read(device)).toMatchObject({ ok: false, fault: 'special' })
  expect(createSources().read('/dev/null')).toEqual({ ok: true, text: '' })
})

test('a pipe is read once and kept, from its first writer on', () => {
  const sources = createSources({ patienceMs: 20_000 })
  // Opening a pipe waits for the other end, so that this one writes when it is being read.
  spawn('sh', ['-c', 'printf "a: 1" > "$0"', at('pipe')], { stdio: 'ignore' })
  expect(sources.read(at('pipe'))).toEqual({ ok: true, text: 'a: 1' })
  expect(sources.read(at('pipe'))).toEqual({ ok: true, text: 'a: 1' })
  expect(sources.kept?.(at('pipe'))).toBe('a: 1')
  expect(sources.kept?.(at('text.yaml'))).toBeUndefined()
})

test('a pipe into which nobody writes is no wait without end', () => {
  const sources = createSources({ patienceMs: 1 })
  expect(sources.read(at('pipe'))).toMatchObject({ ok: false, fault: 'silent' })
  const open = openSync(at('pipe'), constants.O_RDWR)
  writeSync(open, 'a: 1')
  expect(createSources({ patienceMs: 1 }).read(at('pipe'))).toMatchObject({ ok: false, fault: 'silent' })
  closeSync(open)
})

test('what is named and is no file is refused with its reason, and what is too large is not read', () => {
  const fault = (path: string): string => {
    try {
      return readNamedFile(path, 8).toString()
    } catch (error) {
      return describeFault(error as Error)
    }
  }
  expect(['text.yaml', 'large.yaml', 'pipe', 'folder', 'nothing', 'loop'].map((name) => fault(at(name)))).toEqual([
    'a: é\n',
    expect.stringMatching(/^it is larger than /),
    'it is no regular file',
    'it is a folder',
    'it is not there',
    'its links lead in a circle',
  ])
  expect(['/dev/zero', '/dev/null', '/proc/self/status'].map(fault)).toEqual([
    'it is no regular file',
    '',
    expect.stringMatching(/^it is larger than /),
  ])
})

test('what a path is, and where links lead, as far as there is something', () => {
  const sources = createSources()
  expect(
    ['text.yaml', 'folder', 'pipe', 'nothing', 'loop', 'x'.repeat(5000), 'a\0b'].map((name) =>
      sources.kindOf(at(name)),
    ),
  ).toEqual(['file', 'directory', 'other', undefined, undefined, undefined, undefined])
  symlinkSync(at('folder'), at('short'))
  expect(sources.realpath(at('short/new/file'))).toBe(`${sources.realpath(folder)}/folder/new/file`)
})

test('a file without permission is unreadable', () => {
  writeFileSync(at('closed.yaml'), 'a: 1')
  chmodSync(at('closed.yaml'), 0)
  // Root may read everything.
  const expected =
    process.getuid?.() === 0 ? { ok: true } : { ok: false, fault: 'unreadable', detail: 'permission denied' }
  expect(createSources().read(at('closed.yaml'))).toMatchObject(expected)
})
