import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import type { Frame, Refused } from '../../../src/engine/sync/container-files.ts'
import { type BackSync, createBackSync } from '../../../src/engine/sync/back/back-sync.ts'
import { createClock } from '../../../src/system/clock.ts'
import { createHostWriter } from '../../../src/system/host-writer.ts'
import { createSourceFiles } from '../../../src/system/source-files.ts'
import { createWatcher } from '../../../src/system/watch.ts'
import { aProject, aService } from '../../support/builders.ts'
import { eventually } from '../../support/eventually.ts'
import { createLocalExec } from '../../support/local-exec.ts'
import { createRandom } from '../../support/random.ts'

/** Two folders of this machine, on which whatever happens at random; one plays the container. */
const seed = Number(process.env['STACK_STORM_SEED'] ?? 1)
const random = createRandom(seed)
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T

const base = mkdtempSync(join(tmpdir(), 'stack-back-storm-'))
afterAll(() => rmSync(base, { recursive: true }))
const outside = join(base, 'outside')
const sides = { host: join(base, 'host'), container: join(base, 'container') }
for (const folder of [outside, sides.host, sides.container]) mkdirSync(folder)
writeFileSync(join(outside, 'kept'), 'kept')

const folders = ['', 'a', 'b', 'a/c', 'ünï \n"$x']
const names = ['x', 'y', 'z', 'a', 'b']
const aPath = (): string => join(pick(folders), pick(names))
let number = 0

/** What is behind a link is not what it is about. */
const isBehindLink = (root: string, path: string): boolean => {
  for (let at = dirname(path); at !== '.'; at = dirname(at))
    if (lstatSync(join(root, at), { throwIfNoEntry: false })?.isSymbolicLink() === true) return true
  return false
}

/** Tells which paths it was about. What cannot be done is not done. */
const happen = (root: string): readonly string[] => {
  const [path, other] = [aPath(), aPath()]
  const place = join(root, path)
  try {
    if ([path, other].some((one) => isBehindLink(root, one))) return []
    switch (pick(['write', 'write', 'write', 'append', 'delete', 'delete', 'move', 'folder', 'link', 'out'])) {
      case 'write':
        mkdirSync(dirname(place), { recursive: true })
        writeFileSync(place, `${(number += 1)}`)
        break
      case 'append':
        writeFileSync(place, `${readFileSync(place, 'utf8')}+${(number += 1)}`)
        break
      case 'delete':
        rmSync(place, { recursive: true })
        break
      case 'move':
        renameSync(place, join(root, other))
        return [path, other]
      case 'folder':
        rmSync(place, { force: true })
        mkdirSync(place, { recursive: true })
        break
      case 'link':
        rmSync(place, { recursive: true, force: true })
        symlinkSync(pick(names), place)
        break
      case 'out':
        rmSync(place, { recursive: true, force: true })
        symlinkSync(outside, place)
    }
  } catch {
    // a folder is in the way, or nothing is there
  }
  return [path]
}

/** Everything below a folder but links that lead out of it. */
const treeOf = (root: string, below = ''): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const name of readdirSync(join(root, below))) {
    const path = join(below, name)
    const stats = lstatSync(join(root, path))
    if (stats.isDirectory()) {
      found.set(path, 'folder')
      for (const [inner, what] of treeOf(root, path)) found.set(inner, what)
    } else if (stats.isFile()) found.set(path, `=${readFileSync(join(root, path), 'utf8')}`)
    else if (readlinkSync(join(root, path)) !== outside) found.set(path, `->${readlinkSync(join(root, path))}`)
    else found.set(path, 'out')
  }
  return found
}

const apply = async (_id: string, { root, put }: Frame): Promise<readonly Refused[]> => {
  for (const { path, entry, content } of put) {
    const to = join(root, path)
    if (entry.kind === 'directory') mkdirSync(to, { recursive: true })
    else if (entry.kind === 'link') symlinkSync(entry.linkTarget ?? '', to)
    else writeFileSync(to, content ?? '', { mode: entry.mode })
  }
  return []
}

