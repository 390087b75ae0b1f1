import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type { EventBody } from '../../src/core/events/event.ts'
import type { WatchRule } from '../../src/core/project/service.ts'
import { toContainerSummary } from '../../src/engine/container-summary.ts'
import { createProjectSync, type ProjectSyncOptions } from '../../src/engine/sync/project-sync.ts'
import { aProject, aService, aWorld, toLine, type World } from '../support/builders.ts'
import { createMemoryContainer, type MemoryContainer } from '../support/memory-container.ts'

const rule = (more: Partial<WatchRule> = {}): WatchRule => ({
  path: '/work/src',
  action: 'sync',
  target: '/app',
  ...more,
})

const aWorkFolder = async (): Promise<World> => {
  const world = aWorld()
  for (const [path, text] of [
    ['/work/src/a.js', 'a'],
    ['/work/src/b.js', 'b'],
    ['/work/package.json', '{}'],
  ] as const)
    world.save(path, text)
  // Older than the container that is made next.
  await world.clock.advance(60_000)
  return world
}

/** A service with one container that has what was there when it was made, and a watch of it. */
const begin = async (
  world: World,
  watch: readonly WatchRule[] | undefined,
  service: Parameters<typeof aService>[0] = {},
) => {
  const project = aProject({ web: aService({ ...service, ...(watch === undefined ? {} : { develop: { watch } }) }) })
  const insides = new Map<string, MemoryContainer>()
  const create = async (): Promise<string> => {
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
    const inside = createMemoryContainer()
    for (const [path, text] of [
      ['/app/a.js', 'a'],
      ['/app/b.js', 'b'],
    ] as const)
      inside.things.set(path, { kind: 'file', mode: 0o644, content: text, target: '', mtime: 0 })
    insides.set(id, inside)
    return id
  }
  await world.clock.run(create())
  const lines: string[] = []
  const problems: string[] = []
  const done: string[] = []
  const controller = new AbortController()
  const outcome = { restart: true, rebuild: 'done' as 'done' | 'failed', answer: false, started: () => {} }
  const options: ProjectSyncOptions = {
    project,
    signal: controller.signal,
    containersOf: () =>
      [...world.runtime.containers.values()].map((container) =>
        toContainerSummary({
          id: container.id,
          name: container.name,
          service: 'web',
          number: 1,
          state: container.state,
          ports: [],
        } as never),
      ),
    restart: async (name) => (done.push(`restart ${name}`), outcome.restart),
    rebuild: async (name) => (done.push(`rebuild ${name}`), outcome.rebuild),
    ask: async ({ deleted, known }) => (done.push(`ask ${deleted} of ${known}`), outcome.answer),
    memory: new Map(),
  }
  const start = () =>
    createProjectSync(
      {
        ...world.deps,
        emit: (body: EventBody): void => {
          lines.push(toLine(body))
          if (body.type === 'problem/raised') problems.push(body.problem.message)
          if (body.type === 'watch/started') outcome.started()
        },
        openFiles: (_deps, id) => insides.get(id)!.files,
      },
      options,
    )
  let sync = start()
  await world.clock.advance(1000)
  const only = (): MemoryContainer => [...insides.values()].at(-1)!
  return {
    lines,
    /** What the raised problems say. */
    problems,
    done,
    outcome,
    create,
    inside: only,
    /** Text of a file in the newest container. */
    read: (path: string): string | undefined => only().things.get(path)?.content,
    touch: async (): Promise<void> => {
      sync.touch('web')
      await world.clock.advance(1000)
    },
    save: async (...changes: readonly (readonly [string, string | undefined])[]): Promise<void> => {
      for (const [path, text] of changes) world.save(path, text)
      await world.clock.advance(2000)
    },
    /** Ends the watch and begins another; what is done in between is not watched. */
    again: async (meanwhile: () => void): Promise<void> => {
      await world.clock.run(sync.close())
      meanwhile()
      await world.clock.advance(1000)
      sync = start()
      await world.clock.advance(1000)
    },
    end: async (): Promise<void> => {
      controller.abort()
      await world.clock.run(sync.close())
    },
  }
}

