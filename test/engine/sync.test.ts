import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type { EventBody } from '../../src/core/events/event.ts'
import type { WatchRule } from '../../src/core/project/service.ts'
import { toContainerSummary } from '../../src/engine/container-summary.ts'
import type { WatchBatch } from '../../src/engine/ports/watcher.ts'
import { createFileIndex } from '../../src/engine/sync/file-index.ts'
import { holdBatches } from '../../src/engine/sync/hold-batches.ts'
import { createProjectSync } from '../../src/engine/sync/project-sync.ts'
import { createSeeds } from '../../src/engine/sync/seeds.ts'
import { aProject, aService, aWorld, toLine, type World } from '../support/builders.ts'
import { createChannel } from '../support/channel.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const rule = (more: Partial<WatchRule> = {}): WatchRule => ({
  path: '/work/src',
  action: 'sync',
  target: '/app',
  ...more,
})

/** The container of the service runs a shell that takes everything, and tells what it took. */
const begin = async (world: World, watch: readonly WatchRule[]) => {
  const project = aProject({ web: aService({ develop: { watch } }) })
  const create = async () => {
    const { id } = await world.runtime.createContainer({
      name: 'demo-web-1',
      project,
      serviceName: 'web',
      service: aService({ networks: {} }),
      image: 'busybox',
      networkNames: {},
      containersOf: {},
      labels: {
        'com.docker.compose.project': 'demo',
        'com.docker.compose.service': 'web',
        'com.docker.compose.container-number': '1',
      },
    })
    await world.runtime.startContainer(id)
    return id
  }
  await world.clock.run(create())
  const lines: string[] = []
  const done: string[] = []
  const controller = new AbortController()
  const outcome = { restart: true, rebuild: true }
  const emit = (body: EventBody): void => void lines.push(toLine(body))
  const sync = createProjectSync(
    { ...world.deps, emit },
    {
      project,
      signal: controller.signal,
      containersOf: () =>
        [...world.runtime.containers.values()].map((container) => ({
          ...toContainerSummary({
            id: container.id,
            name: container.name,
            service: 'web',
            number: 1,
            state: container.state,
            ports: [],
          } as never),
        })),
      restart: async (service) => (done.push(`restart ${service}`), outcome.restart),
      rebuild: async (service) => (done.push(`rebuild ${service}`), outcome.rebuild ? 'done' : 'failed'),
    },
  )
  await world.clock.advance(1000)
  const firstCalls = [...world.runtime.calls]
  world.runtime.calls.length = 0
  lines.length = 0
  const save = async (...changes: readonly (readonly [string, string | undefined])[]): Promise<void> => {
    for (const [path, text] of changes) world.save(path, text)
    world.notice({ paths: changes.map(([path]) => path), rescan: false })
    await world.clock.advance(2000)
  }
  const archives = (): number => world.runtime.calls.filter((call) => call.startsWith('archive')).length
  return { sync, lines, done, firstCalls, save, archives, create, outcome, end: () => controller.abort() }
}
const aWorkFolder = (): World => {
  const world = aWorld()
  for (const [path, text] of [
    ['/work/src/a.js', 'a'],
    ['/work/src/b.js', 'b'],
    ['/work/package.json', '{}'],
  ] as const)
    world.save(path, text)
  return world
}

