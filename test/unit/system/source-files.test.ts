import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FolderLook, SourceEntry } from '../../../src/engine/ports/source-files.ts'
import { isSameFolder } from '../../../src/engine/sync/same-entry.ts'
import { createSourceFiles } from '../../../src/system/source-files.ts'
import { fromNameBytes, toNameBytes } from '../../../src/wire/byte-names.ts'
import { createRandom } from '../../support/random.ts'

const files = createSourceFiles()
const everything = (): boolean => false

let folder = ''
const at = (name: string): string => join(folder, name)
const bytesAt = (name: string): Buffer => Buffer.from(toNameBytes(`${folder}/${name}`))
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-source-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const listed = (path: string): FolderLook => {
  const look = files.lookInto(path, everything)
  if (look.kind !== 'folder') throw new Error(`${path} is ${look.kind}`)
  return look
}
const namesIn = (path: string): readonly string[] => [...listed(path).entries.keys()].toSorted()

describe('a look', () => {
  test('tells what is there, with times as exact as a number is', () => {
    writeFileSync(at('file'), 'text', { mode: 0o640 })
    execFileSync('touch', ['-d', '2024-05-06 07:08:09.123456789Z', at('file')])
    const exact = lstatSync(at('file'), { bigint: true })
    expect(files.lookAt(at('file'))).toEqual({
      kind: 'file',
      mode: 0o640,
      size: 4,
      mtimeMs: Number(exact.mtimeNs) / 1e6,
      ctimeMs: Number(exact.ctimeNs) / 1e6,
      inode: Number(exact.ino),
      links: 1,
    })
    mkdirSync(at('folder'))
    chmodSync(at('folder'), 0o3750)
    expect(files.lookAt(at('folder'))).toMatchObject({ kind: 'directory', mode: 0o3750 })
  })

  test('does not follow a link, and tells where it leads', () => {
    symlinkSync('nowhere/at all', at('link'))
    symlinkSync(toNameBytesOf('caf\udce9'), at('bytes'))
    expect(files.lookAt(at('link'))).toMatchObject({ kind: 'link', linkTarget: 'nowhere/at all' })
    expect(files.lookAt(at('bytes'))).toMatchObject({ kind: 'link', linkTarget: 'caf\udce9' })
  })

  test('counts as gone what is no file, folder or link, and what a path does not lead to', () => {
    execFileSync('mkfifo', [at('pipe')])
    writeFileSync(at('file'), '')
    symlinkSync('circle', at('circle'))
    for (const name of ['pipe', 'none', 'none/below', 'file/below', 'circle/below'])
      expect(files.lookAt(at(name)), name).toEqual({ kind: 'gone' })
    expect(files.lookAt('/dev/null')).toEqual({ kind: 'gone' })
  })

  test('says why something cannot be looked at', () => {
    expect(files.lookAt(at('n'.repeat(300)))).toEqual({ kind: 'unreadable', why: 'its name is too long' })
  })

  // Linux file systems give a new folder the inode of one that has just gone.
  test('tells a folder that was made anew from the one before, and knows it again whatever is done in it', async () => {
    mkdirSync(at('d'))
    const first = files.lookAt(at('d'))
    writeFileSync(at('d/file'), '')
    renameSync(at('d'), at('e'))
    const same = files.lookAt(at('e'))
    if (!('inode' in first) || !('inode' in same)) throw new Error('it is not there')
    expect(isSameFolder(first, same)).toBe(true)
    // The clock of a file system goes in steps.
    await vi.waitUntil(() => {
      rmSync(at('e'), { recursive: true, force: true })
      mkdirSync(at('e'))
      const anew = files.lookAt(at('e'))
      return 'inode' in anew && !isSameFolder(first, anew)
    })
  })

  test('shows the names of one file as one file', () => {
    writeFileSync(at('one'), '1')
    linkSync(at('one'), at('other'))
    const { entries } = listed(folder)
    expect(entries.get('one')).toEqual(entries.get('other'))
    expect(entries.get('one')?.links).toBe(2)
  })
})

