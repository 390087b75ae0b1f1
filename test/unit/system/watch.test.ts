import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FolderWatches, WatcherOptions } from '../../../src/engine/ports/watcher.ts'
import { createWatcher } from '../../../src/system/watch.ts'
import { toNameBytes } from '../../../src/wire/byte-names.ts'
import { describeWhere } from '../../support/not-run.ts'

type World = Parameters<typeof createWatcher>[0]

let folder = ''
const at = (name: string): string => (name === '' ? folder : `${folder}/${name}`)
const opened: FolderWatches[] = []
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/stack-watch-`)
})
afterEach(() => {
  for (const watches of opened.splice(0)) watches.close()
  rmSync(folder, { recursive: true, force: true })
})

const plain = { environment: {}, readMounts: () => '' }

/** Opens what is told in `seen`: hints by their path below the folder of the test. */
const open = (world: World = {}, options: Partial<WatcherOptions> = {}) => {
  const seen = { hints: [] as string[], losses: 0, blind: [] as string[] }
  const watches = createWatcher({ ...plain, ...world }).open({
    roots: [folder],
    leaveOut: () => false,
    onHint: (path) => void seen.hints.push(path.startsWith(folder) ? path.slice(folder.length + 1) : path),
    onLoss: () => void (seen.losses += 1),
    onBlind: (why) => void seen.blind.push(why),
    ...options,
  })
  opened.push(watches)
  /** What an act of somebody is told as, when a notice has come for the file that is written after it. */
  const hintsOf = async (act: () => void, last = ''): Promise<readonly string[]> => {
    seen.hints.length = 0
    act()
    await expect.poll(() => seen.hints).toContain(last)
    return [...new Set(seen.hints)].toSorted()
  }
  return { seen, watches, hintsOf }
}

const why = process.platform === 'linux' ? undefined : 'only Linux has a watch for one folder alone'

describeWhere('a watch of one folder', why, () => {
  test('tells of what is made, written, renamed and removed in it, and not of what is below it', async () => {
    mkdirSync(at('below'))
    const { seen, watches, hintsOf } = open()
    expect(watches.watch(folder)).toBe(true)
    expect(await hintsOf(() => writeFileSync(at('a'), '1'))).toEqual([''])
    expect(await hintsOf(() => writeFileSync(at('a'), '2'))).toEqual([''])
    expect(await hintsOf(() => renameSync(at('a'), at('b')))).toEqual([''])
    expect(await hintsOf(() => unlinkSync(at('b')))).toEqual([''])
    watches.watch(at('below'))
    expect(await hintsOf(() => writeFileSync(at('below/c'), '1'), 'below')).toEqual(['below'])
    expect(seen).toMatchObject({ losses: 0, blind: [] })
  })

  test('ends when it is not asked for any more', async () => {
    mkdirSync(at('d'))
    const { seen, watches, hintsOf } = open()
    watches.watch(folder)
    watches.watch(at('d'))
    watches.unwatch(at('d'))
    watches.unwatch(at('none'))
    writeFileSync(at('d/a'), '')
    expect(await hintsOf(() => writeFileSync(at('a'), ''))).toEqual([''])
    watches.close()
    expect(watches.watch(folder)).toBe(false)
    const other = open()
    other.watches.watch(folder)
    seen.hints.length = 0
    await other.hintsOf(() => writeFileSync(at('b'), ''))
    expect(seen.hints).toEqual([])
  })

  test('tells that the folder itself is gone, and takes another of the same name', async () => {
    mkdirSync(at('d'))
    const { watches, hintsOf } = open()
    watches.watch(at('d'))
    expect(await hintsOf(() => rmSync(at('d'), { recursive: true }), 'd')).toEqual(['d'])
    expect(watches.watch(at('d'))).toBe(false)
    mkdirSync(at('d'))
    expect(watches.watch(at('d'))).toBe(true)
    expect(await hintsOf(() => writeFileSync(at('d/a'), ''), 'd')).toEqual(['d'])
  })

  test('is one of the folder that has the name now, when two have changed places', async () => {
    for (const name of ['one', 'two']) mkdirSync(at(name))
    const { seen, watches, hintsOf } = open()
    for (const name of ['one', 'two']) watches.watch(at(name))
    await hintsOf(() => {
      renameSync(at('one'), at('three'))
      renameSync(at('two'), at('one'))
      renameSync(at('three'), at('two'))
    }, 'one')
    for (const name of ['one', 'two']) watches.watch(at(name))
    await expect.poll(() => seen.hints).toContain('two')
    expect(await hintsOf(() => writeFileSync(at('one/a'), ''), 'one')).toEqual(['one'])
    expect(await hintsOf(() => writeFileSync(at('two/a'), ''), 'two')).toEqual(['two'])
  })

  test('asked for twice is never interrupted', async () => {
    const { watches, hintsOf } = open()
    watches.watch(folder)
    await hintsOf(() => {
      watches.watch(folder)
      writeFileSync(at('a'), '')
      watches.watch(folder)
    })
  })

  test('takes folders and files whose names are not UTF-8', async () => {
    mkdirSync(Buffer.from(toNameBytes(at('d\udce9'))))
    const { watches, hintsOf } = open()
    expect(watches.watch(at('d\udce9'))).toBe(true)
    const write = (): void => writeFileSync(Buffer.from(toNameBytes(at('d\udce9/f\udcff'))), '')
    expect(await hintsOf(write, 'd\udce9')).toEqual(['d\udce9'])
  })

  test('is none of what is not there, without a word', () => {
    symlinkSync('circle', at('circle'))
    writeFileSync(at('file'), '')
    const { seen, watches } = open()
    for (const name of ['none', 'none/below', 'circle', 'file/below', 'n'.repeat(300)])
      expect(watches.watch(at(name)), name).toBe(false)
    expect(seen).toEqual({ hints: [], losses: 0, blind: [] })
  })
})

/** A user namespace has limits of its own, so that no other program runs out of watches. */
const withWatches = (count: number, script: string): readonly string[] =>
  execFileSync(
    'unshare',
    [
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      `echo ${count} > /proc/sys/user/max_inotify_watches && exec "$@"`,
      'sh',
    ].concat(process.execPath, '--input-type=module', '-e', script),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
    .trim()
    .split('\n')

const whyNoLimit = ((): string | undefined => {
  try {
    withWatches(1, '')
    return undefined
  } catch {
    return 'this user may not make a namespace with limits of its own'
  }
})()

describeWhere('a machine without watches left', whyNoLimit, () => {
  test('is told once, and what is watched already goes on', () => {
    for (const name of ['a', 'b', 'c', 'd']) mkdirSync(at(name))
    const module = new URL('../../../src/system/watch.ts', import.meta.url).href
    const lines = withWatches(
      2,
      `import { writeFileSync } from 'node:fs'
      import { createWatcher } from ${JSON.stringify(module)}
      const done = Promise.withResolvers()
      const watches = createWatcher({ environment: {}, readMounts: () => '' }).open({
        roots: [${JSON.stringify(folder)}],
        leaveOut: () => false,
        onHint: (path) => done.resolve(path.at(-1)),
        onLoss: () => console.log('loss'),
        onBlind: (why) => console.log(why),
      })
      for (const name of 'abcd') console.log(watches.watch(${JSON.stringify(folder)} + '/' + name))
      writeFileSync(${JSON.stringify(at('b/file'))}, '')
      console.log(await done.promise)
      watches.close()`,
    )
    expect(lines).toEqual(['true', 'true', 'false', 'false', 'limit', 'b'])
  })
})

describe('polling', () => {
  test.each(['1', 'true', 'yes'])('is asked for with CHOKIDAR_USEPOLLING=%s', async (value) => {
    const { seen, watches } = open({ environment: { CHOKIDAR_USEPOLLING: value } })
    expect(seen.blind).toEqual([])
    await expect.poll(() => seen.blind).toEqual(['asked-for'])
    expect(watches.watch(folder)).toBe(false)
  })

  test.each(['', '0', 'false', 'FALSE'])('is not asked for with CHOKIDAR_USEPOLLING=%s', (value) => {
    expect(open({ environment: { CHOKIDAR_USEPOLLING: value } }).watches.watch(folder)).toBe(
      process.platform === 'linux',
    )
  })
})

describeWhere('file systems without notices', why, () => {
  const lineOf = (path: string, type: string): string => `22 26 0:21 / ${path} rw,relatime shared:2 - ${type} source rw`
  const isBlindWith = async (mounts: readonly (readonly [string, string])[], options: Partial<WatcherOptions> = {}) => {
    const readMounts = (): string => mounts.map(([path, type]) => `${lineOf(path, type)}\n`).join('')
    const { seen, watches, hintsOf } = open({ readMounts }, options)
    watches.watch(folder)
    // What this machine changes itself is told on all of them.
    await hintsOf(() => writeFileSync(at('a'), ''))
    return seen.blind
  }

  test.each(['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'fuse.sshfs', 'fuse.grpcfuse', 'virtiofs', 'vboxsf', 'fakeowner'])(
    '%s is one, when the folder is on it',
    async (type) => {
      expect(
        await isBlindWith([
          ['/', 'ext4'],
          [tmpdir(), type],
        ]),
      ).toEqual(['file-system'])
    },
  )

  test.each(['ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'overlay', 'fuseblk', 'fuse.gocryptfs'])(
    '%s is none',
    async (type) => {
      expect(
        await isBlindWith([
          ['/', 'nfs'],
          [tmpdir(), type],
          ['/srv', 'nfs'],
        ]),
      ).toEqual([])
    },
  )

  test('counts below the folder, unless it is left out', async () => {
    const mounts = [
      ['/', 'ext4'],
      [`${folder}/with\\040space/deep`, 'nfs'],
    ] as const
    expect(await isBlindWith(mounts)).toEqual(['file-system'])
    expect(await isBlindWith(mounts, { leaveOut: (path) => path === at('with space') })).toEqual([])
    expect(
      await isBlindWith([
        ['/', 'ext4'],
        [`${folder}-beside`, 'nfs'],
      ]),
    ).toEqual([])
  })

  test('is that of the folder that a link leads to', async () => {
    mkdirSync(at('share'))
    symlinkSync('share', at('link'))
    expect(
      await isBlindWith(
        [
          ['/', 'ext4'],
          [at('share'), 'cifs'],
        ],
        { roots: [at('link')] },
      ),
    ).toEqual(['file-system'])
  })

  test('is what was mounted there last', async () => {
    expect(
      await isBlindWith([
        ['/', 'nfs'],
        ['/', 'ext4'],
      ]),
    ).toEqual([])
  })
})

describe('a watch of all that is below the roots, as elsewhere than on Linux', () => {
  const begin = async (options: Partial<WatcherOptions> = {}) => {
    const watch = open({ platform: 'darwin' }, options)
    // When it is ready, what has changed until then may not have been told.
    await expect.poll(() => watch.seen.losses).toBe(1)
    return watch
  }

  test('tells of files by their folder, and of folders by both', async () => {
    mkdirSync(at('d'))
    const { hintsOf } = await begin()
    expect(await hintsOf(() => writeFileSync(at('d/a'), '1'), 'd')).toEqual(['d'])
    expect(await hintsOf(() => writeFileSync(at('d/a'), '2'), 'd')).toEqual(['d'])
    expect(await hintsOf(() => unlinkSync(at('d/a')), 'd')).toEqual(['d'])
    expect(await hintsOf(() => mkdirSync(at('d/e')), 'd/e')).toEqual(['d', 'd/e'])
    expect(await hintsOf(() => writeFileSync(at('d/e/a'), ''), 'd/e')).toEqual(['d/e'])
    await hintsOf(() => rmSync(at('d'), { recursive: true }), 'd')
  })

  test('does not look into what is left out', async () => {
    mkdirSync(at('node_modules/x'), { recursive: true })
    mkdirSync(at('src'))
    const asked = new Set<string>()
    const { seen, hintsOf } = await begin({
      leaveOut: (path, isFolder) => {
        asked.add(path.slice(folder.length + 1))
        return isFolder && path.endsWith('node_modules')
      },
    })
    writeFileSync(at('node_modules/x/a'), '')
    await hintsOf(() => writeFileSync(at('src/a'), ''), 'src')
    expect(seen.hints).toEqual(['src'])
    expect([...asked].filter((path) => path.startsWith('node_modules'))).toEqual(['node_modules'])
  })

  test('ends before it has begun', async () => {
    const { seen, watches } = open({ platform: 'darwin' })
    watches.close()
    const other = await begin()
    await other.hintsOf(() => writeFileSync(at('a'), ''))
    expect(seen).toEqual({ hints: [], losses: 0, blind: [] })
  })
})
