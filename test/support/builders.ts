import { createHash } from 'node:crypto'
import type { EventBody, StackEvent } from '../../src/core/events/event.ts'
import type { Project } from '../../src/core/project/project.ts'
import type { Dependency, Service } from '../../src/core/project/service.ts'
import type { SessionDeps } from '../../src/engine/deps.ts'
import type { HostEntry } from '../../src/engine/ports/host-files.ts'
import type { Lock } from '../../src/engine/ports/lock.ts'
import { createFakeRuntime, type FakeRuntime } from './fake-runtime.ts'
import { createMemoryDisk, type MemoryDisk } from './memory-disk.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export const hashOptions = {
  digest: (text: string) => createHash('sha256').update(text).digest('hex'),
  fileDigests: new Map<string, string>(),
}

export const aService = (more: Partial<Service> = {}): Service => ({
  image: 'busybox',
  command: null,
  entrypoint: null,
  networks: { default: null },
  ...more,
})

export const needs = (condition: Dependency['condition'], more: Partial<Dependency> = {}): Dependency => ({
  condition,
  required: true,
  ...more,
})

export const aHealthcheck = { test: ['CMD', 'ready'], interval: '10s', timeout: '5s', retries: 3 }

export const aProject = (services: Readonly<Record<string, Service>>, more: Partial<Project> = {}): Project => ({
  name: 'demo',
  services,
  networks: { default: { name: 'demo_default' } },
  volumes: {},
  configs: {},
  secrets: {},
  models: {},
  extensions: {},
  context: {
    directory: '/work',
    files: ['/work/stack.yaml'],
    envFiles: [],
    environment: {},
    activeProfiles: [],
    disabled: {},
    inputs: [],
    objectEnvironment: {},
    findPlace: () => undefined,
  },
  ...more,
})

export type World = {
  readonly clock: VirtualClock
  readonly runtime: FakeRuntime
  readonly deps: SessionDeps
  /** What the host's folder holds. */
  readonly files: Map<string, string>
  /** The same, as a watch sees it. */
  readonly disk: MemoryDisk
  /** What an editor does; nothing: deletes. */
  save(path: string, text: string | undefined): void
}

/** An engine in memory, a virtual clock, and files that only the test knows. */
export const aWorld = (
  options: { readonly images?: readonly string[]; readonly skewMs?: number; readonly latencyMs?: number } = {},
): World => {
  const clock = createVirtualClock()
  const runtime = createFakeRuntime({ clock, ...options })
  const files = new Map<string, string>()
  const stamps = new Map<string, number>()
  const disk = createMemoryDisk(clock.now)
  const toEntry = (path: string): HostEntry | undefined => {
    const text = files.get(path)
    if (text !== undefined)
      return { path, kind: 'file', mode: 0o644, size: text.length, mtimeMs: stamps.get(path) ?? 0 }
    return [...files.keys()].some((name) => name.startsWith(`${path}/`))
      ? { path, kind: 'directory', mode: 0o755, size: 0, mtimeMs: 0 }
      : undefined
  }
  const deps: SessionDeps = {
    runtime,
    clock,
    random: () => 0.5,
    digest: hashOptions.digest,
    lock: aLock(),
    files: {
      read: async (path) => {
        const text = files.get(path)
        if (text === undefined) throw new Error(`there is no ${path}`)
        return new TextEncoder().encode(text)
      },
      stat: async (path) => toEntry(path),
      realpath: async (path) => path,
      makeFolder: async (path) => {
        if (toEntry(path) !== undefined) return 'there'
        if (path.startsWith('/refused')) return 'refused'
        files.set(`${path}/`, '')
        return 'made'
      },
      list: async (root, ignored) =>
        [...files.keys()]
          .filter((path) => (path === root || path.startsWith(`${root}/`)) && !ignored(path, false))
          .flatMap((path) => toEntry(path) ?? []),
    },
    sources: disk.files,
    watcher: disk.watcher,
  }
  return {
    clock,
    runtime,
    deps,
    files,
    disk,
    save: (path, text) => {
      if (text === undefined) {
        files.delete(path)
        disk.remove(path)
      } else {
        files.set(path, text)
        for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1))
          disk.makeFolder(path.slice(0, at))
        disk.write(path, text)
      }
      stamps.set(path, clock.now() + stamps.size)
    },
  }
}

export const aLock = (more: { readonly wasLeft?: boolean } = {}): Lock => {
  const held = new Set<string>()
  return {
    acquire: async (project, { signal }) => {
      signal?.throwIfAborted()
      if (held.has(project)) throw new Error(`the project ${project} is locked twice by one session`)
      held.add(project)
      return { ...more, release: async () => void held.delete(project) }
    },
  }
}

/** Events as lines to compare: `step/ended web.1/start done`. */
export const toLine = (event: StackEvent | EventBody): string => {
  switch (event.type) {
    case 'plan/made':
      return `plan/made ${event.steps.map((step) => step.id).join(' ') || 'nothing'}`
    case 'step/started':
      return `${event.type} ${event.id}`
    case 'step/ended':
      return `${event.type} ${event.id} ${event.outcome}${event.problem === undefined ? '' : ` ${event.problem.code}`}${event.because === undefined ? '' : ` (${event.because})`}`
    case 'step/waiting':
      return `${event.type} ${event.id} on ${event.on.join(', ')}: ${event.note}`
    case 'container/changed':
      return `${event.type} ${event.container.name} ${event.container.state}${event.container.exitCode === undefined ? '' : ` ${event.container.exitCode}`}`
    case 'log/written':
      return `${event.type} ${event.container} ${event.lines.map((line) => line.text).join(' | ')}`
    case 'problem/raised':
      return `${event.type} ${event.id} ${event.problem.code}`
    case 'session/changed':
      return `${event.type} ${event.phase}`
    case 'session/ended':
      return `${event.type} ${event.exit}`
    case 'watch/changed':
      return `${event.type} ${event.service} ${event.action} ${event.paths.join(' ')}`
    case 'reload/ended':
      return `${event.type} ${event.service} ${event.action} ${event.files}${event.problem === undefined ? '' : ` ${event.problem.code}`}${event.waiting === undefined ? '' : ` (${event.waiting} waits)`}`
    case 'command/begun':
      return `${event.type} ${event.line}`
    case 'command/ended':
      return `${event.type} ${event.outcome}`
    case 'question/asked':
      return `${event.type} ${event.text}`
    default:
      return event.type
  }
}