const toNameBytesOf = (text: string): Buffer => Buffer.from(toNameBytes(text))

describe('a look into a folder', () => {
  test('asks what is to be left out by name and kind, before it is looked at', () => {
    mkdirSync(at('src'))
    mkdirSync(at('node_modules'))
    writeFileSync(at('file'), '')
    symlinkSync('src', at('link'))
    const asked: [string, boolean][] = []
    const look = files.lookInto(folder, (name, isFolder) => {
      asked.push([name, isFolder])
      return name === 'node_modules'
    })
    expect(asked.toSorted()).toEqual([
      ['file', false],
      ['link', false],
      ['node_modules', true],
      ['src', true],
    ])
    expect(look).toMatchObject({ kind: 'folder', self: { kind: 'directory' }, unreadable: [] })
    expect([...(look as FolderLook).entries].map(([name, { kind }]) => `${name} ${kind}`).toSorted()).toEqual([
      'file file',
      'link link',
      'src directory',
    ])
  })

  test('at the names alone tells the same ones, whatever their bytes are', () => {
    mkdirSync(at('node_modules'))
    mkdirSync(bytesAt('d\udce9'))
    writeFileSync(bytesAt('f\udcff'), '')
    writeFileSync(at('file'), '')
    symlinkSync('d', at('link'))
    execFileSync('mkfifo', [at('pipe')])
    expect(files.list(folder, (name, isFolder) => isFolder && name === 'node_modules')).toEqual({
      kind: 'names',
      folders: ['d\udce9'],
      others: expect.toSatisfy((names: string[]) => names.toSorted().join(' ') === 'file f\udcff link'),
    })
    expect(files.list(at('none'), everything)).toEqual({ kind: 'gone' })
    expect(files.list(at('file'), everything)).toEqual({ kind: 'gone' })
  })

  test('is none into a link, a file or nothing', () => {
    mkdirSync(at('real'))
    symlinkSync('real', at('link'))
    writeFileSync(at('file'), '')
    for (const name of ['link', 'file', 'none', 'file/below'])
      expect(files.lookInto(at(name), everything), name).toEqual({ kind: 'gone' })
  })

  test('keeps names that are not UTF-8, beside names that look like them', () => {
    mkdirSync(bytesAt('d\udce9'))
    writeFileSync(bytesAt('d\udce9/f\udcff'), 'bytes')
    writeFileSync(bytesAt('d\udce9/ä😀'), 'text')
    writeFileSync(at('\ufffd'), 'the sign itself')
    writeFileSync(bytesAt('\udc80'), 'a byte')
    symlinkSync('ä', bytesAt('l\udce9'))
    expect(namesIn(folder)).toEqual(['d\udce9', 'l\udce9', '\udc80', '\ufffd'].toSorted())
    expect(namesIn(at('d\udce9'))).toEqual(['f\udcff', 'ä😀'])
    expect(files.lookAt(at('l\udce9'))).toMatchObject({ kind: 'link', linkTarget: 'ä' })
    expect(textOf(at('d\udce9/f\udcff'))).toBe('bytes')
    expect(textOf(at('d\udce9/ä😀'))).toBe('text')
    expect(textOf(at('\udc80'))).toBe('a byte')
    expect(textOf(at('\ufffd'))).toBe('the sign itself')
  })

  test('leaves out what vanishes meanwhile, and tells what a name has become', () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(at(name), '')
    let isFirst = true
    const look = files.lookInto(folder, () => {
      if (isFirst) {
        isFirst = false
        unlinkSync(at('a'))
        unlinkSync(at('b'))
        mkdirSync(at('b'))
        unlinkSync(at('c'))
        symlinkSync('a', at('c'))
      }
      return false
    })
    expect([...(look as FolderLook).entries].map(([name, { kind }]) => `${name} ${kind}`).toSorted()).toEqual([
      'b directory',
      'c link',
    ])
  })

  test('has the times from before, so that a change meanwhile shows at the next look', () => {
    writeFileSync(at('a'), '')
    const before = files.lookAt(folder) as SourceEntry
    const look = files.lookInto(folder, () => {
      writeFileSync(at(String(Math.random())), '')
      return false
    })
    expect(look).toMatchObject({ self: before })
  })

  test('is one into the folder that is there at the end, when it is replaced meanwhile', () => {
    mkdirSync(at('d'))
    mkdirSync(at('next'))
    writeFileSync(at('d/old'), '')
    writeFileSync(at('next/new'), '')
    const replaceBy = (next: string) => () => {
      renameSync(at('d'), at(`before-${next}`))
      renameSync(at(next), at('d'))
    }
    expect([...(lookWhile(at('d'), replaceBy('next')) as FolderLook).entries.keys()]).toEqual(['new'])
    symlinkSync('/etc', at('link'))
    expect(lookWhile(at('d'), replaceBy('link'))).toEqual({ kind: 'gone' })
  })

  test('ends where a folder is replaced without an end', () => {
    mkdirSync(at('d'))
    writeFileSync(at('d/a'), '')
    let count = 0
    const look = files.lookInto(at('d'), () => {
      renameSync(at('d'), at(`d${(count += 1)}`))
      mkdirSync(at('d'))
      writeFileSync(at('d/a'), '')
      return false
    })
    expect(look).toEqual({ kind: 'unreadable', why: 'it is another folder again and again' })
  })

  const lookWhile = (path: string, act: () => void) => {
    let isDone = false
    return files.lookInto(path, () => {
      if (!isDone) act()
      isDone = true
      return false
    })
  }

  test('says which names it knows nothing of, and which folders it cannot list', () => {
    mkdirSync(at('private/below'), { recursive: true })
    mkdirSync(at('names-only'))
    writeFileSync(at('names-only/a'), '')
    chmodSync(at('private'), 0)
    chmodSync(at('names-only'), 0o644)
    expect(lookAsUser(['private', 'names-only', 'private/below'].map(at))).toEqual([
      { kind: 'unreadable', why: 'permission denied' },
      { kind: 'folder', entries: [], unreadable: ['a'] },
      { kind: 'unreadable', why: 'permission denied' },
    ])
  })
})

