import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toLoadError } from '../../../src/cli/load.ts'
import { type EditWatch, filesOf, loadAndFollow, reloadOnEdit } from '../../../src/cli/up/reload-on-edit.ts'
import type { SourceEntry } from '../../../src/engine/ports/source-files.ts'
import type { Watcher, WatcherOptions } from '../../../src/engine/ports/watcher.ts'
import { createClock } from '../../../src/system/clock.ts'
import { createSourceFiles } from '../../../src/system/source-files.ts'
import { createWatcher } from '../../../src/system/watch.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'
import { projectOf } from '../plan/world.ts'

type Watch = WatcherOptions & { readonly folders: Set<string>; isClosed: boolean }

const sessionWith = (onReload: () => void) => ({
  subscribe: () => () => undefined,
  send: ({ type }: { readonly type: string }) => {
    expect(type).toBe('reload')
    onReload()
  },
  done: Promise.resolve({ exit: 0 }),
})

const aFile = (changed: Partial<SourceEntry> = {}): SourceEntry => ({
  kind: 'file',
  mode: 0o644,
  size: 1,
  mtimeMs: 500,
  ctimeMs: 500,
  inode: 1,
  links: 1,
  ...changed,
})
const aFolder = (inode: number): SourceEntry => aFile({ kind: 'directory', inode })

/** Files that the test alone knows, and time that it alone lets pass. */
const start = (files: readonly string[], entries: Readonly<Record<string, SourceEntry>> = {}) => {
  const clock = createVirtualClock(1000)
  const there = new Map(Object.entries({ '/': aFolder(2), '/shop': aFolder(3), ...entries }))
  const watches: Watch[] = []
  const watcher: Watcher = {
    open: (options) => {
      const watch: Watch = { ...options, folders: new Set(), isClosed: false }
      watches.push(watch)
      return {
        watch: (folder) => there.has(folder) && (watch.folders.add(folder), true),
        unwatch: (folder) => void watch.folders.delete(folder),
        close: () => void (watch.isClosed = true),
      }
    },
  }
  const reloads: number[] = []
  const looks = { lookAt: (path: string) => there.get(path) ?? { kind: 'gone' as const } }
  const session = sessionWith(() => void reloads.push(clock.now() - 1000))
  return {
    clock,
    there,
    watches,
    reloads,
    edits: reloadOnEdit(session, { watcher, looks, clock, files, readAt: 1000 }),
  }
}

test('an edit of any file that the project was made from loads it again; standard input is no file', async () => {
  const project = projectOf({ web: {} })
  const files = filesOf({
    ...project,
    context: {
      ...project.context,
      files: ['/shop/stack.yaml', '-'],
      envFiles: ['/shop/.env'],
      inputs: ['/shop/base.yaml', '/shop/stack.yaml', '/etc/shop/more.yaml'],
    },
  })
  const { clock, there, watches, reloads, edits } = start(files, { '/shop/.env': aFile(), '/etc/shop': aFolder(9) })
  expect(watches.map(({ folders, roots }) => [[...folders], roots])).toEqual([
    [
      ['/shop', '/etc/shop'],
      ['/shop', '/etc/shop'],
    ],
  ])
  watches[0]?.onHint('/shop')
  await clock.advance(100)
  expect(reloads).toEqual([])
  there.set('/shop/.env', aFile({ size: 2 }))
  watches[0]?.onHint('/shop')
  await clock.advance(100)
  expect(reloads).toEqual([120])
  edits.close()
  expect(clock.sleepers()).toBe(0)
})

describe('what is saved together is loaded together', () => {
  test('once, when there was quiet', async () => {
    const { clock, there, watches, reloads, edits } = start(['/shop/a', '/shop/b'])
    for (let step = 0; step < 4; step += 1) {
      there.set(step % 2 === 0 ? '/shop/a' : '/shop/b', aFile({ size: step }))
      watches[0]?.onHint('/shop')
      await clock.advance(10)
    }
    await clock.advance(1000)
    expect(reloads).toEqual([60])
    edits.close()
  })

  test('now and then, when there is none', async () => {
    const { clock, there, watches, reloads, edits } = start(['/shop/a'])
    for (let step = 0; step < 50; step += 1) {
      there.set('/shop/a', aFile({ size: step }))
      watches[0]?.onHint('/shop')
      await clock.advance(10)
    }
    expect(reloads).toEqual([200, 400])
    edits.close()
  })
})

