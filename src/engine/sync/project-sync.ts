import type { ContainerSummary } from '../../core/events/event.ts'
import type { Project } from '../../core/project/project.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'
import { type Change, createFileIndex } from './file-index.ts'
import { createDebts, type Debts } from './debts.ts'
import { findGitLock } from './git-lock.ts'
import { holdBatches } from './hold-batches.ts'
import { relativeTo } from './paths.ts'
import { isInitial, selectInitial, toOps } from './initial-files.ts'
import { copies, createSyncRules, type SyncRule } from './rules.ts'
import type { Seeds } from './seeds.ts'
import { createServiceSync, type ServiceSync, type SyncWork } from './service-sync.ts'

export type ProjectSync = {
  /** A container of the service came or started. */
  touch(service: string): void
  close(): Promise<void>
}

export type ProjectSyncOptions = {
  readonly project: Project
  readonly signal: AbortSignal
  readonly containersOf: (service: string) => readonly ContainerSummary[]
  /** Whether it went well. */
  readonly restart: (service: string) => Promise<boolean>
  readonly rebuild: (service: string) => Promise<boolean>
  /** What containers got before they started. */
  readonly seeds?: Seeds
  /** What each service's containers lack, from a watch before this one; kept up to date. */
  readonly debts?: Map<string, Debts>
}

type SyncDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'files' | 'watcher'> & { readonly emit: Emit }

/** Acts on saved files, as the `develop.watch` rules of the project's services say. */
export const createProjectSync = (deps: SyncDeps, options: ProjectSyncOptions): ProjectSync => {
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
      for (const service of services.values()) service.close()
      await work
    },
  }
}

// oxlint-disable-next-line max-lines-per-function -- the loop over batches is read from top to bottom
const watchProject = async (
  deps: SyncDeps,
  options: ProjectSyncOptions,
  services: Map<string, ServiceSync>,
): Promise<void> => {
  const { project, signal } = options
  const { rules, mounted } = await createSyncRules(deps, project)
  for (const { service, path } of mounted) {
    deps.emit({
      type: 'problem/raised',
      id: `watch.${service}.${path}`,
      service,
      problem: {
        severity: 'warning',
        code: 'watch/bind-mounted',
        message: `${path} of service "${service}" is also a bind mount, so there is nothing to copy.`,
      },
    })
  }
  if (rules.length === 0) return
  const roots = [...new Set(rules.map((rule) => rule.root))]
  const ignored = (path: string, isDirectory: boolean): boolean => rules.every((rule) => rule.prunes(path, isDirectory))
  const onUnreadable = createUnreadableTeller(deps.emit)
  const index = createFileIndex({ files: deps.files, roots, ignored, onUnreadable })
  const ready = Promise.withResolvers<void>()
  const started = deps.watcher.watch(roots, { ignored, signal, onReady: () => ready.resolve() })
  const gitLock = await findGitLock(deps.files, project.context.directory)
  const isHeld = async (): Promise<boolean> => gitLock !== undefined && (await deps.files.stat(gitLock)) !== undefined
  // Watching before looking: what is saved between the two is noticed.
  const batches = holdBatches(started, { clock: deps.clock, signal, isHeld })[Symbol.asyncIterator]()
  let next = batches.next()
  next.catch(() => {})
  await Promise.race([ready.promise, next])
  await index.load()
  for (const name of new Set(rules.map((rule) => rule.service))) {
    const own = rules.filter((rule) => rule.service === name)
    const service = createServiceSync(
      { ...deps, signal, onUnreadable },
      {
        service: name,
        containers: () => options.containersOf(name),
        restart: () => options.restart(name),
        rebuild: () => options.rebuild(name),
        debts: takeOver(options.debts, name, own),
        hasInitial: own.some(isInitial),
        initial: (id) => {
          const all = selectInitial(own, index)
          return options.seeds?.missing(id, all) ?? all
        },
      },
    )
    services.set(name, service)
    service.touch()
  }
  deps.emit({ type: 'watch/started', services: [...services.keys()], paths: roots.length })
  for (;;) {
    const batch = await next
    if (batch.done === true || signal.aborted) return
    next = batches.next()
    next.catch(() => {})
    const changes = await index.update(batch.value)
    hand(deps, { changes, rules, services, since: batch.value.since })
  }
}

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

/** Of what was copied, new containers get what rules still ask for. */
const takeOver = (all: Map<string, Debts> | undefined, service: string, rules: readonly SyncRule[]): Debts => {
  const debts = all?.get(service) ?? createDebts()
  all?.set(service, debts)
  const isAskedFor = (target: string): boolean =>
    rules.some((rule) => copies(rule) && rule.target !== undefined && relativeTo(rule.target, target) !== undefined)
  for (const target of debts.overlay.keys()) if (!isAskedFor(target)) debts.overlay.delete(target)
  return debts
}

type Handing = {
  readonly changes: readonly Change[]
  readonly rules: readonly SyncRule[]
  readonly services: ReadonlyMap<string, ServiceSync>
  readonly since: number
}

/** Gives each service what the changes mean to it. */
const hand = ({ emit }: SyncDeps, { changes, rules, services, since }: Handing): void => {
  for (const [name, service] of services) {
    const own = rules.filter((rule) => rule.service === name && changes.some((change) => isFor(rule, change)))
    if (own.length === 0) continue
    const paths = new Set(
      changes.filter((change) => own.some((rule) => isFor(rule, change))).map((change) => change.path),
    )
    const actions = new Set(own.map((rule) => rule.action))
    const work: SyncWork = {
      ops: own.flatMap((rule) => changes.flatMap((change) => toOps(rule, change).map((op) => ({ ...op, rule })))),
      actions,
      hooks: own.flatMap((rule) => (rule.exec === undefined ? [] : [rule.exec])),
      paths: paths.size,
      since,
    }
    emit({ type: 'watch/changed', service: name, paths: [...paths], action: [...actions].join(', ') })
    service.add(work)
  }
}

/** A folder alone, without a file in it, is no reason to build or to restart. */
const isFor = (rule: SyncRule, change: Change): boolean =>
  rule.matches(change.path) &&
  (copies(rule)
    ? rule.target !== undefined && relativeTo(rule.root, change.path) !== undefined
    : change.entry?.kind !== 'directory')
