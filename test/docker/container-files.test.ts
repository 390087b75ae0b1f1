import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createClock } from '../../src/system/clock.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import type { Service } from '../../src/core/project/service.ts'
import type { ContainerFiles, Put } from '../../src/engine/sync/container-files.ts'
import { openContainerFiles } from '../../src/engine/sync/container/open.ts'
import { readTar } from '../../src/wire/read-tar.ts'
import { createEngineApi } from '../support/engine-api.ts'
import { eventually } from '../support/eventually.ts'
import { describeWhere } from '../support/not-run.ts'
import { readEntryLines } from '../support/odd-tar-entries.ts'
import { putFile, putFolder, putLink } from '../support/put.ts'
import { makeGnuImage, whyNoMachineImage } from '../support/tool-images.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

const project = `hb-files-${process.pid}`
const controller = new AbortController()
const engine = createEngineApi()
const opened: ContainerFiles[] = []
let runtime: Runtime
let number = 0

beforeAll(() => {
  runtime = openRuntime()
})
afterEach(() => opened.splice(0).forEach((files) => files.close()))
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})

type Opened = { readonly id: string; readonly files: ContainerFiles }

const open = async (image: string, more: Partial<Service> = {}): Promise<Opened> => {
  const fixture = createContainerFixture(() => runtime, project)
  const id = await fixture.run(`s${(number += 1)}`, 'sleep 600', { image, ...more })
  const files = openContainerFiles({ runtime, clock: createClock(), signal: controller.signal }, id, {
    isRunning: true,
  })
  opened.push(files)
  return { id, files }
}