describe('createProjectSync', () => {
  test('a saved file goes to the container', async () => {
    const { lines, save, archives, end } = await begin(aWorkFolder(), [rule()])
    await save(['/work/src/a.js', 'new'])
    expect(lines).toEqual(['watch/changed web sync /work/src/a.js', 'reload/ended web sync 1'])
    expect(archives()).toBe(1)
    end()
  })

  test('a save that changed nothing does nothing', async () => {
    const { lines, save, end } = await begin(aWorkFolder(), [rule()])
    await save(['/work/src/a.js', 'a'])
    expect(lines).toEqual([])
    end()
  })

  test('a deleted file is deleted there', async () => {
    const world = aWorkFolder()
    const { save, end } = await begin(world, [rule()])
    await save(['/work/src/a.js', undefined])
    expect(world.runtime.calls.filter((call) => call.includes('rm -rf'))).toEqual([
      'exec demo-web-1 rm -rf -- /app/a.js',
    ])
    end()
  })

  test("editors' own files, ignored ones and those not included do nothing", async () => {
    const { lines, save, end } = await begin(aWorkFolder(), [rule({ ignore: ['*.log'], include: ['*.js'] })])
    await save(
      ['/work/src/.a.js.swp', 'x'],
      ['/work/src/a.js~', 'x'],
      ['/work/src/4913', 'x'],
      ['/work/src/x.log', 'x'],
      ['/work/src/x.css', 'x'],
    )
    expect(lines).toEqual([])
    end()
  })

  test('what a save starts follows the rule that it matches', async () => {
    const { lines, done, save, end } = await begin(aWorkFolder(), [
      rule({ action: 'sync+restart' }),
      rule({ path: '/work/package.json', action: 'rebuild' }),
    ])
    await save(['/work/src/a.js', 'new'])
    await save(['/work/package.json', '{ }'])
    expect(done).toEqual(['restart web', 'rebuild web'])
    expect(lines).toEqual([
      'watch/changed web sync+restart /work/src/a.js',
      'reload/ended web sync+restart 1',
      'watch/changed web rebuild /work/package.json',
      'reload/ended web rebuild 1',
    ])
    end()
  })

  test('a command runs after the copy', async () => {
    const world = aWorkFolder()
    const { save, end } = await begin(world, [rule({ action: 'sync+exec', exec: { command: ['reload'] } })])
    await save(['/work/src/a.js', 'new'])
    const calls = world.runtime.calls.filter((call) => call.startsWith('archive') || call.endsWith('reload'))
    expect(calls.at(-1)).toBe('exec demo-web-1 reload')
    expect(calls).toHaveLength(2)
    end()
  })

  test('what fails stays visible, is kept, and comes with the next save', async () => {
    const world = aWorkFolder()
    const { lines, save, archives, end } = await begin(world, [rule()])
    world.runtime.fail('archive', new Error('disk full'), { times: 3 })
    await save(['/work/src/a.js', 'new'])
    expect(lines).toEqual([
      'watch/changed web sync /work/src/a.js',
      'problem/raised sync.web sync/failed',
      'reload/ended web sync 1 sync/failed',
    ])
    expect(archives()).toBe(3)
    lines.length = 0
    await save(['/work/src/b.js', 'new'])
    expect(lines).toEqual(['watch/changed web sync /work/src/b.js', 'problem/cleared', 'reload/ended web sync 1'])
    const [size] = world.runtime.calls
      .filter((call) => call.startsWith('archive'))
      .slice(-1)
      .map((call) => Number(call.split(' ')[2]))
    expect(size).toBe(2 * 1024 + 1024)
    end()
  })

  test('one that does not run gets files at once, and is rid of deleted ones when it runs, with all that its rules ask for', async () => {
    const world = aWorkFolder()
    const { sync, lines, done, save, archives, end } = await begin(world, [
      rule({ action: 'sync+restart' }),
      rule({
        path: '/work/package.json',
        target: '/app/package.json',
        action: 'sync+exec',
        exec: { command: ['reload'] },
      }),
    ])
    const removals = () => world.runtime.calls.filter((call) => /rm -rf|reload/.test(call))
    await world.clock.run(world.runtime.stopContainer('demo-web-1'))
    await save(['/work/src/a.js', undefined], ['/work/src/b.js', 'new'], ['/work/package.json', 'new'])
    expect([archives(), removals(), done]).toEqual([1, [], ['restart web']])
    expect(lines.at(-1)).toBe('reload/ended web sync+restart 3 (1 waits)')
    await world.clock.run(world.runtime.startContainer('demo-web-1'))
    sync.touch('web')
    await world.clock.advance(1000)
    expect(removals()).toEqual(['exec demo-web-1 rm -rf -- /app/a.js', 'exec demo-web-1 reload'])
    expect(done).toEqual(['restart web', 'restart web'])
    expect(lines.at(-1)).toBe('reload/ended web sync+restart 1')
    end()
  })

  test('a command that is not found in a container that is just being stopped is no container that is gone', async () => {
    const world = aWorkFolder()
    const { sync, lines, save, end } = await begin(world, [rule()])
    const removals = () => world.runtime.calls.filter((call) => call.includes('rm -rf'))
    world.runtime.fail('exec', new StackError('engine/not-found', { what: 'exec instance' }), {
      times: 3,
      when: 'rm -rf',
    })
    await save(['/work/src/a.js', undefined])
    expect([removals().length, lines.at(-1)]).toEqual([3, 'reload/ended web sync 1 engine/not-found'])
    sync.touch('web')
    await world.clock.advance(1000)
    expect([removals().length, lines.at(-1)]).toEqual([4, 'reload/ended web sync 1'])
    end()
  })

  test('a container that takes the place of another gets what was copied before', async () => {
    const world = aWorkFolder()
    const { sync, save, archives, create, end } = await begin(world, [rule()])
    await save(['/work/src/a.js', 'new'])
    await world.clock.run(world.runtime.removeContainer(world.runtime.byName('demo-web-1').id, { force: true }))
    await world.clock.run(create())
    expect(archives()).toBe(1)
    sync.touch('web')
    await world.clock.advance(1000)
    expect(archives()).toBe(2)
    end()
  })

  test('initial_sync files are planted before the start, and not copied again unless they changed', async () => {
    const world = aWorkFolder()
    const project = aProject({
      web: aService({ develop: { watch: [rule({ initial_sync: true })] } }),
      other: aService({ develop: { watch: [rule()] } }),
    })
    const signal = AbortSignal.timeout(60_000)
    const spec = {
      name: 'demo-web-1',
      project,
      serviceName: 'web',
      service: aService({ networks: {} }),
      image: 'busybox',
      networkNames: {},
      containersOf: {},
      labels: {},
    }
    const { id } = await world.clock.run(world.runtime.createContainer(spec))
    const archives = () => world.runtime.calls.filter((call) => call.startsWith('archive')).length
    const seeds = createSeeds(world.deps)
    const plant = (service = 'web') => world.clock.run(seeds.plant(id, { project, service, signal }))
    await plant()
    expect(archives()).toBe(1)
    await plant()
    await plant('other')
    expect(archives()).toBe(1)
    world.save('/work/src/a.js', 'changed')
    await plant()
    expect(archives()).toBe(2)
  })

  test('initial_sync files that cannot be planted hold no start up, and are all left to the watch', async () => {
    const world = aWorkFolder()
    const project = aProject({ web: aService({ develop: { watch: [rule({ initial_sync: true })] } }) })
    const seeds = createSeeds(world.deps)
    await world.clock.run(seeds.plant('nobody', { project, service: 'web', signal: AbortSignal.timeout(60_000) }))
    const ops = [{ target: '/app/a.js' }]
    expect(seeds.missing('nobody', ops)).toEqual(ops)
  })

  test('initial_sync copies everything that is not ignored, once for each container', async () => {
    const world = aWorkFolder()
    world.save('/work/src/x.log', 'x')
    const { firstCalls, sync, archives, end } = await begin(world, [rule({ initial_sync: true, ignore: ['*.log'] })])
    // Two files of a block each with their headers, and the two blocks at the end.
    expect(firstCalls.filter((call) => call.startsWith('archive'))).toEqual([`archive demo-web-1 ${2 * 1024 + 1024}`])
    sync.touch('web')
    await world.clock.advance(1000)
    expect(archives()).toBe(0)
    end()
  })

  test('a folder that is bind-mounted anyway is left alone, with a warning', async () => {
    const world = aWorkFolder()
    const lines: string[] = []
    const project = aProject({
      web: aService({ volumes: [{ type: 'bind', source: '/work/src', target: '/app' }], develop: { watch: [rule()] } }),
    })
    const sync = createProjectSync(
      { ...world.deps, emit: (body) => lines.push(toLine(body)) },
      {
        project,
        signal: new AbortController().signal,
        containersOf: () => [],
        restart: async () => true,
        rebuild: async () => 'done',
      },
    )
    await world.clock.advance(100)
    expect(lines).toEqual(['problem/raised watch.web./work/src watch/bind-mounted'])
    await sync.close()
  })

  test('a folder that cannot be read is told once, and what was copied from it stays', async () => {
    const world = aWorkFolder()
    let isLocked = false
    const { list } = world.deps.files
    const files: typeof world.deps.files = {
      ...world.deps.files,
      list: async (root, ignored, onUnreadable) => {
        if (isLocked) onUnreadable?.('/work/src/private')
        return (await list(root, ignored)).filter(({ path }) => !isLocked || !path.startsWith('/work/src/private/'))
      },
    }
    world.save('/work/src/private/key', 'x')
    const { lines, end } = await begin({ ...world, deps: { ...world.deps, files } }, [rule()])
    isLocked = true
    for (const text of ['one', 'two']) {
      world.save('/work/src/a.js', text)
      world.notice({ paths: [], rescan: true })
      await world.clock.advance(2000)
    }
    expect(lines).toEqual([
      'problem/raised watch./work/src/private watch/unreadable',
      'watch/changed web sync /work/src/a.js',
      'reload/ended web sync 1',
      'watch/changed web sync /work/src/a.js',
      'reload/ended web sync 1',
    ])
    expect(world.runtime.calls.filter((call) => call.includes('rm -rf'))).toEqual([])
    end()
  })

  test('many services that watch one file each get it', async () => {
    const world = aWorkFolder()
    const { lines, save, end } = await begin(world, [rule(), rule({ path: '/work/src/a.js', target: '/copy.js' })])
    await save(['/work/src/a.js', 'new'])
    expect(lines.at(-1)).toBe('reload/ended web sync 1')
    end()
  })
})

