import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClock } from '../../src/system/clock.ts'
import type { Service } from '../../src/core/project/service.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import type { ContainerFiles } from '../../src/engine/sync/container-files.ts'
import { openContainerFiles } from '../../src/engine/sync/container/open.ts'
import { readTar } from '../../src/wire/read-tar.ts'
import { describeWhere } from '../support/not-run.ts'
import { readEntryLines } from '../support/odd-tar-entries.ts'
import { putFile, putFolder, putLink } from '../support/put.ts'
import { makeBareImage, makeGnuImage, whyNoMachineImage } from '../support/tool-images.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

const project = `hb-archives-${process.pid}`
const signal = new AbortController().signal
let runtime: Runtime
let number = 0

beforeAll(() => {
  runtime = openRuntime()
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})

type Opened = { readonly id: string; readonly files: ContainerFiles }

const open = async (image: string, more: Partial<Service> = {}, isRunning = true): Promise<Opened> => {
  const fixture = createContainerFixture(() => runtime, project)
  const make = isRunning ? fixture.run : fixture.create
  const id = await make(`s${(number += 1)}`, '', { image, command: ['sleep', '600'], ...more })
  return { id, files: openContainerFiles({ runtime, clock: createClock(), signal }, id, { isRunning }) }
}

/** Kind, mode, owner, name and where a link leads. */
const readBack = async (id: string, path: string): Promise<readonly string[]> => {
  const { tar } = await runtime.getArchive(id, path)
  return (await readEntryLines(readTar(tar, path))).map((line) => line.replace(/ \d+ \d+ /, ' ')).toSorted()
}

const noRemoval = { why: 'the image has no shell, so nothing can be deleted in it: rebuild', isFinal: true }