const run = async (id: string, ...command: string[]): Promise<string> => {
  const { stdout, stderr, code } = await engine.exec(id, command)
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}${stdout}`)
  return stdout
}

const readBack = async (id: string, path: string): Promise<readonly string[]> => {
  const { tar } = await runtime.getArchive(id, path)
  return readEntryLines(readTar(tar, path))
}

const many = (count: number, folders: number): readonly Put[] => [
  ...Array.from({ length: folders }, (_, index) => putFolder(`f${index}`)),
  ...Array.from({ length: count }, (_, index) => putFile(`f${index % folders}/n${index}`)),
]

const tellHow = (image: () => string): void => {
  test('what is put arrives as it is: names, modes, times, links, owners', async () => {
    const { id, files } = await open(image(), { user: '1234:2100000000' })
    const put = [
      putFolder('', { mode: 0o750 }),
      putFolder('a b', { mode: 0o2755 }),
      putFile('a b/sticky', 'x', { mode: 0o1640 }),
      putFile('set-id', 'x', { mode: 0o6755, mtimeMs: 8_589_934_592_000 }),
      putFile('q\'u"o\\te\nand line', 'x', { mtimeMs: 1_234_567_890_999 }),
      putFile('-rf', 'x'),
      putFile('a b/latin1-\udce4', 'x'),
      putFile('größe 地図 🚀 \udcff', 'x'),
      putFile('n'.repeat(240), ''),
      putLink('link', '../\udce4 place\n'),
      putLink('absolute', '/etc'),
    ]
    expect(await files.apply({ root: '/srv/new/app', remove: [], put })).toEqual([])
    const lines = await readBack(id, '/srv/new/app')
    // BusyBox sets the times of files alone.
    const times = lines.map((line) => line.replace(/^((?:directory|link) \S+ \S+) \d+/, '$1'))
    expect(times).toEqual(
      [
        'directory 750 1234:2100000000 0 app',
        'directory 2755 1234:2100000000 0 app/a b',
        'file 1640 1234:2100000000 1700000000 1 app/a b/sticky',
        'file 644 1234:2100000000 1700000000 1 app/a b/latin1-\xe4',
        'file 6755 1234:2100000000 8589934592 1 app/set-id',
        'file 644 1234:2100000000 1234567890 1 app/q\'u"o\\te\nand line',
        'file 644 1234:2100000000 1700000000 1 app/-rf',
        `file 644 1234:2100000000 1700000000 1 app/${Buffer.from('größe 地図 🚀 ').toString('latin1')}\xff`,
        `file 644 1234:2100000000 1700000000 0 app/${'n'.repeat(240)}`,
        'link 777 1234:2100000000 0 app/link -> ../\xe4 place\n',
        'link 777 1234:2100000000 0 app/absolute -> /etc',
      ].toSorted(),
    )
    const seen = await files.look('/srv/new/app', [
      ...put.map(({ path }) => path),
      'absolute/hostname',
      'not',
      'set-id/x',
    ])
    for (const { path, entry, content } of put)
      expect(seen?.get(path)).toMatchObject({
        kind: entry.kind,
        ...(entry.kind === 'link' ? { linkTarget: entry.linkTarget } : { mode: entry.mode }),
        ...(content === undefined ? {} : { size: content.length, mtime: Math.floor(entry.mtimeMs / 1000) }),
      })
    expect(seen?.size).toBe(put.length)
    const x = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
    const digests = await files.digests('/srv/new/app', [
      '-rf',
      'q\'u"o\\te\nand line',
      'a b/latin1-\udce4',
      'link',
      'a b',
    ])
    expect([...digests].toSorted()).toEqual([
      ['-rf', x],
      ['a b/latin1-\udce4', x],
      ['q\'u"o\\te\nand line', x],
    ])
    expect(await run(id, 'stat', '-c', '%u %g %a', '/srv', '/srv/new')).toBe(
      '1234 2100000000 755\n1234 2100000000 755\n',
    )
    // What was unpacked elsewhere on the way goes when it has been quiet for a second.
    await eventually(async () => expect(await run(id, 'sh', '-c', 'echo /.stack*')).toBe('/.stack*\n'))
  })

  test('a thing of another kind makes room, and a link is never gone through', async () => {
    const { id, files } = await open(image())
    const apply = (remove: readonly string[], ...put: Put[]) => files.apply({ root: '/app', remove, put })
    const list = async (): Promise<string> =>
      (await readBack(id, '/app'))
        .map((line) => line.replace(/^(\S+) \S+ \S+ \d+ \d+/, '$1'))
        .toSorted()
        .join('\n')
    await run(
      id,
      'sh',
      '-c',
      'mkdir -p /app/d/e /out/in; echo 1 >/out/in/keep; echo 1 >/app/f; ln -s /out /app/l; ln -s /out/in/keep /app/lf',
    )
    expect(await apply([], putFile('l/in/keep', 'bad'), putFile('f/x', 'bad'), putFile('ok'))).toEqual([
      { path: 'l/in/keep', why: 'l is a link there', isFinal: false },
      { path: 'f/x', why: 'f is a file there', isFinal: false },
    ])
    expect(await apply(['l/in/keep', 'f/x', 'no/thing', 'l/in'])).toEqual([])
    expect(await run(id, 'cat', '/out/in/keep')).toBe('1\n')
    expect(
      await apply(
        [],
        putFile('d', 'now a file'),
        putFolder('l'),
        putFile('l/in', 'now a file'),
        putFile('lf', 'new'),
        putFolder('f'),
        putFile('f/x'),
      ),
    ).toEqual([])
    expect(await run(id, 'cat', '/out/in/keep', '/app/d', '/app/l/in', '/app/lf', '/app/f/x')).toBe(
      '1\nnow a filenow a filenewf/x',
    )
    expect(await apply([], putLink('d', 'l'), putLink('f', '/out'), putFolder('lf'))).toEqual([])
    expect(await list()).toBe(
      [
        'directory app',
        'directory app/l',
        'directory app/lf',
        'file app/l/in',
        'file app/ok',
        'link app/d -> l',
        'link app/f -> /out',
      ].join('\n'),
    )
    expect(await apply(['d', 'f', 'lf', 'ok'])).toEqual([])
    expect(await list()).toBe(['directory app', 'directory app/l', 'file app/l/in'].join('\n'))
  })

  test('one text that was just saved arrives as it is, whatever is in it and in its place', async () => {
    const { id, files } = await open(image(), { tmpfs: ['/full:size=16k'] })
    const save = (path: string, text: string | Uint8Array, more: { mode?: number } = {}) =>
      files.apply({ root: '/app', remove: [], put: [putFile(path, text, { mtimeMs: Date.now(), ...more })] })
    await run(id, 'sh', '-c', 'mkdir -p /out /app/folder/in; echo 1 >/out/keep; echo 1 >/app/plain; echo 1 >/app/ü')
    await run(
      id,
      'sh',
      '-c',
      'ln -s /out /app/link; ln -s gone /app/lost; ln -s round /app/round; ln -s /out/keep /app/file-link',
    )
    const texts: readonly (readonly [path: string, text: string | Uint8Array, mode?: number])[] = [
      ['plain', '%s %d %% \\n \\0 \\c \'quoted\' "$HOME" `id` $(id)\n\ttab\r\n\n', 0o600],
      ['ü', 'größe 地図 🚀\u2028\n', 0o664],
      ['bytes', Buffer.from([0xff, 0xfe, 0x0a, 0x80, 0x5c])],
      ['null', Buffer.from([0x61, 0, 0x62])],
      ['--help', '--help'],
      ['-', '-n'],
      ['all', Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1))],
      ['big', 'x%\n'.repeat(1365)],
      ['folder', 'a file now'],
      ['link', 'a file now'],
      ['lost', 'a file now'],
      ['round', 'a file now'],
      ['file-link', 'a file now'],
      ['new/folder/file', 'x'],
      ['program', '#!/bin/sh\n', 0o755],
      ['nobody', 'x', 0o000],
    ]
    for (const [path, text, mode = 0o644] of texts) expect([path, await save(path, text, { mode })]).toEqual([path, []])
    const { tar } = await runtime.getArchive(id, '/app')
    const held = new Map<string, string>()
    for await (const { path, kind, mode, data } of readTar(tar, '/app'))
      held.set(path.toString(), `${kind} ${mode.toString(8)} ${(await buffer(data)).toString('hex')}`)
    for (const [path, text, mode = 0o644] of texts)
      expect([path, held.get(`app/${path}`)]).toEqual([
        path,
        `file ${mode.toString(8)} ${Buffer.from(text).toString('hex')}`,
      ])
    expect(await run(id, 'sh', '-c', 'echo /out/*; cat /out/keep')).toBe('/out/keep\n1\n')
    await eventually(async () => expect(await run(id, 'sh', '-c', 'echo /.stack*')).toBe('/.stack*\n'))

    await run(id, 'sh', '-c', 'echo old >/full/file; head -c 12288 /dev/zero >/full/fill')
    const refused = await files.apply({
      root: '/full',
      remove: [],
      put: [putFile('file', 'x'.repeat(4000), { mtimeMs: Date.now() })],
    })
    expect(refused.map(({ path }) => path)).toEqual(['file'])
    expect(refused[0]?.why).toMatch(/No space left/)
    expect(await run(id, 'sh', '-c', 'cat /full/file; echo /full/* /full/.s*')).toBe(
      'old\n/full/file /full/fill /full/.s*\n',
    )
  })

  test('links above the root and the root itself are followed; a link that is to be a file is replaced', async () => {
    const { id, files } = await open(image())
    await run(
      id,
      'sh',
      '-c',
      'mkdir -p /real/app; ln -s /real /way; ln -s app /real/link; echo old >/real/config; ln -s config /real/conf',
    )
    expect(await files.apply({ root: '/way/link', remove: [], put: [putFolder(''), putFile('a')] })).toEqual([])
    expect(await run(id, 'cat', '/real/app/a')).toBe('a')
    expect((await files.look('/way/link', ['', 'a']))?.size).toBe(2)
    expect(await files.apply({ root: '/way/conf', remove: [], put: [putFile('', 'new')] })).toEqual([])
    expect(await run(id, 'cat', '/real/config', '/real/conf')).toBe('old\nnew')
    await run(id, 'sh', '-c', 'rm /real/link; mkdir /elsewhere; ln -s /elsewhere /real/link')
    expect(await files.apply({ root: '/way/link', remove: [], put: [putFile('b')] })).toEqual([])
    expect(await run(id, 'cat', '/elsewhere/b')).toBe('b')
    expect(await files.apply({ root: '/way/conf', remove: [''], put: [] })).toEqual([])
    expect(await files.apply({ root: '/way/link', remove: [''], put: [] })).toEqual([])
    expect(await run(id, 'sh', '-c', 'cd /real; echo *; echo /elsewhere*')).toBe('app config\n/elsewhere*\n')
    expect(await files.apply({ root: '/real/config', remove: [], put: [putFile('a')] })).toEqual([
      { path: 'a', why: '/real/config is no folder there', isFinal: false },
    ])
    expect(await files.apply({ root: '/real/config', remove: [], put: [putFolder(''), putFile('a')] })).toEqual([])
    expect(await files.apply({ root: '/', remove: [''], put: [] })).toMatchObject([{ path: '', isFinal: true }])
  })

  test.each([
    [4, 2],
    [200, 4],
  ])('of %d files one that is impossible stops no other, and says why', async (count, folders) => {
    const { id, files } = await open(image(), { tmpfs: ['/app/busy/mount', '/app/small:size=64k'] })
    const put = [
      ...many(count, folders),
      putFile('busy', 'x'),
      putFile('small/big', 'x'.repeat(100_000)),
      putFile('small/fits'),
      putFile('f1/last'),
    ]
    const refused = await files.apply({ root: '/app', remove: ['busy'], put })
    expect(
      refused.map(({ path, isFinal }) => ({ path, isFinal })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    ).toEqual([
      { path: 'busy', isFinal: false },
      { path: 'small/big', isFinal: false },
    ])
    expect(refused.find(({ path }) => path === 'busy')?.why).toMatch(
      /[Bb]usy|[Ff]ile exists|[Ii]s a directory|overwrite/,
    )
    expect(refused.find(({ path }) => path === 'small/big')?.why).toMatch(/No space left|write error|Wrote only/)
    expect(
      (
        await files.look(
          '/app',
          put.map(({ path }) => path),
        )
      )?.size,
    ).toBe(put.length - 1)
    expect(await run(id, 'sh', '-c', 'cat /app/small/fits /app/f1/last; echo /app/.stack* /app/small/.stack*')).toBe(
      'small/fitsf1/last/app/.stack* /app/small/.stack*\n',
    )
    // The place of a mount cannot go; what is in it does.
    expect(await files.apply({ root: '/app', remove: ['small', 'busy'], put: [] })).toEqual([])
    expect(await files.apply({ root: '/app', remove: [''], put: [] })).toEqual([])
    expect(await run(id, 'sh', '-c', 'cd /app; echo *; echo small/*')).toBe('busy small\nsmall/*\n')
  })

  test('a root that is a volume or in memory takes files where the rest is read-only, and what cannot be written says so', async () => {
    const { id, files } = await open(image(), {
      read_only: true,
      tmpfs: ['/app'],
      volumes: [{ type: 'volume', target: '/data' }],
      user: '1234:2345',
    })
    for (const root of ['/app', '/data', '/data/deep/er'])
      expect(await files.apply({ root, remove: [], put: [...many(60, 3), putFile('a'), putLink('l', 'a')] })).toEqual(
        [],
      )
    expect(await run(id, 'stat', '-c', '%u:%g', '/app/l', '/data/l')).toBe('1234:2345\n1234:2345\n')
    const { places, ...tools } = (await files.limits(['/data/deep/x', '/app/y', '/other', '/'])) ?? {}
    expect(tools).toEqual({ keepsDeleted: false, missing: [] })
    expect([...(places ?? [])]).toEqual([
      ['/app/y', { kind: 'in-memory', mount: '/app' }],
      ['/other', { kind: 'read-only', mount: '/' }],
      ['/', { kind: 'read-only', mount: '/' }],
    ])
    expect(await files.apply({ root: '/data', remove: ['f0', 'deep', 'l'], put: [putFile('a', 'again')] })).toEqual([])
    expect(await run(id, 'sh', '-c', 'cat /data/a; echo /data/* /data/.s*; stat -c %u:%g /data/a')).toBe(
      'again/data/a /data/f1 /data/f2 /data/.s*\n1234:2345\n',
    )
    const refused = await files.apply({ root: '/other', remove: [], put: [putFile('a'), putFile('b')] })
    expect(refused.map(({ path }) => path)).toEqual(['a', 'b'])
    expect(refused[0]?.why).toContain('Read-only file system')
    const there = await files.apply({ root: '/etc', remove: ['passwd'], put: [putFile('hostname')] })
    expect(there.map(({ path, why }) => `${path}: ${why}`).join('\n')).toMatch(
      /passwd: .*Read-only[^]*hostname: .*(Read-only|[Bb]usy)/,
    )
  })

  test('a container without rights takes files for its user', async () => {
    const { id, files } = await open(image(), {
      cap_drop: ['ALL'],
      user: '1234:2345',
      security_opt: ['no-new-privileges'],
    })
    expect(
      await files.apply({
        root: '/app',
        remove: [],
        put: [putFolder(''), putFile('a'), putFile('b', 'x', { mode: 0o400 })],
      }),
    ).toEqual([])
    expect(await files.apply({ root: '/app', remove: ['b'], put: [putFile('a', 'new')] })).toEqual([])
    expect(await run(id, 'sh', '-c', 'stat -c "%u:%g %a %n" /app /app/*; cat /app/a')).toBe(
      '1234:2345 755 /app\n1234:2345 644 /app/a\nnew',
    )
  })

  test('a file too big to be held goes through, whole, with others beside it; one that cannot be read is set aside', async () => {
    const { id, files } = await open(image())
    const size = 200 * 1024 * 1024 + 77
    const piece = new Uint8Array(1024 * 1024).fill(7)
    const open200 = async function* (): AsyncGenerator<Uint8Array> {
      for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length))
    }
    const bad = async function* (): AsyncGenerator<Uint8Array> {
      yield piece
      throw new Error('no permission')
    }
    const big = (path: string, stream: () => AsyncIterable<Uint8Array>): Put => {
      const { entry } = putFile(path, '', { size })
      return { path, entry, stream: { size, open: stream } }
    }
    const applied = files.apply({
      root: '/app',
      remove: [],
      put: [putFile('a'), big('big', open200), big('bad', bad), putFile('b')],
    })
    const looked = files.look('/app', ['a', 'big', 'bad', 'b'])
    expect(await applied).toEqual([{ path: 'bad', why: 'no permission', isFinal: false }])
    expect([...((await looked)?.entries() ?? [])].map(([path, seen]) => `${path} ${seen.size}`).toSorted()).toEqual([
      'a 1',
      'b 1',
      `big ${size}`,
    ])
    expect(await run(id, 'sh', '-c', 'cd /app; echo * .s*; tail -c 3 big | od -An -c 2>/dev/null || :')).toContain(
      'a b big .s*',
    )
  })

  test('a reader never sees half of a file, nor none', async () => {
    const { id, files } = await open(image())
    const content = (letter: string): string => letter.repeat(300_000)
    await files.apply({ root: '/app', remove: [], put: [putFile('a', content('a'))] })
    const reader = engine.exec(id, [
      'sh',
      '-c',
      'n=0; while ! [ -e /app/end ]; do n=$((n+1)); set -- $(sha256sum /app/a 2>&1); echo "$1"; done | while read x; do case " $s " in *" $x "*) ;; *) s="$s $x"; echo "$x" ;; esac; done',
    ])
    for (let round = 0; round < 30; round += 1)
      expect(
        await files.apply({ root: '/app', remove: [], put: [putFile('a', content(round % 2 === 0 ? 'b' : 'a'))] }),
      ).toEqual([])
    await files.apply({ root: '/app', remove: [], put: [putFile('end')] })
    const seen = (await reader).stdout.trim().split('\n')
    expect(seen.length).toBeLessThanOrEqual(2)
    expect(seen.every((text) => /^[0-9a-f]{64}$/.test(text))).toBe(true)
  })

  test('a shell that ended is opened again, and a call that it was in the middle of is made again', async () => {
    const { id, files } = await open(image())
    await files.apply({ root: '/app', remove: [], put: [putFile('a')] })
    const end =
      'for p in /proc/[0-9]*; do read -r x <$p/cmdline; case $x in *CDPAT[H]*) kill -9 ${p#/proc/};; esac; done 2>/dev/null; :'
    const tried = files.apply({ root: '/app', remove: [], put: many(3000, 3) })
    await run(id, 'sh', '-c', end)
    expect(await tried).toEqual([])
    await run(id, 'sh', '-c', end)
    expect(await files.apply({ root: '/app', remove: ['a'], put: [putFile('b')] })).toEqual([])
    await runtime.restartContainer(id, { graceSeconds: 0 })
    expect(await files.apply({ root: '/app', remove: [], put: [putFile('c')] })).toEqual([])
    await runtime.removeContainer(id, { force: true })
    await expect(files.apply({ root: '/app', remove: [], put: [putFile('d')] })).rejects.toMatchObject({
      code: 'engine/not-found',
    })
  })

  test('what was unpacked on the way is gone when the shell is', async () => {
    const { id, files } = await open(image())
    await files.apply({ root: '/app', remove: [], put: [putFile('a')] })
    files.close()
    await eventually(async () => expect(await run(id, 'sh', '-c', 'echo /.stack*')).toBe('/.stack*\n'))
  })
}

describe('with the tools of BusyBox', () => tellHow(() => shellImage))

describeWhere('with the tools of GNU', whyNoMachineImage(), () => {
  let image = ''
  beforeAll(async () => {
    image = await makeGnuImage(project)
  })
  tellHow(() => image)
})