describe('an edit that nobody told of is found', () => {
  test('when notices may have been lost', async () => {
    const { clock, there, watches, reloads, edits } = start(['/shop/a'])
    there.set('/shop/a', aFile())
    watches[0]?.onLoss()
    await clock.advance(100)
    expect(reloads).toEqual([20])
    edits.close()
  })

  test('within some seconds, and sooner where there are no notices', async () => {
    const { clock, there, watches, reloads, edits } = start(['/shop/a'])
    there.set('/shop/a', aFile())
    await clock.advance(6000)
    expect(reloads).toEqual([5000])
    edits.renew(['/shop/a', '/shop/b'], { readAt: 7000 })
    for (const { onBlind } of watches) onBlind('file-system')
    there.set('/shop/b', aFile())
    await clock.advance(1000)
    expect(reloads).toEqual([5000, 6500])
    edits.close()
    expect(clock.sleepers()).toBe(0)
  })
})

describe('after an edit that changes which files there are', () => {
  test('the new ones are watched, and the old ones until then', () => {
    const { watches, edits } = start(['/shop/stack.yaml'], { '/more': aFolder(7) })
    edits.renew(['/shop/stack.yaml', '/more/more.yaml'], { readAt: 2000 })
    expect(watches.map(({ folders, isClosed }) => [[...folders], isClosed])).toEqual([
      [['/shop'], true],
      [['/shop', '/more'], false],
    ])
    edits.close()
    expect(watches[1]?.isClosed).toBe(true)
    edits.renew(['/shop/other.yaml'], { readAt: 3000 })
    expect(watches).toHaveLength(2)
  })

  test('one that was saved or put there before it was watched, and after it was read, is loaded again', () => {
    const { reloads, edits } = start(['/shop/stack.yaml'], {
      '/shop/stack.yaml': aFile({ mtimeMs: 5000, ctimeMs: 5000 }),
      '/shop/old.yaml': aFile({ mtimeMs: 1500, ctimeMs: 1500 }),
      '/shop/saved.yaml': aFile({ mtimeMs: 2001, ctimeMs: 2001 }),
      '/shop/moved.yaml': aFile({ mtimeMs: 1, ctimeMs: 2001 }),
    })
    expect(reloads).toHaveLength(1)
    const files = ['/shop/stack.yaml', '/shop/old.yaml']
    edits.renew(files, { readAt: 2000 })
    expect(reloads).toHaveLength(1)
    edits.renew([...files, '/shop/saved.yaml'], { readAt: 2000 })
    expect(reloads).toHaveLength(2)
    edits.renew([...files, '/shop/moved.yaml'], { readAt: 2000 })
    expect(reloads).toHaveLength(3)
    edits.close()
  })

  test('the same files are not watched anew', () => {
    const { watches, edits } = start(['/shop/stack.yaml', '/shop/.env'])
    edits.renew(['/shop/.env', '/shop/stack.yaml', '-'], { readAt: 2000 })
    expect(watches).toHaveLength(1)
    edits.close()
  })

  test('a file that makes loading fail is watched, so that its repair is seen', async () => {
    const { watches, edits } = start(['/shop/stack.yaml'], { '/part': aFolder(8) })
    const broken = toLoadError({ problems: [], files: ['/shop/stack.yaml', '/part/broken.yaml'] })
    await expect(loadAndFollow(() => Promise.reject(broken), { watch: () => edits, now: () => 2000 })).rejects.toThrow(
      broken,
    )
    expect([...(watches.at(-1)?.folders ?? [])]).toEqual(['/shop', '/part'])
    edits.close()
  })
})