/** Root reads everything: where the tests are root's, it is done without that power. */
const lookAsUser = (paths: readonly string[]): unknown => {
  const module = new URL('../../../src/system/source-files.ts', import.meta.url).href
  const script = `import { createSourceFiles } from ${JSON.stringify(module)}
    const looks = ${JSON.stringify(paths)}.map((path) => createSourceFiles().lookInto(path, () => false))
    console.log(JSON.stringify(looks.map(({ self, entries, ...look }) =>
      entries === undefined ? look : { ...look, entries: [...entries.keys()] })))`
  const powerless = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []
  const [program, ...words] = [...powerless, process.execPath, '--input-type=module', '-e', script]
  return JSON.parse(execFileSync(program, words, { encoding: 'utf8' }))
}

const textOf = (path: string): string => {
  const found = files.read(path)
  return 'kind' in found ? found.kind : Buffer.from(found.content).toString()
}

const readPieces = async (path: string, size: number): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of files.stream(path, size)) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('reading', () => {
  test('gives all of a file, and what it was like then', () => {
    const content = Buffer.alloc(3_000_000, 'content ')
    writeFileSync(at('file'), content)
    const found = files.read(at('file'))
    if ('kind' in found) throw new Error(found.kind)
    expect(content.equals(found.content)).toBe(true)
    expect(found.entry).toEqual(files.lookAt(at('file')))
    writeFileSync(at('empty'), '')
    expect(files.read(at('empty'))).toMatchObject({ content: Buffer.alloc(0), entry: { size: 0 } })
  })

  test('follows no link, waits for no pipe, and is nothing for what is no file', () => {
    writeFileSync(at('file'), 'text')
    symlinkSync('file', at('link'))
    mkdirSync(at('folder'))
    execFileSync('mkfifo', [at('pipe')])
    for (const name of ['link', 'folder', 'pipe', 'none', 'file/below']) expect(textOf(at(name)), name).toBe('gone')
    expect(textOf('/dev/zero')).toBe('gone')
  })

  test('does not hold what is too large', () => {
    writeFileSync(at('large'), '')
    truncateSync(at('large'), 2 ** 31)
    expect(files.read(at('large'))).toEqual({ kind: 'unreadable', why: 'it is too large to be read at once' })
  })

  test('in pieces ends where it is told to, or where the file ends', async () => {
    const content = Buffer.alloc(1_000_000, 'abcdefg')
    writeFileSync(at('file'), content)
    for (const size of [0, 1, 262_144, 262_145, 1_000_000, 2_000_000])
      expect((await readPieces(at('file'), size)).equals(content.subarray(0, size)), String(size)).toBe(true)
  })

  test('in pieces fails for a link and for nothing', async () => {
    symlinkSync('/etc/hostname', at('link'))
    for (const name of ['link', 'none']) await expect(readPieces(at(name), 10), name).rejects.toThrow(Error)
  })

  test('makes digests', async () => {
    const content = Buffer.alloc(700_000, 'xyz')
    writeFileSync(bytesAt('\udcff'), content)
    symlinkSync('a', at('link'))
    const expected = createHash('sha256').update(content).digest('hex')
    expect(files.hash(content)).toBe(expected)
    expect(await files.digest(at('\udcff'))).toBe(expected)
    for (const name of ['link', 'none', '.']) expect(await files.digest(at(name)), name).toBeUndefined()
  })
})

