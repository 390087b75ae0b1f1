import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../src/core/events/event.ts'
import { createProjectSync, type ProjectSyncDeps } from '../../src/engine/sync/project-sync.ts'
import { aProject, aService, aWorld } from '../support/builders.ts'
import { createMemoryContainer } from '../support/memory-container.ts'
import { createMemoryDisk, type MemoryDisk } from '../support/memory-disk.ts'
import { createRandom } from '../support/random.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const begin = async () => {
  const clock = createVirtualClock()
  const disk = createMemoryDisk(clock.now)
  const container = createMemoryContainer()
  const events: EventBody[] = []
  disk.makeFolder('/work')
  disk.makeFolder('/work/src')
  disk.write('/work/outside.txt', 'outside')
  container.things.set('/etc/hostname', { kind: 'file', mode: 0o644, content: 'host', target: '', mtime: 0 })
  await clock.advance(60_000)
  const world = aWorld()
  const project = aProject({
    web: aService({ develop: { watch: [{ path: '/work/src', target: '/app', action: 'sync' }] } }),
  })
  const runtime = {
    inspectContainer: async () => ({ id: 'c1', state: 'running', startedAt: 1, createdAt, imageId: 'i1' }),
  } as unknown as ProjectSyncDeps['runtime']
  let createdAt = 1
  let controller = new AbortController()
  const start = (onStarted = () => {}) =>
    createProjectSync(
      {
        runtime,
        clock,
        files: world.deps.files,
        sources: disk.files,
        watcher: disk.watcher,
        emit: (event) => {
          events.push(event)
          if (event.type === 'watch/started') onStarted()
        },
        openFiles: () => container.files,
      },
      {
        project,
        signal: controller.signal,
        containersOf: () => [{ id: 'c1', name: 'demo-web-1', service: 'web', number: 1, state: 'running', ports: [] }],
        restart: async () => true,
        rebuild: async () => 'done',
        ask: async () => true,
      },
    )
  let sync = start()
  await clock.advance(100)
  const end = async (): Promise<void> => {
    controller.abort()
    await clock.run(sync.close())
  }
  /** Another watch of a container that is younger than all files; `onStarted` is done when it says that it watches. */
  const again = async (onStarted: () => void): Promise<void> => {
    await end()
    await clock.advance(60_000)
    createdAt = clock.now() / 1000
    await clock.advance(1000)
    controller = new AbortController()
    sync = start(onStarted)
    await clock.advance(100)
  }
  return { clock, disk, container, events, end, again }
}

const names = ['a', 'b', 'c', 'd', 'notes~', '4913', '#a#', '.idea', 'x\ny', "q'q"]

/** One operation on the tree, and what it was. */
const operate = (disk: MemoryDisk, random: () => number, count: number): string => {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const folders = [
    '/work/src',
    ...[...disk.list('/work/src')].flatMap(([path, what]) =>
      what.startsWith('directory') ? [`/work/src/${path}`] : [],
    ),
  ]
  const all = [...disk.list('/work/src').keys()].map((path) => `/work/src/${path}`)
  const place = (): string => `${pick(folders)}/${pick(names)}`
  const path = random() < 0.5 && all.length > 0 ? pick(all) : place()
  const kind = disk.kindOf(path)
  const clear = (): void => (kind === undefined ? undefined : disk.remove(path))
  const choices: Record<string, () => string> = {
    write: () => (kind === 'file' || kind === undefined ? (disk.write(path, `content ${count}`), '') : ''),
    same: () => (kind === 'file' ? (disk.write(path, `kept    ${count % 10}`, { keepTime: true }), '') : ''),
    folder: () => (clear(), disk.makeFolder(path), ''),
    filled: () => (clear(), disk.makeFolder(path), disk.write(`${path}/new`, `new ${count}`), ''),
    file: () => (clear(), disk.write(path, `file ${count}`), ''),
    link: () => (clear(), disk.link(path, pick(['/etc', 'a', '../b', 'nowhere'])), ''),
    linkThenFolder: () => (
      clear(),
      disk.link(path, '/etc'),
      disk.remove(path),
      disk.makeFolder(path),
      disk.write(`${path}/hostname`, `own ${count}`),
      ''
    ),
    remove: () => (clear(), ''),
    rename: () => {
      const to = place()
      if (kind !== undefined && !to.startsWith(`${path}/`) && !path.startsWith(`${to}/`)) disk.rename(path, to)
      return ` → ${to}`
    },
    swap: () => {
      const other = all.length > 0 ? pick(all) : path
      if (kind === undefined || disk.kindOf(other) === undefined || other === path) return ''
      if (`${other}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${other}/`)) return ''
      disk.rename(path, '/work/swap')
      disk.rename(other, path)
      disk.rename('/work/swap', other)
      return ` ⇄ ${other}`
    },
    chmod: () => (disk.chmod(path, pick([0o755, 0o644, 0o600, 0o750])), ''),
    hardLink: () => {
      const to = place()
      if (kind === 'file' && disk.kindOf(to) === undefined) disk.hardLink(to, path)
      return ` = ${to}`
    },
    chain: () => {
      let at = path
      for (let step = 0; step < 50 && disk.kindOf(at) !== undefined; step += 1) {
        const to = `/work/src/chain${step}`
        disk.rename(at, to)
        at = to
      }
      return ` → ${at}`
    },
    away: () => (disk.rename('/work/src', '/work/away'), disk.rename('/work/away', '/work/src'), ''),
  }
  const name = pick(Object.keys(choices))
  return `${name} ${path}${choices[name]!()}`
}

