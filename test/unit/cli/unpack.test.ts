import {
  mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync, linkSync,
} from 'node:fs' // prettier-ignore
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unpack } from '../../../src/cli/cp/unpack.ts'
import { isStackError } from '../../../src/core/errors/stack-error.ts'
import { readTar, type TarItem } from '../../../src/wire/read-tar.ts'
import { packTar, type PackedEntry } from '../../../src/wire/write-tar.ts'

let top: string
let folder: string
let outside: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'stack-unpack-'))
  folder = join(top, 'folder')
  outside = join(top, 'outside')
  mkdirSync(folder)
  mkdirSync(outside)
  writeFileSync(join(outside, 'kept'), 'kept')
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const file = (path: string, content = path): PackedEntry => ({
  path,
  kind: 'file',
  mode: 0o644,
  content: Buffer.from(content),
})
const directory = (path: string): PackedEntry => ({ path, kind: 'directory', mode: 0o755 })
const linkTo = (path: string, linkTarget: string): PackedEntry => ({ path, kind: 'link', mode: 0o777, linkTarget })
const secondName = (path: string, linkTarget: string): PackedEntry => ({
  path,
  kind: 'hardlink',
  mode: 0o644,
  linkTarget,
})

const items = async function* (
  entries: readonly PackedEntry[],
  before?: (path: string) => void,
): AsyncGenerator<TarItem> {
  const bytes = (async function* () {
    yield packTar(entries)
  })()
  for await (const item of readTar(bytes, 'web-1:/a')) {
    before?.(item.path.toString())
    yield item
  }
}

/** What unpacking ended with; the place is shown as the test knows it. */
const write = async (entries: readonly PackedEntry[], before?: (path: string) => void): Promise<string> => {
  try {
    await unpack(items(entries, before), { folder, name: 'a' })
    return 'done'
  } catch (error) {
    return isStackError(error) ? `${error.code}: ${error.message.replaceAll(`${top}/`, '')}` : String(error)
  }
}

/** `a/b=content`, `a/l->target`, below the folder and outside of it. */
const look = (path = ''): readonly string[] =>
  readdirSync(join(top, path), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): readonly string[] => {
      const inner = join(path, entry.name)
      if (entry.isDirectory()) return look(inner)
      return entry.isSymbolicLink()
        ? [`${inner} -> ${readlinkSync(join(top, inner)).replace(top, '')}`]
        : [`${inner} = ${readFileSync(join(top, inner), 'utf8')}`]
    })

const untouched = 'outside/kept = kept'

describe('links that are there', () => {
  test('in the place of a folder: nothing is written through them', async () => {
    mkdirSync(join(folder, 'a'))
    symlinkSync(outside, join(folder, 'a', 'sub'))
    expect(await write([directory('a'), directory('a/sub'), file('a/sub/evil')])).toBe(
      'archive/no-place: folder/a/sub cannot be written: a folder is to be there, and something else is.',
    )
    expect(await write([file('a/sub/evil')])).toBe(
      'archive/no-place: folder/a/sub cannot be written: something else than a folder is there.',
    )
    expect(look()).toEqual(['folder/a/sub -> /outside', untouched])
  })

  test('in the place of a file: it takes theirs', async () => {
    mkdirSync(join(folder, 'a'))
    symlinkSync(join(outside, 'kept'), join(folder, 'a', 'one'))
    symlinkSync(join(outside, 'missing'), join(folder, 'a', 'two'))
    expect(await write([directory('a'), file('a/one'), file('a/two')])).toBe('done')
    expect(look()).toEqual(['folder/a/one = a/one', 'folder/a/two = a/two', untouched])
  })

  test('in the place of the root: it is found in the folder, and was not named', async () => {
    symlinkSync(join(outside, 'kept'), join(folder, 'a'))
    expect(await write([file('a', 'new')])).toBe('done')
    expect(look()).toEqual(['folder/a = new', untouched])
    rmSync(join(folder, 'a'))
    symlinkSync(outside, join(folder, 'a'))
    expect(await write([directory('a'), file('a/evil')])).toMatch(/^archive\/no-place: folder\/a cannot be written/)
    expect(look()).toEqual(['folder/a -> /outside', untouched])
  })

  test('put there while it is written', async () => {
    const swap = (path: string): void => {
      if (path !== 'a/sub/evil') return
      renameSync(join(folder, 'a', 'sub'), join(folder, 'a', 'old'))
      symlinkSync(outside, join(folder, 'a', 'sub'))
    }
    expect(await write([directory('a'), directory('a/sub/'), file('a/sub/evil')], swap)).toMatch(/^archive\/no-place/)
    expect(look()).toEqual(['folder/a/sub -> /outside', untouched])
  })

  test('under another name of a file: what it holds stays', async () => {
    mkdirSync(join(folder, 'a'))
    linkSync(join(outside, 'kept'), join(folder, 'a', 'one'))
    expect(await write([file('a/one', 'new')])).toBe('done')
    expect(look()).toEqual(['folder/a/one = new', untouched])
  })
})

