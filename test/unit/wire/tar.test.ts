import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { isStackError } from '../../../src/core/errors/stack-error.ts'
import { toTar } from '../../../bin/base-images/root-entries.ts'
import { readTar } from '../../../src/wire/read-tar.ts'
import { packTar, packTarInPieces, writeTar, type StreamedEntry } from '../../../src/wire/write-tar.ts'
import { oddEntries, readEntryLines, toEntryLines } from '../../support/odd-tar-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'stack-tar-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inPieces = async function* (data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

/** The code of the error that reading ends with. */
const failureOf = async (archive: Uint8Array): Promise<string> => {
  try {
    await readEntryLines(readTar(inPieces(archive, 700), 'web-1:/app'))
    return 'none'
  } catch (error) {
    return isStackError(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

const whole = packTar(oddEntries)

const gather = async (chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

describe('what is written', () => {
  test.for([1, 100, 512, 700, 1_000_000])('is read again, in pieces of %d bytes', async (size) => {
    expect(await readEntryLines(readTar(inPieces(whole, size), 'x'))).toEqual(toEntryLines(oddEntries))
  })

  test('is the same to tar itself', () => {
    const listed = execFileSync('tar', ['-tv', '--numeric-owner', '--full-time', '--utc', '--quoting-style=literal'], {
      input: whole,
      env: { ...process.env, LC_ALL: 'C' },
      encoding: 'latin1',
    })
    for (const line of toEntryLines(oddEntries)) {
      const [, owner = '', name = ''] = /^\S+ \S+ (\S+) \d+ \d+ ([^\n]*)/.exec(line) ?? []
      const found = listed.split('\n').filter((one) => one.includes(` ${name.replace(/ -> .*/, '').slice(0, 250)}`))
      expect(
        found.some((one) => one.includes(owner.replace(':', '/'))),
        line,
      ).toBe(true)
    }
    expect(listed).toContain('2242-03-16 12:56:32 odd/later than 2242')
  })

  test('extracts with tar to the same names, links and contents', () => {
    const out = mkdtempSync(join(folder, 'out-'))
    const own = oddEntries.map(({ uid: _, gid: __, ...entry }) => entry)
    execFileSync('tar', ['-xf', '-', '-C', out, '--no-same-owner'], { input: packTar(own) })
    const found = execFileSync('find', ['odd', '-printf', '%p\\0'], { cwd: out, encoding: 'latin1' }).split('\0')
    const wanted = own.map(({ path }) => Buffer.from(path as string).toString('latin1'))
    expect(found.filter((name) => name !== '').toSorted()).toEqual(wanted.toSorted())
    expect(execFileSync('cat', ['odd/hard', 'odd/link'], { cwd: out, encoding: 'utf8' })).toBe('hellohello')
  })

  test('is the same, and as long as was said before, when it is made in pieces', async () => {
    const many = Array.from({ length: 300 }, (_none, index): StreamedEntry => {
      const content = new Uint8Array(index * 7).fill(index)
      return { path: `many/${index}`, kind: 'file', mode: 0o644, content }
    })
    for (const entries of [[], oddEntries, many]) {
      const { size, chunks } = packTarInPieces(entries)
      expect((await gather(chunks)).equals(packTar(entries))).toBe(true)
      expect(size).toBe(packTar(entries).length)
    }
    const stream = { size: 700, open: () => inPieces(new Uint8Array(700), 300) }
    const { size, chunks } = packTarInPieces([...many, { path: 'log', kind: 'file', mode: 0o644, stream }])
    expect((await gather(chunks)).length).toBe(size)
  })

  test('may be more than 8 GB', async () => {
    const size = 9_000_000_000
    const path = join(folder, 'large.tar')
    const large: StreamedEntry = {
      path: 'large',
      kind: 'file',
      mode: 0o644,
      stream: { size, open: () => inPieces(new Uint8Array(), 1) },
    }
    for await (const header of writeTar([large])) {
      writeFileSync(path, header)
      break
    }
    truncateSync(path, 512 + Math.ceil(size / 512) * 512 + 1024)
    expect(execFileSync('tar', ['-tvf', path], { encoding: 'utf8' })).toContain(` ${size} `)
    const zeros = new Uint8Array(4 * 1024 * 1024)
    const zeroes = async function* (): AsyncGenerator<Uint8Array> {
      for (let left = size; left > 0; left -= zeros.length) yield zeros
    }
    const archive = writeTar([{ ...large, stream: { size, open: zeroes } }])
    expect(await readEntryLines(readTar(archive, 'x'))).toEqual([`file 644 0:0 0 ${size} large`])
  })

  test('has the size that its header names, whatever becomes of the file', async () => {
    const entry = (text: string): StreamedEntry => {
      const stream = { size: 1000, open: () => inPieces(Buffer.from(text), 300) }
      return { path: 'log', kind: 'file', mode: 0o644, stream }
    }
    const archive = writeTar([entry('x'.repeat(5000)), entry('short'), entry('')])
    expect(await readEntryLines(readTar(archive, 'x'))).toEqual(
      Array.from({ length: 3 }, () => 'file 644 0:0 0 1000 log'),
    )
  })

  test('holds no name that would become another one', () => {
    for (const path of ['a\ud800b', 'a\0b'])
      expect(() => packTar([{ path, kind: 'file', mode: 0o644 }])).toThrow('its name would become another one')
  })

  test('has the modes and owners of a root file system', async () => {
    writeFileSync(join(folder, 'program'), 'x'.repeat(1000))
    const archive = await buffer(
      toTar([
        { kind: 'directory', path: '/tmp', mode: 0o1777 },
        { kind: 'directory', path: '/data', mode: 0o700, owner: 999 },
        { kind: 'link', path: '/bin/sh', target: 'busybox' },
        { kind: 'text', path: '/etc/passwd', text: 'root:x:0:0\n' },
        { kind: 'file', path: '/bin/program', from: join(folder, 'program'), size: 1000, mode: 0o755 },
      ]),
    )
    const args = ['-tv', '--numeric-owner', '--full-time', '--utc']
    const listed = execFileSync('tar', args, { input: archive, encoding: 'utf8' }).trim().split('\n')
    expect(listed.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/',
      'drwx------ 999/999 0 1970-01-01 00:00:00 data/',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin/sh -> busybox',
      '-rw-r--r-- 0/0 11 1970-01-01 00:00:00 etc/passwd',
      '-rwxr-xr-x 0/0 1000 1970-01-01 00:00:00 bin/program',
    ])
  })
})

describe('what is read', () => {
  // `v7` has room for names of 100 bytes only and for small ids.
  test.for(['gnu', 'oldgnu', 'pax', 'ustar'])('may be written by tar as %s', async (format) => {
    const out = mkdtempSync(join(folder, 'in-'))
    const entries = oddEntries
      .filter(({ kind }) => kind !== 'hardlink')
      .filter(({ mtimeSeconds = 0 }) => mtimeSeconds < 8_589_934_592 || format !== 'ustar')
      .filter(
        ({ path, linkTarget = '' }) => format !== 'ustar' || (Buffer.byteLength(path) < 100 && linkTarget.length < 100),
      )
      .map(({ uid: _, gid: __, ...entry }) => entry)
    execFileSync('tar', ['-xf', '-', '-C', out, '--no-same-owner', '-p'], { input: packTar(entries) })
    const owner = ['--owner=0', '--group=0', '--numeric-owner']
    const large = format === 'ustar' ? 2_000_000 : 1_234_567_890
    const named = ['--owner-map=/dev/null', `--owner=:${large}`, `--group=:${large}`]
    for (const more of [owner, named]) {
      const args = [`--format=${format}`, '-b', '1', ...more, '-cf', '-', '-C', out, 'odd']
      const archive = execFileSync('tar', args, { env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1e8 })
      const wanted = entries.map((entry) => (more === owner ? entry : { ...entry, uid: large, gid: large }))
      const lines = await readEntryLines(readTar(inPieces(archive, 999), 'x'))
      expect(lines.map((line) => line.replace(/(\d+)\.\d+/, '$1'))).toEqual(toEntryLines(wanted))
    }
  })

  test('may be left unread', async () => {
    const kinds: string[] = []
    for await (const { kind } of readTar(inPieces(whole, 333), 'x')) kinds.push(kind)
    expect(kinds).toEqual(oddEntries.map(({ kind }) => kind))
  })

  test.for([
    ['is given up with its source when somebody wants no more of it', 1, 'given up'],
    ['is taken to the end of its source, whatever comes behind it', Infinity, 'taken'],
  ] as const)('%s', async ([, items, wanted]) => {
    let state = 'open'
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* inPieces(whole, 333)
        yield Buffer.alloc(10_240)
        state = 'taken'
      } finally {
        if (state === 'open') state = 'given up'
      }
    }
    let read = 0
    for await (const _ of readTar(source(), 'x')) if ((read += 1) === items) break
    expect(state).toBe(wanted)
  })

  test('may hold what is neither a file, a folder nor a link', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const archive = execFileSync('tar', ['-cf', '-', '-C', folder, 'pipe'])
    expect((await readEntryLines(readTar(inPieces(archive, 512), 'x')))[0]).toMatch(/^other /)
  })

  test('is refused with any byte of a header changed', async () => {
    const small = packTar([{ path: 'a', kind: 'file', mode: 0o644, content: Buffer.from('hello') }])
    for (let at = 0; at < 512; at += 1) {
      if (at === 154 || at === 155) continue // what stands behind the sum means nothing
      const flipped = Uint8Array.from(small)
      flipped[at] = (flipped[at] ?? 0) ^ 0x01
      expect(await failureOf(flipped), `byte ${at}`).toBe(
        'archive/damaged: The archive of web-1:/app is damaged: a header does not add up.',
      )
    }
  })

  test('is refused when it is cut, wherever', async () => {
    // One block of zeros is an end, too.
    for (let length = 0; length < whole.length - 1023; length += 256)
      expect(await failureOf(whole.subarray(0, length)), `at ${length}`).toBe(
        'archive/damaged: The archive of web-1:/app is damaged: it ends too early.',
      )
    expect(await failureOf(whole)).toBe('none')
  })

  test.for(['8 path=a\n', '99 path=a\n', 'x path=a\n', '10 pathxa\n'])(
    'is refused with attributes %j',
    async (record) => {
      const packed = packTar([{ path: 'x', kind: 'file', mode: 0o644, content: Buffer.from(record) }])
      packed[156] = 'x'.charCodeAt(0)
      packed.set(Buffer.from(sumOf(packed.subarray(0, 512))), 148)
      expect(await failureOf(packed)).toContain('archive/damaged')
    },
  )
})

const sumOf = (header: Uint8Array): string => {
  const sum = header.reduce((total, byte, index) => total + (index < 148 || index > 155 ? byte : 0x20), 0)
  return `${sum.toString(8).padStart(6, '0')}\0 `
}
