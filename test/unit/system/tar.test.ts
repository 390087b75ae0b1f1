import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { toTar, type RootEntry } from '../../../bin/base-images/tar.ts'

const list = async (entries: readonly RootEntry[]): Promise<readonly string[]> => {
  const archive = await buffer(toTar(entries))
  const listed = execFileSync('tar', ['-tv', '--numeric-owner', '--full-time', '--utc'], {
    input: archive,
    encoding: 'utf8',
  })
  return listed
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' '))
}

test('tar itself reads modes, owners, links and contents', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
  writeFileSync(join(folder, 'program'), 'x'.repeat(1000))
  const listed = await list([
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    { kind: 'directory', path: '/data', mode: 0o700, owner: 999 },
    { kind: 'link', path: '/bin/sh', target: 'busybox' },
    { kind: 'text', path: '/etc/passwd', text: 'root:x:0:0\n' },
    { kind: 'file', path: '/bin/program', from: join(folder, 'program'), size: 1000, mode: 0o755 },
  ])
  rmSync(folder, { recursive: true })
  expect(listed).toEqual([
    'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/',
    'drwx------ 999/999 0 1970-01-01 00:00:00 data/',
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin/sh -> busybox',
    '-rw-r--r-- 0/0 11 1970-01-01 00:00:00 etc/passwd',
    '-rwxr-xr-x 0/0 1000 1970-01-01 00:00:00 bin/program',
  ])
})

test('a long path is split, one that is too long is refused', async () => {
  const long = `/${'a'.repeat(90)}/${'b'.repeat(60)}/${'c'.repeat(90)}`
  expect((await list([{ kind: 'text', path: long, text: '' }]))[0]).toContain(long.slice(1))
  await expect(list([{ kind: 'text', path: `/${'a'.repeat(200)}`, text: '' }])).rejects.toThrow(
    'too long for a tar archive',
  )
})