/** A tree of random kinds and names, some of them bytes, and what is known of it without the code under test. */
const makeTree = (seed: number): ReadonlyMap<string, string> => {
  const random = createRandom(seed)
  const expected = new Map<string, string>()
  const aName = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
      const kind = random()
      if (kind < 0.7) return String.fromCharCode(97 + Math.floor(random() * 26))
      return kind < 0.85
        ? fromNameBytes(Uint8Array.of(0x80 + Math.floor(random() * 128)))
        : ['ä', '😀', '\ufffd', ' ', '\n', '\\'][Math.floor(random() * 6)]
    }).join('')
  const fill = (path: string, depth: number): void => {
    for (let count = Math.floor(random() * 9); count > 0; count -= 1) {
      // A row of bytes may happen to be UTF-8.
      const name = fromNameBytes(toNameBytes(aName()))
      const below = path === '' ? name : `${path}/${name}`
      if (expected.has(below)) continue
      const kind = random()
      if (kind < 0.35 && depth < 5) {
        mkdirSync(bytesAt(below))
        expected.set(below, 'directory')
        fill(below, depth + 1)
      } else if (kind < 0.8) {
        writeFileSync(bytesAt(below), toNameBytesOf(name))
        expected.set(below, `file ${toNameBytes(name).length}`)
      } else {
        const target = aName()
        symlinkSync(toNameBytesOf(target), bytesAt(below))
        expected.set(below, `link ${fromNameBytes(toNameBytes(target))}`)
      }
    }
  }
  fill('', 0)
  return expected
}

const walk = (path: string, found: Map<string, string>): void => {
  for (const [name, entry] of listed(path === '' ? folder : at(path)).entries) {
    const below = path === '' ? name : `${path}/${name}`
    const more = entry.kind === 'file' ? ` ${entry.size}` : entry.kind === 'link' ? ` ${entry.linkTarget}` : ''
    found.set(below, `${entry.kind}${more}`)
    if (entry.kind === 'directory') walk(below, found)
    if (entry.kind === 'file') expect(toNameBytesOf(name).toString('hex')).toBe(contentOf(below))
  }
}

const contentOf = (path: string): string => {
  const found = files.read(`${folder}/${path}`)
  return 'kind' in found ? found.kind : Buffer.from(found.content).toString('hex')
}

test('random trees are seen as they are', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const expected = makeTree(seed)
    const found = new Map<string, string>()
    walk('', found)
    expect([...found].toSorted(), `seed ${seed}`).toEqual([...expected].toSorted())
    for (const name of readdirSync(folder, { encoding: 'buffer' }))
      rmSync(Buffer.concat([Buffer.from(`${folder}/`), name]), { recursive: true })
  }
})
