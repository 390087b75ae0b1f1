import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSources } from '../../../src/system/files.ts'

let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-files-'))
  mkdirSync(at('folder'))
  writeFileSync(at('text.yaml'), 'a: é\n')
  writeFileSync(at('nul.yaml'), 'a: 1\nb: \0\n')
  writeFileSync(at('latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]))
  writeFileSync(at('large.yaml'), 'x'.repeat(5 * 1024 * 1024))
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
  ['pipe', { ok: false, fault: 'special' }],
  ['loop', { ok: false, fault: 'unreadable', detail: 'its links lead in a circle' }],
])('reading %s', (name, expected) => {
  expect(createSources().read(at(name))).toMatchObject(expected)
})

test('devices are not read, and nothing waits for them', () => {
  for (const device of ['/dev/zero', '/dev/null', '/dev/random'])
    expect(createSources().read(device)).toMatchObject({ ok: false, fault: 'special' })
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