describe('what the archive brings', () => {
  test('a link, and files behind it', async () => {
    expect(await write([directory('a'), linkTo('a/sub', outside), file('a/sub/evil')])).toMatch(/^archive\/no-place/)
    expect(await write([linkTo('a/up', '../..'), file('a/up/outside/kept', 'evil')])).toMatch(/^archive\/no-place/)
    expect(await write([linkTo('a/one', join(outside, 'kept')), file('a/one', 'own')])).toBe('done')
    expect(look()).toEqual(['folder/a/one = own', 'folder/a/sub -> /outside', 'folder/a/up -> ../..', untouched])
  })

  test('second names of what is not in it', async () => {
    expect(await write([linkTo('a/sub', outside), secondName('a/one', 'a/sub/kept')])).toMatch(/^archive\/no-place/)
    expect(await write([secondName('a/two', 'a/../../outside/kept')])).toMatch(/leads out of the folder/)
    expect(await write([linkTo('a/l', join(outside, 'kept')), secondName('a/three', 'a/l'), file('a/three')])).toBe(
      'done',
    )
    expect(look()).toEqual([
      'folder/a/l -> /outside/kept',
      'folder/a/sub -> /outside',
      'folder/a/three = a/three',
      untouched,
    ])
  })

  test.for(['a/../evil', 'a/../../outside/evil', 'a/b/../../../evil', '../evil', '/../evil'])(
    'the name %s',
    async (path) => {
      expect(await write([file(path)])).toMatch(/its name leads out of the folder/)
      expect(look()).toEqual([untouched])
    },
  )

  test('a folder for a file, and a file for a folder', async () => {
    mkdirSync(join(folder, 'a', 'sub'), { recursive: true })
    expect(await write([file('a/sub')])).toBe('archive/no-place: folder/a/sub cannot be written: a folder is there.')
    writeFileSync(join(folder, 'a', 'one'), '')
    expect(await write([directory('a/one')])).toMatch(/^archive\/no-place: folder\/a\/one/)
  })

  test('all kinds, with their modes and times', async () => {
    const entries = [
      directory('a'),
      { ...file('a/deep/run', 'x'), mode: 0o4755, mtimeSeconds: 1_000_000 },
      secondName('a/again', 'a/deep/run'),
      linkTo('a/l', 'deep/run'),
    ]
    expect(await write(entries)).toBe('done')
    expect(await write(entries)).toBe('done')
    expect(look()).toEqual(['folder/a/again = x', 'folder/a/deep/run = x', 'folder/a/l -> deep/run', untouched])
    const { mode, mtimeMs, ino } = statSync(join(folder, 'a/deep/run'))
    expect([mode & 0o7777, mtimeMs, statSync(join(folder, 'a/again')).ino]).toEqual([0o4755, 1_000_000_000, ino])
  })
})
