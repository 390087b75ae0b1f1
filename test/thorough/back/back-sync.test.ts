import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ContainerSummary, EventBody } from '../../../src/core/events/event.ts'
import type { Frame, Refused } from '../../../src/engine/sync/container-files.ts'
import type { Agreements } from '../../../src/engine/ports/agreements.ts'
import { type BackSync, createBackSync } from '../../../src/engine/sync/back/back-sync.ts'
import { createClock } from '../../../src/system/clock.ts'
import { createHostWriter } from '../../../src/system/host-writer.ts'
import { createSourceFiles } from '../../../src/system/source-files.ts'
import { createWatcher } from '../../../src/system/watch.ts'
import { aProject, aService } from '../../support/builders.ts'
import { eventually } from '../../support/eventually.ts'
import { createLocalExec } from '../../support/local-exec.ts'

/** Both sides are folders of this machine: the shell that would run in a container runs here. */
const base = await mkdtemp(join(tmpdir(), 'stack-back-sync-'))
afterAll(() => rm(base, { recursive: true }))
let number = 0
let [host, container] = ['', '']
let events: EventBody[] = []
let containers: readonly ContainerSummary[] = []
let sync: BackSync | undefined
const kept = new Map<string, string>()
const agreements: Agreements = {
  load: async (name) => kept.get(name),
  keep: async (name, text) => void kept.set(name, text),
}
const aContainer = (more: Partial<ContainerSummary> = {}): ContainerSummary => ({
  id: 'one',
  name: 'demo-web-1',
  service: 'web',
  number: 1,
  state: 'running',
  ports: [],
  startedAt: Date.now() - 60_000,
  ...more,
})

beforeEach(async () => {
  number += 1
  host = join(base, String(number), 'project/gen')
  container = join(base, String(number), 'container/gen')
  await mkdir(dirname(host), { recursive: true })
  await mkdir(container, { recursive: true })
  events = []
  containers = [aContainer()]
})
afterEach(async () => {
  await sync?.close()
  sync = undefined
})

/** What brings files to containers, as far as it is asked for here. */
const apply = async (_id: string, { root, put }: Frame): Promise<readonly Refused[]> => {
  for (const { path, entry, content } of put) {
    const to = join(root, path)
    if (entry.kind === 'directory') await mkdir(to, { recursive: true })
    else if (entry.kind === 'link') await symlink(entry.linkTarget ?? '', to)
    else await writeFile(to, content ?? '', { mode: entry.mode })
  }
  return []
}

const start = (
  direction: 'from' | 'both',
  more: { include?: string[]; ignore?: string[]; single?: boolean } = {},
): BackSync => {
  const [path, target] = more.single === true ? [`${host}/lock`, `${container}/lock`] : [host, container]
  sync = createBackSync(
    {
      runtime: createLocalExec(),
      clock: createClock(),
      source: createSourceFiles(),
      writer: createHostWriter(),
      watcher: createWatcher(),
      agreements,
      apply,
      emit: (event) => void events.push(event),
    },
    {
      project: aProject({ web: aService({ 'x-stack': { watch: [{ path, target, direction, ...more }] } }) }),
      signal: new AbortController().signal,
      containersOf: () => containers,
    },
  )
  return sync
}

const save = async (side: string, path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(side, path)), { recursive: true })
  await writeFile(join(side, path), text)
  sync?.touch('web')
}
const drop = async (side: string, path: string): Promise<void> => {
  await rm(join(side, path), { recursive: true })
  sync?.touch('web')
}
/** Everything below a folder, as `a/b=text`. */
const treeOf = async (folder: string, below = ''): Promise<readonly string[]> => {
  const names = await readdir(join(folder, below)).catch(() => [])
  const found = await Promise.all(
    names.map(async (name): Promise<readonly string[]> => {
      const path = below === '' ? name : `${below}/${name}`
      const stats = await lstat(join(folder, path))
      if (stats.isDirectory()) return [`${path}/`, ...(await treeOf(folder, path))]
      if (stats.isSymbolicLink()) return [`${path}->${await readlink(join(folder, path))}`]
      return [`${path}=${await readFile(join(folder, path), 'utf8')}${(stats.mode & 0o100) === 0 ? '' : '*'}`]
    }),
  )
  return found.flat().toSorted()
}
const becomes = (side: string, ...expected: readonly string[]): Promise<void> =>
  eventually(async () => {
    sync?.touch('web')
    expect(await treeOf(side)).toEqual([...expected].toSorted())
  })
/** Problems that are there now. */
const problems = (): readonly string[] => {
  const found = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'problem/raised') found.set(event.id, event.problem.code)
    if (event.type === 'problem/cleared') found.delete(event.id)
  }
  return [...found.values()]
}
const tells = (...codes: readonly string[]): Promise<void> =>
  eventually(() => {
    sync?.touch('web')
    expect(problems()).toEqual(codes)
  })

