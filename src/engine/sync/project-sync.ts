import type { ContainerSummary } from '../../core/events/event.ts'
import type { Project } from '../../core/project/project.ts'
import type { SessionDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'
import type { Rebuilt } from './builder.ts'
import { openContainerFiles } from './container/open.ts'
import { type Contents, createContents, learnContents } from './contents.ts'
import { createGitWatch } from './git-lock.ts'
import { createSyncRules, type SyncRule } from './rules.ts'
import type { ServiceMemory } from './service-state.ts'
import { createServiceSync, type ServiceSync } from './service-sync.ts'
import { clearStanding } from './standing-problems.ts'
import { createSourceWatch } from './source-watch.ts'
import type { SyncQuestion } from './stale.ts'
import { createTargetOf } from './targets.ts'
import { createUncovered } from './uncovered.ts'
import { createUnfinished } from './unfinished.ts'

export type ProjectSync = {
  /** A container of the service came or started. */
  touch(service: string): void
  close(): Promise<void>
}

/** What a session knows of its watches, by service; kept over reloads of the stack file. */
export type SyncMemory = Map<string, ServiceMemory>

export type ProjectSyncOptions = {
  readonly project: Project
  readonly signal: AbortSignal
  readonly containersOf: (service: string) => readonly ContainerSummary[]
  /** Whether it went well. */
  readonly restart: (service: string) => Promise<boolean>
  readonly rebuild: (service: string, options: { readonly signal: AbortSignal }) => Promise<Rebuilt>
  /** Whether so much shall be deleted. Rejects when the signal is aborted. */
  readonly ask: (question: SyncQuestion, options: { readonly signal: AbortSignal }) => Promise<boolean>
  readonly memory?: SyncMemory
  /** What comes back from containers, to be told of as watched. */
  readonly back?: { readonly services: readonly string[]; readonly roots: readonly string[] }
}

export type ProjectSyncDeps = Pick<SessionDeps, 'runtime' | 'clock' | 'files' | 'sources' | 'watcher'> & {
  readonly emit: Emit
  /** Absent: by the container's shell, or the engine's archives. */
  readonly openFiles?: typeof openContainerFiles
}

/** Acts on saved files, as the `develop.watch` rules of the project's services say. */
export const createProjectSync = (deps: ProjectSyncDeps, options: ProjectSyncOptions): ProjectSync => {
  const controller = new AbortController()
  const signal = AbortSignal.any([options.signal, controller.signal])
  const services = new Map<string, ServiceSync>()
  const work = watchProject(deps, { ...options, signal }, services).catch((error: unknown) => {
    if (!signal.aborted) deps.emit({ type: 'problem/raised', id: 'watch', problem: toProblem(error) })
  })
  return {
    touch: (service) => services.get(service)?.touch(),
    close: async () => {
      controller.abort()
      await Promise.all([work, ...[...services.values()].map((service) => service.close())])
    },
  }
}

const watchProject = async (
  deps: ProjectSyncDeps,
  options: ProjectSyncOptions,
  services: Map<string, ServiceSync>,
): Promise<void> => {
  const { project, signal } = options
  const { rules, mounted } = await createSyncRules(deps, project)
  for (const one of mounted) tellMounted(deps.emit, one)
  const watched = new Set(rules.map((rule) => rule.service))
  for (const [service, { standing }] of options.memory ?? [])
    if (!watched.has(service)) clearStanding(deps.emit, standing, () => true)
  const roots = [...new Set(rules.map((rule) => rule.root))]
  const { back = { services: [], roots: [] } } = options
  const tellStarted = (): void =>
    deps.emit({
      type: 'watch/started',
      services: [...new Set([...watched, ...back.services])],
      paths: roots.length + back.roots.length,
    })
  if (rules.length === 0) {
    if (back.services.length > 0) tellStarted()
    return
  }
  const git = await createGitWatch({ ...deps, source: deps.sources, signal }, [project.context.directory, ...roots])
  const onUnreadable = createUnreadableTeller(deps.emit)
  const contents = createContents(deps.sources)
  const watch = createSourceWatch(
    { ...deps, onUnreadable },
    {
      roots,
      leaveOut: (path, isFolder) => rules.every((rule) => rule.prunes(path, isFolder)),
      isRewritten: git.isRecent,
      settled: git.settled,
      signal,
    },
  )
  try {
    await watch.load(tellStarted)
    // Who has which files open is known from now on, and asked in no time.
    deps.sources.findOpen([])
    open(deps, { options, rules, services, watch, contents, onUnreadable, isGit: git.isRecent })
    learnContents(deps.clock, { tree: watch.tree, contents, signal }).catch(() => {})
    const uncovered = createUncovered(deps.emit, { rules, tree: watch.tree })
    await watch.run((since, look) => {
      if (!look.isEarly) uncovered.update()
      const dues = [...services.values()].flatMap((service) => service.update(since, look) ?? [])
      return dues.length === 0 ? undefined : Math.min(...dues)
    })
  } finally {
    watch.close()
  }
}

type Opening = {
  readonly options: ProjectSyncOptions
  readonly rules: readonly SyncRule[]
  readonly services: Map<string, ServiceSync>
  readonly watch: ReturnType<typeof createSourceWatch>
  readonly contents: Contents
  readonly onUnreadable: (path: string) => void
  readonly isGit: () => boolean
}

const open = (deps: ProjectSyncDeps, opening: Opening): void => {
  const { options, rules, services, watch, contents, onUnreadable, isGit } = opening
  const { tree } = watch
  const { project, signal } = options
  const unfinished = createUnfinished({ files: deps.sources, contents, clock: deps.clock })
  const targetOf = createTargetOf(tree)
  const { openFiles = openContainerFiles } = deps
  for (const name of new Set(rules.map((rule) => rule.service))) {
    const memory = options.memory?.get(name) ?? { beganAt: deps.clock.now(), vanished: new Map(), standing: new Map() }
    options.memory?.set(name, memory)
    const service = createServiceSync(
      {
        ...deps,
        files: deps.sources,
        tree,
        contents,
        unfinished,
        targetOf,
        onUnreadable,
        isGit,
        signal,
        wakeAt: watch.wakeAt,
        openFiles: (id, isRunning) => openFiles({ ...deps, signal }, id, { isRunning }),
      },
      {
        service: name,
        memory,
        rules: rules.filter((rule) => rule.service === name),
        isBuilt: project.services[name]?.build !== undefined,
        containers: () => options.containersOf(name),
        restart: () => options.restart(name),
        rebuild: (given) => options.rebuild(name, given),
        ask: options.ask,
      },
    )
    services.set(name, service)
  }
}

const tellMounted = (emit: Emit, { service, path }: { readonly service: string; readonly path: string }): void =>
  emit({
    type: 'problem/raised',
    id: `watch.${service}.${path}`,
    service,
    problem: {
      severity: 'warning',
      code: 'watch/bind-mounted',
      message: `${path} of service "${service}" is also a bind mount, so there is nothing to copy.`,
    },
  })

/** What cannot be read is told once. */
const createUnreadableTeller = (emit: Emit): ((path: string) => void) => {
  const told = new Set<string>()
  return (path) => {
    if (told.has(path)) return
    told.add(path)
    emit({
      type: 'problem/raised',
      id: `watch.${path}`,
      problem: {
        severity: 'warning',
        code: 'watch/unreadable',
        message: `${path} cannot be read: nothing of it is copied, and its changes are not seen.`,
        hint: 'Let yourself read it, or name it under "ignore" of the watch rule.',
      },
    })
  }
}