type Trouble = {
  /** How often each notice arrives. */
  readonly deliveries?: (random: () => number) => number
  readonly failingReads?: number
  readonly refusing?: number
  readonly cut?: number
  /** Each round has a watch of its own, and happens when that has just begun. */
  readonly anew?: boolean
}

const rounds = Number(process.env['STORM_ROUNDS'] ?? 15)

const storm = async (
  seed: number,
  { deliveries, failingReads = 0, refusing = 0, cut = 0, anew = false }: Trouble,
): Promise<void> => {
  const random = createRandom(seed)
  const { clock, disk, container, end, again } = await begin()
  let isCalm = true
  if (deliveries !== undefined) disk.deliveries = () => deliveries(random)
  disk.fails = () => !isCalm && random() < failingReads
  container.refuses = () => (!isCalm && random() < refusing ? 'it is said to be refused' : undefined)
  container.before = () => {
    if (!isCalm && random() < cut) throw new Error('the connection was cut')
  }
  for (let round = 0; round < rounds; round += 1) {
    const done: string[] = []
    const count = 1 + Math.floor(random() * 30)
    const step = (index: number) => void done.push(operate(disk, random, round * 100 + index))
    if (anew)
      await again(() => {
        isCalm = false
        for (let index = 0; index < count; index += 1) step(index)
      })
    isCalm = false
    for (let index = 0; !anew && index < count; index += 1) {
      step(index)
      if (random() < 0.2) await clock.advance(Math.floor(random() * 80))
    }
    isCalm = true
    await clock.advance(45_000)
    const where = `seed ${seed}, round ${round}:\n${done.join('\n')}`
    expect(Object.fromEntries(container.list('/app')), where).toEqual(Object.fromEntries(disk.list('/work/src')))
    expect(
      [...container.things.keys()].filter((path) => path !== '/app' && !path.startsWith('/app/')),
      where,
    ).toEqual(['/etc/hostname'])
  }
  await end()
}

const first = Number(process.env['STORM_SEED'] ?? 1)
const seeds = process.env['STORM_SEED'] === undefined ? [1, 2, 3] : [first]

describe('after any storm the container holds what the source holds', () => {
  test.each(seeds)('all is noticed (seed %i)', (seed) => storm(seed, {}))
  test.each(seeds)('a third of the notices is lost, and some come twice (seed %i)', (seed) =>
    storm(seed, { deliveries: (random) => (random() < 0.3 ? 0 : random() < 0.2 ? 2 : 1) }),
  )
  test.each(seeds)('no notice comes (seed %i)', (seed) => storm(seed, { deliveries: () => 0 }))
  test.each(seeds)('reads fail (seed %i)', (seed) => storm(seed, { failingReads: 0.1 }))
  test.each(seeds)('entries are refused and connections cut (seed %i)', (seed) =>
    storm(seed, { refusing: 0.15, cut: 0.1 }),
  )
  test.each(seeds)('it begins when the watch does (seed %i)', (seed) => storm(seed, { anew: true }))
  test.each(seeds)('it begins when the watch does, and no notice comes (seed %i)', (seed) =>
    storm(seed, { anew: true, deliveries: () => 0 }),
  )
  test.each(seeds)('it begins when the watch does, and reads fail (seed %i)', (seed) =>
    storm(seed, { anew: true, failingReads: 0.1, deliveries: (random) => (random() < 0.5 ? 0 : 1) }),
  )
  test.each(seeds)('all at once (seed %i)', (seed) =>
    storm(seed, { deliveries: (random) => (random() < 0.3 ? 0 : 1), failingReads: 0.05, refusing: 0.1, cut: 0.05 }),
  )
})
