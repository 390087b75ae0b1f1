import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostWrite } from '../../../src/engine/ports/host-writer.ts'
import type { SourceEntry } from '../../../src/engine/ports/source-files.ts'
import { createHostWriter } from '../../../src/system/host-writer.ts'
import { createSourceFiles } from '../../../src/system/source-files.ts'

const writer = createHostWriter()
const source = createSourceFiles()
let base = ''
let root = ''
let outside = ''
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'stack-writer-'))
})
let number = 0
beforeEach(async () => {
  number += 1
  root = join(base, `${number}`, 'root')
  outside = join(base, `${number}`, 'outside')
  await mkdir(root, { recursive: true })
  await mkdir(outside)
})
afterAll(() => rm(base, { recursive: true }))

const aFile = (text: string, more: { digest?: string; executable?: boolean } = {}): HostWrite['to'] => ({
  kind: 'file',
  executable: false,
  digest: createHash('sha256').update(text).digest('hex'),
  content: (async function* () {
    yield new TextEncoder().encode(text)
  })(),
  ...more,
})
const seen = (path: string): { expected?: SourceEntry } => {
  const entry = source.lookAt(join(root, path))
  return entry.kind === 'gone' || entry.kind === 'unreadable' ? {} : { expected: entry }
}
const write = (path: string, to: HostWrite['to'], more: { expected?: SourceEntry } = seen(path)) =>
  writer.write(root, { path, to, ...more })
const textOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const gone: HostWrite['to'] = { kind: 'gone' }

describe('what is written on this machine', () => {
  test('files, folders and links come, change and go', async () => {
    expect(await write('d', { kind: 'directory' })).toBe('done')
    expect(await write('d/a', aFile('one'))).toBe('done')
    expect(await write('d/l', { kind: 'link', linkTarget: 'a' })).toBe('done')
    expect(await textOf('d/l')).toBe('one')
    expect(await write('d/a', aFile('two'))).toBe('done')
    expect(await textOf('d/a')).toBe('two')
    expect(await write('d/l', { kind: 'link', linkTarget: 'b' })).toBe('done')
    expect(await readlink(join(root, 'd/l'))).toBe('b')
    expect(await write('d', gone)).toBe('changed')
    for (const path of ['d/l', 'd/a', 'd']) expect(await write(path, gone)).toBe('done')
    expect(await readdir(root)).toEqual([])
  })

  test('the root itself, and folders above it, are made', async () => {
    const far = join(base, `${number}`, 'new/far')
    expect(await writer.write(far, { path: 'x/y', to: aFile('one') })).toBe('done')
    expect(await readFile(join(far, 'x/y'), 'utf8')).toBe('one')
    const single = join(base, `${number}`, 'lock.json')
    expect(await writer.write(single, { path: '', to: aFile('{}') })).toBe('done')
    expect(await readFile(single, 'utf8')).toBe('{}')
  })

  test('a kind takes the place of another', async () => {
    await write('a', aFile('one'))
    expect(await write('a', { kind: 'directory' })).toBe('done')
    expect(await write('a', { kind: 'link', linkTarget: 'x' })).toBe('done')
    expect(await write('a', aFile('two'))).toBe('done')
    await write('a', { kind: 'directory' })
    expect(await write('a', aFile('three'))).toBe('done')
    expect(await textOf('a')).toBe('three')
  })

  test('of modes, only whether it can be run comes along', async () => {
    const modeOf = async (path: string): Promise<string> => ((await lstat(join(root, path))).mode & 0o777).toString(8)
    await write('a', aFile('one'))
    await chmod(join(root, 'a'), 0o640)
    await write('a', aFile('two', { executable: true }))
    expect(await modeOf('a')).toBe('750')
    await write('a', aFile('three'))
    expect(await modeOf('a')).toBe('640')
    await write('run', aFile('one', { executable: true }))
    expect(await modeOf('run')).toBe((0o777 & ~process.umask()).toString(8))
  })

  test('names that are not UTF-8 are the bytes that they are', async () => {
    expect(await write('d\udcff/\udc80', aFile('one'))).toBe('done')
    const [folder] = await readdir(Buffer.from(root), { encoding: 'buffer' })
    expect([...folder!]).toEqual([0x64, 0xff])
  })
})

describe('what was not expected stays', () => {
  test('a file that was changed, made, or removed since', async () => {
    await write('a', aFile('one'))
    const before = seen('a')
    await writeFile(join(root, 'a'), 'mine')
    expect(await write('a', aFile('two'), before)).toBe('changed')
    expect(await write('a', gone, before)).toBe('changed')
    expect(await write('a', { kind: 'directory' }, before)).toBe('changed')
    expect(await write('a', aFile('two'), {})).toBe('changed')
    expect(await textOf('a')).toBe('mine')
    expect(await write('none', aFile('two'), before)).toBe('changed')
    expect(await write('none', gone, before)).toBe('changed')
    expect(await readdir(root)).toEqual(['a'])
  })

  test('content that is another than was announced', async () => {
    expect(await write('a', aFile('one', { digest: 'x' }))).toBe('changed')
    expect(await readdir(root)).toEqual([])
  })

  test('a content whose source fails', async () => {
    const failing = (async function* () {
      yield new Uint8Array(3)
      throw new Error('cut')
    })()
    expect(await write('a', { kind: 'file', executable: false, digest: '', content: failing })).toEqual({
      refused: 'cut',
    })
    expect(await readdir(root)).toEqual([])
  })
})

describe('nothing is written outside', () => {
  test('through no link, whatever is done', async () => {
    await symlink(outside, join(root, 'd'))
    await writeFile(join(outside, 'a'), 'theirs')
    for (const to of [aFile('one'), gone, { kind: 'directory' }, { kind: 'link', linkTarget: 'x' }] as const)
      expect(await write('d/a', to, {})).toEqual({ refused: expect.stringContaining('no link is followed') as string })
    expect(await readdir(outside)).toEqual(['a'])
    expect(await readFile(join(outside, 'a'), 'utf8')).toBe('theirs')
  })

  test('a link that is the root is not followed', async () => {
    await rm(root, { recursive: true })
    await symlink(outside, root)
    expect(await write('a', aFile('one'), {})).toEqual({ refused: expect.any(String) as string })
    expect(await readdir(outside)).toEqual([])
  })

  test('a link in the place of a file is replaced and not written through', async () => {
    await writeFile(join(outside, 'a'), 'theirs')
    await symlink(join(outside, 'a'), join(root, 'a'))
    expect(await write('a', aFile('one'))).toBe('done')
    expect(await readFile(join(outside, 'a'), 'utf8')).toBe('theirs')
    expect(await textOf('a')).toBe('one')
  })

  test.each(['../outside/a', 'd/../../outside/a', '', '..'])('by no name: %s', async (path) => {
    expect(await writer.write(root, { path: path === '' ? 'x//y' : path, to: aFile('one') })).toEqual({
      refused: 'its name leads out of the folder',
    })
    expect(await readdir(outside)).toEqual([])
  })
})