const kept = new Map<string, string>()
const startedAt = Date.now()
const start = (events: EventBody[]): BackSync =>
  createBackSync(
    {
      runtime: createLocalExec(),
      clock: createClock(),
      source: createSourceFiles(),
      writer: createHostWriter(),
      watcher: createWatcher(),
      agreements: { load: async (name) => kept.get(name), keep: async (name, text) => void kept.set(name, text) },
      apply,
      emit: (event) => void events.push(event),
    },
    {
      project: aProject({
        web: aService({ 'x-stack': { watch: [{ path: sides.host, target: sides.container, direction: 'both' }] } }),
      }),
      signal: new AbortController().signal,
      containersOf: () => [
        { id: 'one', name: 'demo-web-1', service: 'web', number: 1, state: 'running', ports: [], startedAt },
      ],
    },
  )

const isAt = (path: string, other: string): boolean => path === other || path.startsWith(`${other}/`)

/** What is told of now: paths below which both sides may differ, and whether everything is held. */
const openPaths = (events: readonly EventBody[]): { readonly paths: readonly string[]; readonly isHalted: boolean } => {
  const now = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'problem/raised') now.set(event.id, event.problem.code)
    if (event.type === 'problem/cleared') now.delete(event.id)
  }
  const paths = [...now.keys()].flatMap((id) => /\.(?:conflict|outside)\.([^]*)$/.exec(id)?.[1] ?? [])
  return { paths, isHalted: [...now.values()].includes('watch/emptied') }
}

const decideAll = (events: readonly EventBody[]): void => {
  const { paths, isHalted } = openPaths(events)
  for (const path of paths) rmSync(join(pick(Object.values(sides)), path), { recursive: true, force: true })
  for (const root of Object.values(sides)) {
    for (const [path, what] of treeOf(root)) if (what === 'out') rmSync(join(root, path))
    // A side that has lost everything has something again.
    if (isHalted) writeFileSync(join(root, 'again'), 'again')
  }
}

test(`whatever happens on both sides, they become the same or a conflict is shown (STACK_STORM_SEED=${seed})`, async () => {
  for (let round = 0; round < 10; round += 1) {
    const events: EventBody[] = []
    const touched = { host: new Set<string>(), container: new Set<string>() }
    const isBeside = round % 2 === 1
    const early = isBeside ? start(events) : undefined
    for (let turn = 0; turn < 12; turn += 1) {
      const side = pick(['host', 'container'] as const)
      for (const path of happen(sides[side])) touched[side].add(path)
      if (isBeside) await new Promise((resolve) => setImmediate(resolve))
    }
    const left = await eventually(() => ({ host: treeOf(sides.host), container: treeOf(sides.container) }))
    const sync = early ?? start(events)
    await eventually(() => {
      sync.touch('web')
      const [host, container] = [treeOf(sides.host), treeOf(sides.container)]
      const { paths, isHalted } = openPaths(events)
      const outs = [...host, ...container].flatMap(([path, what]) => (what === 'out' ? [path] : []))
      const isOpen = (path: string): boolean => [...paths, ...outs].some((one) => isAt(path, one) || isAt(one, path))
      const differing = [...new Set([...host.keys(), ...container.keys()])].filter(
        (path) => host.get(path) !== container.get(path) && !isOpen(path),
      )
      if (!isHalted) expect(differing, `round ${round}`).toEqual([])
    }, 25_000)
    // What one side alone has done is there afterwards, whatever the other has done elsewhere.
    for (const [side, other] of [
      ['host', 'container'],
      ['container', 'host'],
    ] as const)
      for (const [path, what] of left[side]) {
        const isShared = [...touched[other]].some((one) => isAt(path, one) || isAt(one, path))
        if (isShared || !touched[side].has(path) || !what.startsWith('=')) continue
        const now = await eventually(() => [treeOf(sides[side]).get(path), treeOf(sides[other]).get(path)])
        expect(now, `${path} of the ${side}, round ${round}`).toContain(what)
      }
    // Deleting one side ends every conflict.
    await eventually(() => {
      sync.touch('web')
      decideAll(events)
      expect([...treeOf(sides.host)].toSorted(), `round ${round}`).toEqual([...treeOf(sides.container)].toSorted())
    }, 25_000)
    await sync.close()
    expect([...treeOf(sides.host).keys()].filter((path) => path.includes('.stack-back-'))).toEqual([])
    expect(readdirSync(outside)).toEqual(['kept'])
  }
}, 400_000)