describe('createProjectSync', () => {
  test('a saved file goes to the container', async () => {
    const { lines, save, read, end } = await begin(await aWorkFolder(), [rule()])
    expect(lines).toEqual(['watch/started'])
    lines.length = 0
    await save(['/work/src/a.js', 'new'])
    expect(lines).toEqual(['watch/changed web sync /work/src/a.js', 'reload/ended web sync 1'])
    expect(read('/app/a.js')).toBe('new')
    await end()
  })

  test('a save that changed nothing does nothing', async () => {
    const { lines, save, inside, end } = await begin(await aWorkFolder(), [rule()])
    await save(['/work/src/a.js', 'a'])
    expect(lines).toEqual(['watch/started'])
    expect(inside().frames).toEqual([])
    await end()
  })

  test('a save with the content of before is brought to a container that has something else there, or nothing', async () => {
    const { lines, read, save, inside, end } = await begin(await aWorkFolder(), [rule({ action: 'sync+restart' })])
    inside().things.delete('/app/a.js')
    inside().things.get('/app/b.js')!.content = 'x'
    await save(['/work/src/a.js', 'a'])
    expect([read('/app/a.js'), read('/app/b.js')]).toEqual(['a', 'x'])
    await save(['/work/src/b.js', 'b'])
    expect([read('/app/a.js'), read('/app/b.js')]).toEqual(['a', 'b'])
    expect(lines).toEqual(['watch/started', 'reload/ended web sync 1', 'reload/ended web sync 1'])
    lines.length = 0
    await save(['/work/src/a.js', 'a'], ['/work/src/b.js', 'b'])
    expect(lines).toEqual([])
    await end()
  })

  test('a deleted file is deleted there', async () => {
    const { save, inside, end } = await begin(await aWorkFolder(), [rule()])
    await save(['/work/src/a.js', undefined])
    expect([...inside().things.keys()]).toEqual(['/app/b.js'])
    await end()
  })

  test('what is below a folder that is refused is tried after it, and not again and again meanwhile', async () => {
    const world = await aWorkFolder()
    const { save, inside, read, end } = await begin(world, [rule()])
    inside().refuses = (path) => (path.startsWith('/app/many') ? 'it is full' : undefined)
    await save(['/work/src/many/x', 'x'], ['/work/src/many/y', 'y'])
    await world.clock.advance(20_000)
    expect(inside().frames.length).toBeLessThan(10)
    inside().refuses = () => undefined
    await world.clock.advance(40_000)
    expect([read('/app/many/x'), read('/app/many/y')]).toEqual(['x', 'y'])
    await end()
  })

  test('ignored files and those not included do nothing; the latter are told of once', async () => {
    const { lines, save, end } = await begin(await aWorkFolder(), [rule({ ignore: ['*.log'], include: ['*.js'] })])
    lines.length = 0
    await save(['/work/src/x.log', 'x'], ['/work/src/x.css', 'x'])
    await save(['/work/src/x.css', 'y'])
    expect(lines).toEqual(['problem/raised watch.uncovered./work/src/x.css watch/uncovered'])
    await end()
  })

  test('files that look like those of editors are files as others, and git keeps its own', async () => {
    const { save, inside, end } = await begin(await aWorkFolder(), [rule()])
    await save(
      ['/work/src/notes~', '1'],
      ['/work/src/4913', '2'],
      ['/work/src/#a#', '3'],
      ['/work/src/.idea/x', '4'],
      ['/work/src/.git/index', '5'],
    )
    expect([...inside().things.keys()].toSorted()).toEqual(
      ['#a#', '.idea', '.idea/x', '4913', 'a.js', 'b.js', 'notes~'].map((name) => `/app/${name}`),
    )
    await end()
  })

  test('what an editor leaves behind for a moment is never sent', async () => {
    const world = await aWorkFolder()
    const { save, inside, lines, end } = await begin(world, [rule()])
    world.save('/work/src/4913', 'x')
    world.save('/work/src/4913', undefined)
    world.disk.rename('/work/src/a.js', '/work/src/a.js~')
    world.save('/work/src/a.js', 'new')
    world.disk.remove('/work/src/a.js~')
    await save()
    expect(inside().frames.flatMap(({ put, remove }) => [...put.map(({ path }) => path), ...remove])).toEqual(['a.js'])
    expect(lines.at(-1)).toBe('reload/ended web sync 1')
    await end()
  })

  test('a file that is written piece by piece is sent when it is whole', async () => {
    const world = await aWorkFolder()
    const { inside, end } = await begin(world, [rule()])
    for (let piece = 1; piece <= 20; piece += 1) {
      world.save('/work/src/a.js', 'x'.repeat(piece * 10))
      await world.clock.advance(100)
    }
    await world.clock.advance(1000)
    const sent = inside().frames.map(({ put }) => put[0]?.content?.length)
    expect(sent.length).toBeLessThanOrEqual(2)
    expect(sent.at(-1)).toBe(200)
    await end()
  })

  test('a longer version that is saved a moment after another is no piece of it, and goes at once', async () => {
    const world = await aWorkFolder()
    const { read, end } = await begin(world, [rule()])
    for (const text of ['the first', 'a second that is longer', 'and a third that is longer than the others']) {
      world.save('/work/src/a.js', text)
      await world.clock.advance(40)
      expect(read('/app/a.js')).toBe(text)
    }
    await end()
  })

  test('while git has its lock nothing is sent, not even the first of it, and then all at once', async () => {
    const world = await aWorkFolder()
    world.save('/work/.git/HEAD', 'ref: refs/heads/main')
    const { inside, read, end } = await begin(world, [rule()])
    world.save('/work/.git/index.lock', '')
    world.save('/work/src/a.js', 'other branch')
    await world.clock.advance(300)
    world.save('/work/src/b.js', 'other branch')
    await world.clock.advance(300)
    expect(inside().frames).toEqual([])
    world.save('/work/.git/index.lock', undefined)
    await world.clock.advance(300)
    expect([read('/app/a.js'), read('/app/b.js'), inside().frames.length]).toEqual(['other branch', 'other branch', 1])
    await end()
  })

  test('what changes when the watch has just begun is a change, though nothing was looked at before', async () => {
    const world = await aWorkFolder()
    const { outcome, lines, done, inside, again, end } = await begin(world, [
      rule({ initial_sync: true }),
      rule({ path: '/work/package.json', action: 'rebuild' }),
      rule({ path: '/work/lib', action: 'restart' }),
    ])
    for (const name of ['gone.js', 'kept.js']) world.save(`/work/lib/${name}`, 'x')
    world.save('/work/src/sub/c.js', 'c')
    await world.clock.advance(1000)
    lines.length = done.length = 0
    outcome.started = () => {
      world.save('/work/src/a.js', 'b')
      world.save('/work/src/b.js', undefined)
      world.save('/work/src/sub/c.js', undefined)
      world.save('/work/package.json', '[]')
      world.save('/work/lib/gone.js', undefined)
    }
    await again(() => {})
    expect(inside().list('/app')).toEqual(
      new Map([
        ['a.js', 'file 644 b'],
        ['sub', 'directory 755'],
      ]),
    )
    expect(done).toEqual(['rebuild web', 'restart web'])
    expect(lines.filter((line) => line.startsWith('watch/changed'))).toEqual([
      'watch/changed web sync, rebuild /work/src/a.js /work/package.json',
      'watch/changed web sync, restart /work/src/b.js /work/src/sub/c.js /work/lib/gone.js',
    ])
    await end()
  })

  test('a folder that was made anew is watched, though it has the number of the one before', async () => {
    const world = await aWorkFolder()
    world.disk.makeFolder('/work/src/lib')
    const { save, read, end } = await begin(world, [rule()])
    world.disk.remove('/work/src/lib')
    world.disk.makeFolder('/work/src/lib')
    await save(['/work/src/lib/first.js', '1'])
    await save(['/work/src/lib/second.js', '2'])
    expect([read('/app/lib/first.js'), read('/app/lib/second.js')]).toEqual(['1', '2'])
    await end()
  })

  test('what a save starts follows the rule that it matches', async () => {
    const { lines, done, save, end } = await begin(await aWorkFolder(), [
      rule({ action: 'sync+restart' }),
      rule({ path: '/work/package.json', action: 'rebuild' }),
    ])
    lines.length = 0
    await save(['/work/src/a.js', 'new'])
    await save(['/work/package.json', '{ }'])
    expect(done).toEqual(['restart web', 'rebuild web'])
    expect(lines).toEqual([
      'watch/changed web sync+restart /work/src/a.js',
      'reload/ended web sync+restart 1',
      'watch/changed web rebuild /work/package.json',
      'reload/ended web rebuild 1',
    ])
    await end()
  })

  test('a command runs after the copy', async () => {
    const world = await aWorkFolder()
    const { save, read, end } = await begin(world, [rule({ action: 'sync+exec', exec: { command: ['reload'] } })])
    world.runtime.calls.length = 0
    await save(['/work/src/a.js', 'new'])
    expect(world.runtime.calls.filter((call) => call.startsWith('exec'))).toEqual(['exec demo-web-1 reload'])
    expect(read('/app/a.js')).toBe('new')
    await end()
  })

  test('a command that failed is told of until it goes well', async () => {
    const world = await aWorkFolder()
    const { lines, save, end } = await begin(world, [rule({ action: 'sync+exec', exec: { command: ['reload'] } })])
    const failure = { service: 'web', phase: 'sync+exec', command: 'reload', exitCode: 1, output: 'no' } as const
    world.runtime.fail('exec', new StackError('hook/failed', failure), { times: 1, when: 'reload' })
    await save(['/work/src/a.js', 'bad'])
    expect(lines).toContain('problem/raised sync.web.reaction hook/failed')
    lines.length = 0
    await save(['/work/src/a.js', 'good'])
    expect(lines).toEqual([
      'watch/changed web sync+exec /work/src/a.js',
      'problem/cleared',
      'reload/ended web sync+exec 1',
    ])
    await end()
  })

  test('an entry that is refused stays visible, is tried again, and keeps no other back', async () => {
    const { lines, save, read, inside, end } = await begin(await aWorkFolder(), [rule()])
    inside().refuses = (path) => (path === '/app/a.js' ? 'the disk is full' : undefined)
    lines.length = 0
    await save(['/work/src/a.js', 'new'], ['/work/src/b.js', 'new'])
    expect(lines).toEqual([
      'watch/changed web sync /work/src/a.js /work/src/b.js',
      'problem/raised sync.web.files sync/stale',
      'reload/ended web sync 2 sync/stale',
    ])
    expect([read('/app/a.js'), read('/app/b.js')]).toEqual(['a', 'new'])
    lines.length = 0
    inside().refuses = () => undefined
    await save()
    expect(read('/app/a.js')).toBe('new')
    expect(lines).toEqual(['problem/cleared', 'reload/ended web sync 1'])
    await end()
  })

  test('what cannot be deleted at the root of a container is tried ever more seldom', async () => {
    const world = await aWorkFolder()
    const { save, inside, end } = await begin(world, [rule({ target: '/' })])
    await save(['/work/src/d/x', 'x'], ['/work/src/d/y', 'y'])
    inside().refuses = (path) => (path.endsWith('/d/x') ? 'it is busy' : undefined)
    inside().frames.length = 0
    world.disk.remove('/work/src/d')
    await save()
    for (let second = 0; second < 10; second += 2) await save()
    const tries = inside().frames.filter(({ remove }) => remove.includes('d/x'))
    expect(tries.length).toBeGreaterThan(2)
    expect(tries.length).toBeLessThan(7)
    inside().refuses = () => undefined
    for (let second = 0; second < 10; second += 2) await save()
    expect([...inside().things.keys()].filter((path) => path.includes('/d/'))).toEqual([])
    await end()
  })

  test('a connection that is cut is tried again, and told of when it does not come back', async () => {
    const { lines, save, read, inside, end } = await begin(await aWorkFolder(), [rule()])
    let cuts = 1
    inside().before = () => {
      if ((cuts -= 1) >= 0) throw new Error('the connection was cut')
    }
    lines.length = 0
    await save(['/work/src/a.js', 'new'])
    expect(lines).toEqual(['watch/changed web sync /work/src/a.js', 'reload/ended web sync 1'])
    cuts = 100
    await save(['/work/src/a.js', 'newer'])
    expect(lines.at(-1)).toBe('problem/raised sync.web sync/failed')
    cuts = 0
    await save()
    await save()
    expect(lines.slice(-2)).toEqual(['problem/cleared', 'reload/ended web sync 1'])
    expect(read('/app/a.js')).toBe('newer')
    await end()
  })

  test('a paused container gets its files when it goes on, and until then they wait', async () => {
    const world = await aWorkFolder()
    const { lines, save, read, touch, end } = await begin(world, [rule()])
    await world.clock.run(world.runtime.pauseContainer('demo-web-1'))
    await save(['/work/src/a.js', 'new'])
    expect(lines.at(-1)).toBe('reload/ended web sync 1 (1 waits)')
    expect(read('/app/a.js')).toBe('a')
    await world.clock.run(world.runtime.unpauseContainer('demo-web-1'))
    await touch()
    expect(read('/app/a.js')).toBe('new')
    await end()
  })

  test('a container that takes the place of another gets what was copied, and is rid of what went', async () => {
    const world = await aWorkFolder()
    const { save, create, touch, inside, read, end } = await begin(world, [rule()])
    await save(['/work/src/a.js', 'new'], ['/work/src/b.js', undefined])
    await world.clock.run(world.runtime.removeContainer(world.runtime.byName('demo-web-1').id, { force: true }))
    await world.clock.run(create())
    await touch()
    expect(read('/app/a.js')).toBe('new')
    expect(inside().things.has('/app/b.js')).toBe(false)
    await end()
  })

  test('changes made while nothing watched are found, and only they are sent', async () => {
    const world = await aWorkFolder()
    const { again, inside, read, end } = await begin(world, [rule()])
    await again(() => {
      world.save('/work/src/a.js', 'meanwhile')
      world.save('/work/src/c.js', 'c')
    })
    expect([read('/app/a.js'), read('/app/c.js')]).toEqual(['meanwhile', 'c'])
    expect(inside().frames.flatMap(({ put }) => put.map(({ path }) => path))).toEqual(['a.js', 'c.js'])
    await end()
  })

  test('what a restart has emptied is brought again, and is no reason for another one', async () => {
    const world = await aWorkFolder()
    const { save, done, inside, touch, read, end } = await begin(world, [rule({ action: 'sync+restart' })])
    await save(['/work/src/a.js', 'new'])
    await world.clock.run(world.runtime.restartContainer('demo-web-1'))
    inside().things.clear()
    await touch()
    expect([read('/app/a.js'), ...done]).toEqual(['new', 'restart web'])
    await save(['/work/src/a.js', 'newer'])
    expect([read('/app/a.js'), ...done]).toEqual(['newer', 'restart web', 'restart web'])
    await end()
  })

  test('what a container cannot do is told once, before the first save, and cleared when another one can', async () => {
    const world = await aWorkFolder()
    const { lines, save, create, inside, touch, again, end } = await begin(world, [rule()])
    lines.length = 0
    inside().limits = {
      keepsDeleted: true,
      missing: ['shell'],
      places: new Map([['/app', { kind: 'read-only', mount: '/' }]]),
    }
    await again(() => {})
    const told = ['problem/raised watch.web.tools watch/no-tools', 'problem/raised watch.web.read-only watch/read-only']
    expect(lines).toEqual(['watch/started', ...told])
    await again(() => {})
    await world.clock.run(world.runtime.restartContainer('demo-web-1'))
    await touch()
    await save(['/work/src/a.js', 'new'])
    expect(lines.filter((line) => line.startsWith('problem/'))).toEqual(told)
    await world.clock.run(world.runtime.removeContainer(world.runtime.byName('demo-web-1').id, { force: true }))
    await touch()
    expect(lines.at(-1)).not.toBe('problem/cleared')
    await world.clock.run(create())
    inside().limits = {
      keepsDeleted: false,
      missing: [],
      places: new Map([['/app', { kind: 'in-memory', mount: '/app' }]]),
    }
    await touch()
    expect(lines.filter((line) => line.startsWith('problem/')).slice(told.length)).toEqual([
      'problem/cleared',
      'problem/cleared',
      'problem/raised watch.web.in-memory watch/in-memory',
    ])
    await end()
  })

  test('what an earlier watch has told is cleared by the next one when it is over', async () => {
    const world = await aWorkFolder()
    const { lines, save, inside, again, end } = await begin(world, [rule()])
    inside().refuses = () => 'the disk is full'
    await save(['/work/src/a.js', 'new'])
    expect(lines).toContain('problem/raised sync.web.files sync/stale')
    lines.length = 0
    await again(() => (inside().refuses = () => undefined))
    expect(lines).toContain('problem/cleared')
    await end()
  })

  test('files that are older than the container are its own matter, but for those of initial_sync', async () => {
    const world = await aWorkFolder()
    const prepare = (inside: MemoryContainer) =>
      inside.things.set('/app/a.js', { kind: 'file', mode: 0o644, content: 'made by its start', target: '', mtime: 9 })
    const plain = await begin(world, [rule()])
    await plain.again(() => prepare(plain.inside()))
    expect(plain.read('/app/a.js')).toBe('made by its start')
    await plain.end()
    const other = await aWorkFolder()
    const initial = await begin(other, [rule({ initial_sync: true })])
    await initial.again(() => prepare(initial.inside()))
    expect(initial.read('/app/a.js')).toBe('a')
    await initial.end()
  })

  test('an image that was built from another source is told of where the Dockerfile says that it is of this one', async () => {
    const world = await aWorkFolder()
    world.save('/work/Dockerfile', 'FROM busybox\nCOPY src /app\n')
    world.save('/work/src/c.js', 'c')
    await world.clock.advance(60_000)
    world.runtime.addImage('busybox')
    const { lines, problems, save, inside, again, end } = await begin(world, undefined, {
      build: { context: '/work' },
    })
    const makeOther = (): void => {
      inside().things.get('/app/a.js')!.content = 'A'
    }
    expect(lines).toEqual(['watch/started', 'problem/raised watch.web.older watch/older-here'])
    await again(makeOther)
    expect(problems.at(-1)).toContain('without 2 files as saved here: /app/a.js and 1 more')
    expect(inside().frames).toEqual([])
    await save(['/work/src/a.js', 'saved'])
    await save(['/work/src/c.js', 'saved'])
    expect(lines.at(-2)).toBe('problem/cleared')
    await end()
  })

  test('a source that vanishes deletes nothing, and goes on when it is back', async () => {
    const world = await aWorkFolder()
    const { lines, save, inside, read, end } = await begin(world, [rule()])
    lines.length = 0
    world.disk.rename('/work/src', '/work/away')
    await save()
    expect(lines).toEqual(['problem/raised sync.web.source.0 watch/source-gone'])
    expect(inside().things.size).toBe(2)
    world.disk.write('/work/away/a.js', 'changed there')
    world.disk.rename('/work/away', '/work/src')
    await save()
    expect(lines.slice(1)).toEqual([
      'problem/cleared',
      'watch/changed web sync /work/src/a.js',
      'reload/ended web sync 1',
    ])
    expect(read('/app/a.js')).toBe('changed there')
    await end()
  })

  test('most of the files deleted at once are asked about, and stay until somebody agrees', async () => {
    const world = await aWorkFolder()
    for (let file = 0; file < 30; file += 1) world.save(`/work/src/many/${file}.js`, String(file))
    await world.clock.advance(60_000)
    const { lines, done, save, inside, outcome, end } = await begin(world, [rule({ initial_sync: true })])
    const before = inside().things.size
    world.disk.remove('/work/src/many')
    await save(['/work/src/b.js', 'new'])
    expect(done).toEqual(['ask 30 of 32'])
    expect(lines.filter((line) => line.includes('watch/mass-deletion'))).toHaveLength(1)
    expect(inside().things.size).toBe(before)
    // Put back, it is no question any more; deleted again it is another one.
    outcome.answer = true
    for (let file = 0; file < 30; file += 1) world.save(`/work/src/many/${file}.js`, String(file))
    await save()
    expect(lines.at(-1)).toBe('problem/cleared')
    world.disk.remove('/work/src/many')
    await save()
    expect(done).toEqual(['ask 30 of 32', 'ask 30 of 32'])
    expect([...inside().things.keys()]).toEqual(['/app/a.js', '/app/b.js'])
    await end()
  })

  test('a folder that is bind-mounted anyway is left alone, with a warning', async () => {
    const { lines, end } = await begin(await aWorkFolder(), [rule()], {
      volumes: [{ type: 'bind', source: '/work/src', target: '/app' }],
    })
    expect(lines).toEqual(['problem/raised watch.web./work/src watch/bind-mounted'])
    await end()
  })

  test('two rules that bring the same path agree', async () => {
    const world = await aWorkFolder()
    const { save, inside, read, end } = await begin(world, [
      rule(),
      rule({ path: '/work/src/a.js', target: '/app/a.js' }),
      rule({ path: '/work/package.json', target: '/app/' }),
    ])
    await save(['/work/src/a.js', 'new'], ['/work/package.json', 'new'])
    expect([read('/app/a.js'), read('/app/package.json')]).toEqual(['new', 'new'])
    await save(['/work/src/a.js', undefined])
    expect(inside().things.has('/app/a.js')).toBe(false)
    await end()
  })

  test('a rebuild that failed is told, and the next good save mends it', async () => {
    const { lines, done, save, outcome, end } = await begin(await aWorkFolder(), [
      rule({ path: '/work/package.json', action: 'rebuild' }),
    ])
    outcome.rebuild = 'failed'
    lines.length = 0
    await save(['/work/package.json', 'bad'])
    expect(lines.slice(1)).toEqual([
      'problem/raised sync.web.build sync/failed',
      'reload/ended web rebuild 1 sync/failed',
    ])
    lines.length = 0
    outcome.rebuild = 'done'
    await save(['/work/package.json', 'good'])
    expect(lines.slice(1)).toEqual(['problem/cleared', 'reload/ended web rebuild 1'])
    expect(done).toEqual(['rebuild web', 'rebuild web'])
    await end()
  })
})