describe('from the container', () => {
  test('files come, change and go, and the container is left alone', async () => {
    await save(container, 'api/client.ts', 'one')
    start('from')
    await becomes(host, 'api/', 'api/client.ts=one')
    await save(container, 'api/client.ts', 'two')
    await save(container, 'other.ts', 'x')
    await becomes(host, 'api/', 'api/client.ts=two', 'other.ts=x')
    await drop(container, 'api')
    await becomes(host, 'other.ts=x')
    await save(host, 'mine.ts', 'mine')
    await save(container, 'later.ts', 'y')
    await becomes(host, 'later.ts=y', 'mine.ts=mine', 'other.ts=x')
    expect(await treeOf(container)).toEqual(['later.ts=y', 'other.ts=x'])
    expect(problems()).toEqual([])
    expect(events.filter(({ type }) => type === 'reload/ended').length).toBeGreaterThan(2)
  })

  test('what was changed here is not overwritten, until it is deleted', async () => {
    await save(container, 'a', 'one')
    start('from')
    await becomes(host, 'a=one')
    await save(host, 'a', 'mine')
    await save(container, 'a', 'two')
    await tells('watch/conflict')
    expect(await treeOf(host)).toEqual(['a=mine'])
    await drop(host, 'a')
    await becomes(host, 'a=two')
    await tells()
  })

  test('a link that leads outside is not brought, and nothing behind it', async () => {
    await mkdir(join(base, String(number), 'container/secret'))
    await writeFile(join(base, String(number), 'container/secret/key'), 'secret')
    await symlink('../secret', join(container, 'out'))
    await save(container, 'd/a', 'one')
    await symlink('a', join(container, 'd/in'))
    start('from')
    await becomes(host, 'd/', 'd/a=one', 'd/in->a')
    await tells('watch/link-outside')
  })

  test('hard links have their content each', async () => {
    await save(container, 'a', 'one')
    const { link } = await import('node:fs/promises')
    await link(join(container, 'a'), join(container, 'b'))
    start('from')
    await becomes(host, 'a=one', 'b=one')
  })

  test('nothing is deleted here when the container has lost everything', async () => {
    for (const name of ['a', 'b', 'c']) await save(container, name, name)
    start('from')
    await becomes(host, 'a=a', 'b=b', 'c=c')
    await drop(container, '')
    await tells('watch/emptied')
    await save(container, 'a', 'new')
    await becomes(host, 'a=new')
    await tells()
  })

  test('a new container that has nothing yet takes nothing away', async () => {
    await save(container, 'a', 'one')
    start('from')
    await becomes(host, 'a=one')
    containers = []
    await drop(container, 'a')
    containers = [aContainer({ id: 'two', name: 'demo-web-2', number: 2 })]
    await save(container, 'b', 'two')
    await becomes(host, 'a=one', 'b=two')
  })

  test('of several containers, the first is looked at, which is said', async () => {
    containers = [aContainer({ id: 'two', number: 2 }), aContainer()]
    start('from')
    await tells('watch/one-of-many')
  })
})

describe('both ways', () => {
  test('whatever one side does, the other has', async () => {
    await save(host, 'h/a', 'one')
    await save(container, 'c/b', 'two')
    start('both')
    const all = ['c/', 'c/b=two', 'h/', 'h/a=one']
    await becomes(host, ...all)
    await becomes(container, ...all)
    await save(host, 'c/b', 'three')
    await drop(container, 'h')
    await symlink('c/b', join(host, 'l'))
    await becomes(container, 'c/', 'c/b=three', 'l->c/b')
    await becomes(host, 'c/', 'c/b=three', 'l->c/b')
    await drop(host, 'l')
    await save(host, 'l/now/a/folder', 'x')
    await becomes(container, 'c/', 'c/b=three', 'l/', 'l/now/', 'l/now/a/', 'l/now/a/folder=x')
    expect(problems()).toEqual([])
  })

  test('a conflict is shown, and ends when one side is deleted', async () => {
    await save(host, 'a', 'mine')
    await save(container, 'a', 'theirs')
    await save(container, 'b', 'x')
    start('both')
    await becomes(host, 'a=mine', 'b=x')
    await tells('watch/conflict')
    await drop(container, 'a')
    await becomes(container, 'a=mine', 'b=x')
    await tells()
  })

  test('a single file', async () => {
    await save(container, 'lock', 'one')
    await save(container, 'else', 'x')
    start('both', { single: true })
    await becomes(host, 'lock=one')
    await save(host, 'lock', 'two')
    await becomes(container, 'else=x', 'lock=two')
  })

  test('only some files, with their folders', async () => {
    await save(host, 'src/a.ts', 'code')
    await save(host, 'src/deep/a.snap', 'one')
    await save(container, 'src/b.snap', 'two')
    start('both', { include: ['**/*.snap'] })
    await becomes(host, 'src/', 'src/a.ts=code', 'src/b.snap=two', 'src/deep/', 'src/deep/a.snap=one')
    await becomes(container, 'src/', 'src/b.snap=two', 'src/deep/', 'src/deep/a.snap=one')
  })

  test('what was agreed upon outlives the watch', async () => {
    await save(host, 'a', 'one')
    start('both')
    await becomes(container, 'a=one')
    await sync?.close()
    sync = undefined
    await save(container, 'a', 'two')
    await drop(host, 'a').then(() => save(host, 'a', 'one'))
    start('both')
    await becomes(host, 'a=two')
    expect(problems()).toEqual([])
  })

  test('what is ignored stays where it is, and git is nobody else’s', async () => {
    await save(container, 'node_modules/x', 'x')
    await save(container, '.git/hooks/post-checkout', 'evil')
    await save(host, 'keep.log', 'mine')
    await save(host, 'a', 'one')
    start('both', { ignore: ['node_modules', '*.log'] })
    await becomes(
      container,
      '.git/',
      '.git/hooks/',
      '.git/hooks/post-checkout=evil',
      'a=one',
      'node_modules/',
      'node_modules/x=x',
    )
    expect(await treeOf(host)).toEqual(['a=one', 'keep.log=mine'])
  })
})