describeWhere('without a shell in the image', whyNoMachineImage(), () => {
  let image = ''
  beforeAll(async () => {
    image = await makeBareImage(project)
  })

  test('files are put for the user of the image, and what is there is seen; nothing can be deleted, which is said at first', async () => {
    const { id, files } = await open(image, { user: 'app' })
    expect(await files.limits(['/app'])).toEqual({ keepsDeleted: true, missing: ['shell'], places: new Map() })
    const put = [
      putFolder('', { mode: 0o750 }),
      putFile('deep/er/a', 'x', { mode: 0o4711 }),
      putFile('latin1-\udce4', 'x'),
      putLink('l', '/etc'),
    ]
    expect(await files.apply({ root: '/srv/app', remove: ['not/there'], put })).toEqual([])
    expect(await readBack(id, '/srv')).toEqual(
      [
        'directory 755 1234:2345 srv',
        'directory 750 1234:2345 srv/app',
        'directory 755 1234:2345 srv/app/deep',
        'directory 755 1234:2345 srv/app/deep/er',
        'file 4711 1234:2345 srv/app/deep/er/a',
        'file 644 1234:2345 srv/app/latin1-\xe4',
        'link 777 1234:2345 srv/app/l -> /etc',
      ].toSorted(),
    )
    const many = Array.from({ length: 60 }, (_, index) => putFile(`n${index}`))
    expect(await files.apply({ root: '/srv/app', remove: [], put: many })).toEqual([])
    const few = await files.look('/srv/app', ['', 'deep', 'l', 'l/passwd', 'not'])
    const all = await files.look('/srv/app', ['', 'deep', 'l', 'l/passwd', 'not', ...many.map(({ path }) => path)])
    for (const seen of [few, all]) expect([...(seen?.keys() ?? [])].slice(0, 3).toSorted()).toEqual(['', 'deep', 'l'])
    expect([few?.size, all?.size]).toEqual([3, 63])
    expect(few?.get('l')).toMatchObject({ kind: 'link', linkTarget: '/etc' })
    expect(all?.get('n7')).toMatchObject({ kind: 'file', mode: 0o644, size: 2, mtime: 1_700_000_000 })
    expect((await files.digests('/srv/app', ['deep/er/a', 'l', 'latin1-\udce4'])).size).toBe(2)
    expect(
      await files.apply({ root: '/srv/app', remove: ['deep', 'n1', 'l/passwd'], put: [putFile('n2', 'new')] }),
    ).toEqual([
      { path: 'deep', ...noRemoval },
      { path: 'n1', ...noRemoval },
    ])
    expect((await files.look('/srv/app', ['n2']))?.get('n2')?.size).toBe(3)
  })

  test('a thing of another kind makes room, and a link is never gone through', async () => {
    const { id, files } = await open(image)
    const root = '/app'
    await files.apply({ root, remove: [], put: [putFolder('d'), putFile('d/x'), putFile('f'), putLink('l', '/etc')] })
    expect(
      await files.apply({ root, remove: [], put: [putFile('l/passwd', 'bad'), putFile('f/x'), putFile('ok')] }),
    ).toEqual([
      { path: 'l/passwd', why: 'l is a link there', isFinal: false },
      { path: 'f/x', why: 'f is a file there', isFinal: false },
    ])
    const put = [putFile('d'), putFolder('f'), putFile('f/x'), putFolder('l'), putFile('l/passwd', 'here')]
    expect(await files.apply({ root, remove: [], put })).toEqual([])
    expect(await files.apply({ root: '/app/f/x', remove: [], put: [putLink('', '/etc/passwd')] })).toEqual([])
    expect(await files.apply({ root: '/app/f/x', remove: [], put: [putFile('', 'in place of the link')] })).toEqual([])
    expect(await readBack(id, root)).toEqual(
      [
        'directory 755 0:0 app',
        'directory 755 0:0 app/f',
        'directory 755 0:0 app/l',
        'file 644 0:0 app/d',
        'file 644 0:0 app/f/x',
        'file 644 0:0 app/l/passwd',
        'file 644 0:0 app/ok',
      ].toSorted(),
    )
    expect((await files.look('/etc', ['passwd']))?.get('passwd')?.size).toBeGreaterThan(20)
  })

  test('a volume takes files where the rest is read-only, what is in memory cannot be reached, and each says so', async () => {
    const { id, files } = await open(image, {
      read_only: true,
      tmpfs: ['/memory'],
      volumes: [{ type: 'volume', target: '/data' }],
    })
    expect(await files.apply({ root: '/data', remove: [], put: [putFolder(''), putFile('a/b')] })).toEqual([])
    expect((await readBack(id, '/data')).map((line) => line.split(' ').at(-1))).toEqual(['data', 'data/a', 'data/a/b'])
    expect(await files.limits(['/data', '/memory/x', '/other'])).toMatchObject({
      places: new Map([
        ['/memory/x', { kind: 'unreachable', mount: '/memory' }],
        ['/other', { kind: 'read-only', mount: '/' }],
      ]),
    })
    const why = '/memory is kept in memory, where the engine puts nothing, and the image has no shell'
    expect(await files.apply({ root: '/memory', remove: [], put: [putFile('a')] })).toEqual([
      { path: 'a', why, isFinal: true },
    ])
    const refused = await files.apply({ root: '/other', remove: [], put: [putFile('a'), putFile('b')] })
    expect(refused.map(({ path }) => path)).toEqual(['a', 'b'])
    expect(refused[0]?.why).toMatch(/read-only/)
  })

  test('with a shell and no tar all goes but what is in memory', async () => {
    const { id, files } = await open(await makeGnuImage(project, { without: ['tar'] }), { tmpfs: ['/memory'] })
    expect(await files.limits(['/app', '/memory'])).toEqual({
      keepsDeleted: false,
      missing: ['tar'],
      places: new Map([['/memory', { kind: 'unreachable', mount: '/memory' }]]),
    })
    expect(await files.apply({ root: '/app', remove: [], put: [putFile('a'), putFile('b')] })).toEqual([])
    expect(await files.apply({ root: '/app', remove: ['a'], put: [putFile('b', 'new')] })).toEqual([])
    expect((await readBack(id, '/app')).map((line) => line.split(' ').at(-1))).toEqual(['app', 'app/b'])
    expect(await files.apply({ root: '/memory', remove: [], put: [putFile('a')] })).toMatchObject([{ isFinal: true }])
    files.close()
  })
})

test('a container that does not run takes files, and what is to go waits until it does', async () => {
  const { id, files } = await open(shellImage, { tmpfs: ['/memory'], user: '1234:2345' }, false)
  expect(await files.limits(['/app'])).toBeUndefined()
  expect(await files.apply({ root: '/app', remove: ['x'], put: [putFolder(''), putFile('a')] })).toEqual([])
  expect(await files.apply({ root: '/app', remove: ['a'], put: [putFile('b')] })).toEqual([
    { path: 'a', why: 'it is deleted when the container runs', isFinal: false },
  ])
  expect(await files.apply({ root: '/memory', remove: [], put: [putFile('a')] })).toMatchObject([{ isFinal: false }])
  expect(await readBack(id, '/app')).toEqual([
    'directory 755 1234:2345 app',
    'file 644 1234:2345 app/a',
    'file 644 1234:2345 app/b',
  ])
})