test('a watch of whole trees is kept to the files and their folders', () => {
  const { watches, edits } = start(['/shop/stack.yaml'])
  const { leaveOut = () => undefined } = watches[0] ?? {}
  expect(leaveOut('/shop', true)).toBe(false)
  expect(leaveOut('/shop/stack.yaml', false)).toBe(false)
  expect(leaveOut('/shop/other', false)).toBe(true)
  expect(leaveOut('/shop/node_modules', true)).toBe(true)
  edits.close()
})

describe('on a real file system', () => {
  let folder = ''
  let edits: EditWatch | undefined
  let reloads = 0
  const at = (name: string): string => `${folder}/${name}`
  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/stack-edit-`)
    mkdirSync(at('shop'))
    writeFileSync(at('shop/stack.yaml'), 'services: {}')
    reloads = 0
  })
  afterEach(() => {
    edits?.close()
    rmSync(folder, { recursive: true })
  })

  const follow = (...names: readonly string[]): void => {
    edits = reloadOnEdit(
      sessionWith(() => void (reloads += 1)),
      {
        watcher: createWatcher({ environment: {}, readMounts: () => '' }),
        looks: createSourceFiles(),
        clock: createClock(),
        files: names.map(at),
        // Whatever is there is older.
        readAt: Date.now() + 3_600_000,
      },
    )
  }
  /** Less than the five seconds after which it would be found without a notice. */
  const reloadsBy = async (act: () => void): Promise<void> => {
    const before = reloads
    act()
    await expect.poll(() => reloads, { timeout: 4000, interval: 10 }).toBeGreaterThan(before)
  }

  test('a file is followed through every way of saving it', async () => {
    follow('shop/stack.yaml')
    await reloadsBy(() => writeFileSync(at('shop/stack.yaml'), 'services: {a: {}}'))
    await reloadsBy(() => {
      writeFileSync(at('shop/stack.yaml~'), 'services: {b: {}}')
      renameSync(at('shop/stack.yaml~'), at('shop/stack.yaml'))
    })
    await reloadsBy(() => writeFileSync(at('shop/stack.yaml'), 'services: {c: {}}'))
    await reloadsBy(() => unlinkSync(at('shop/stack.yaml')))
    await reloadsBy(() => writeFileSync(at('shop/stack.yaml'), 'services: {d: {}}'))
  })

  test('a folder that is made anew, or put in the place of another, is followed', async () => {
    follow('shop/stack.yaml')
    await reloadsBy(() => rmSync(at('shop'), { recursive: true }))
    mkdirSync(at('shop'))
    await reloadsBy(() => writeFileSync(at('shop/stack.yaml'), 'services: {a: {}}'))
    mkdirSync(at('next'))
    writeFileSync(at('next/stack.yaml'), 'services: {b: {}}')
    await reloadsBy(() => {
      renameSync(at('shop'), at('before'))
      renameSync(at('next'), at('shop'))
    })
    await reloadsBy(() => writeFileSync(at('shop/stack.yaml'), 'services: {c: {}}'))
  })

  test('a file whose folder comes later is found', async () => {
    follow('shop/stack.yaml', 'shop/config/deep/.env')
    await reloadsBy(() => {
      mkdirSync(at('shop/config/deep'), { recursive: true })
      writeFileSync(at('shop/config/deep/.env'), 'A=1')
    })
    await reloadsBy(() => writeFileSync(at('shop/config/deep/.env'), 'A=2'))
  })

  test('links are followed to what they lead to', async () => {
    mkdirSync(at('shared'))
    writeFileSync(at('shared/env'), 'A=1')
    symlinkSync('../shared/env', at('shop/.env'))
    follow('shop/.env')
    await reloadsBy(() => writeFileSync(at('shared/env'), 'A=2'))
    writeFileSync(at('shared/other'), 'A=1')
    await reloadsBy(() => {
      symlinkSync('../shared/other', at('shop/.env~'))
      renameSync(at('shop/.env~'), at('shop/.env'))
    })
    symlinkSync('circle', at('shop/circle'))
    await reloadsBy(() => {
      unlinkSync(at('shop/.env'))
      symlinkSync('circle', at('shop/.env'))
    })
  })
})