describe('holdBatches', () => {
  const hold = (isHeld: () => boolean = () => false) => {
    const clock = createVirtualClock(0)
    const channel = createChannel<WatchBatch>(undefined)
    const out: string[] = []
    const controller = new AbortController()
    const work = (async () => {
      for await (const batch of holdBatches(
        channel.iterate(() => {}),
        { clock, signal: controller.signal, isHeld: async () => isHeld() },
      ))
        out.push(`${clock.now()} ${batch.paths.length}${batch.rescan ? ' rescan' : ''}`)
    })()
    work.catch(() => {})
    return { clock, out, put: (...paths: readonly string[]) => channel.push({ paths, rescan: false }) }
  }

  test('waits a moment for what belongs together', async () => {
    const { clock, out, put } = hold()
    put('a')
    await clock.advance(15)
    put('b')
    await clock.advance(100)
    expect(out).toEqual(['35 2'])
  })

  test('waits longer when much comes', async () => {
    const { clock, out, put } = hold()
    put(...Array.from({ length: 30 }, (_, index) => `f${index}`))
    await clock.advance(500)
    expect(out).toEqual(['100 30'])
  })

  test('who never stops writing starves nobody', async () => {
    const { clock, out, put } = hold()
    for (let index = 0; index < 60; index += 1) {
      put('a')
      await clock.advance(10)
    }
    expect(out[0]).toBe('500 1')
  })

  test('while git rewrites the tree all is held, and then compared', async () => {
    let isHeld = true
    const { clock, out, put } = hold(() => isHeld)
    put('a')
    await clock.advance(1000)
    expect(out).toEqual([])
    isHeld = false
    await clock.advance(50)
    expect(out).toHaveLength(1)
    expect(out[0]).toContain('rescan')
  })
})

describe('createFileIndex', () => {
  const index = async (world: World) => {
    const files = createFileIndex({ files: world.deps.files, roots: ['/work/src'], ignored: () => false })
    await files.load()
    return files
  }

  test('a rescan finds what no notice told of', async () => {
    const world = aWorkFolder()
    const files = await index(world)
    world.save('/work/src/c.js', 'c')
    world.save('/work/src/a.js', undefined)
    const changes = await files.update({ paths: [], rescan: true })
    expect(
      changes
        .map(({ path, entry }) => `${path} ${entry === undefined ? 'gone' : entry.kind}`)
        .filter((line) => !line.endsWith('directory')),
    ).toEqual(['/work/src/a.js gone', '/work/src/c.js file'])
  })

  test('a root that vanished empties nothing', async () => {
    const world = aWorkFolder()
    const files = await index(world)
    world.save('/work/src/a.js', undefined)
    world.save('/work/src/b.js', undefined)
    expect(await files.update({ paths: [], rescan: true })).toEqual([])
  })
})
