import type { ContainerSummary } from '../../core/events/event.ts'
import type { Hook, WatchAction } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { toProblem } from '../to-problem.ts'
import { addChange, changesOwed, type Debts, forgetGone, isRunning, settle } from './debts.ts'
import { runHook } from './run-hook.ts'
import { createTransport, isGone, sendArchives, type SyncOp, type SyncTransport } from './transport.ts'

/** What one batch of changes asks of a service. */
export type SyncWork = {
  readonly ops: readonly SyncOp[]
  readonly actions: ReadonlySet<WatchAction>
  readonly hooks: readonly Hook[]
  readonly paths: number
  /** When the first change was noticed. */
  readonly since: number
}

export type ServiceSync = {
  add(work: SyncWork): void
  /** Containers came or started: give them what they miss. */
  touch(): void
  close(): void
}

type ServiceSyncDeps = Pick<EngineDeps, 'runtime' | 'clock' | 'files'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly onUnreadable?: (path: string) => void
}
export type ServiceSyncOptions = {
  readonly service: string
  readonly containers: () => readonly ContainerSummary[]
  readonly restart: () => Promise<boolean>
  readonly rebuild: () => Promise<boolean>
  /** Everything that `initial_sync` rules copy and the container has not got. */
  readonly initial: (container: string) => readonly SyncOp[]
  readonly hasInitial: boolean
  readonly debts: Debts
}

const retryDelaysMs = [100, 400]

/** What one service's syncing knows, and what it is at. */
type Sync = {
  readonly deps: ServiceSyncDeps
  readonly options: ServiceSyncOptions
  readonly transports: Map<string, SyncTransport>
  /** Containers that this watch has looked at. */
  readonly met: Set<string>
  pending: SyncWork | undefined
  isRunning: boolean
  /** The last work failed, and a problem says so. */
  isStale: boolean
}

/**
 * The changes of one service: one piece of work at a time, and what comes meanwhile is one more, in which a newer change
 * of a path takes the place of an older one. What fails is tried again, and then kept until the next change or start,
 * with a problem that stays to be seen; no change is ever forgotten. Containers that are new get everything that was
 * copied since the image was made. One that does not run gets files through the engine's own archives, so that its process finds
 * them when it is started; what is to be deleted there is deleted when it runs, and said to wait until then.
 */
export const createServiceSync = (deps: ServiceSyncDeps, options: ServiceSyncOptions): ServiceSync => {
  const sync: Sync = {
    deps,
    options,
    transports: new Map(),
    met: new Set(),
    pending: undefined,
    isRunning: false,
    isStale: false,
  }
  return {
    add: (work) => add(sync, work),
    touch: () => {
      meet(sync)
      if (sync.options.debts.hooks.size > 0 || [...sync.options.debts.owed.values()].some((debts) => debts.size > 0))
        add(sync, { ops: [], actions: new Set(['sync']), hooks: [], paths: 0, since: deps.clock.now() })
    },
    close: () => {
      for (const transport of sync.transports.values()) transport.close()
      sync.transports.clear()
    },
  }
}

const running = ({ options }: Sync): readonly ContainerSummary[] => options.containers().filter(isRunning)
const lying = ({ options }: Sync): readonly ContainerSummary[] =>
  options.containers().filter((container) => !isRunning(container) && container.state !== 'removing')

const transportOf = ({ deps, transports }: Sync, id: string): SyncTransport => {
  const transport = transports.get(id) ?? createTransport(deps, id)
  transports.set(id, transport)
  return transport
}

/** Containers that are not there any more need nothing; new ones need it all. */
const meet = (sync: Sync): void => {
  const { options, transports, met } = sync
  const { owed, overlay } = options.debts
  const present = new Set(options.containers().map((container) => container.id))
  for (const [id, transport] of transports) {
    if (present.has(id)) continue
    transport.close()
    transports.delete(id)
  }
  forgetGone(options.debts, present)
  for (const container of [...running(sync), ...lying(sync)]) {
    if (isRunning(container)) transportOf(sync, container.id).warmUp()
    if (met.has(container.id)) continue
    met.add(container.id)
    const debts = owed.get(container.id) ?? new Map([...overlay.values()].map((op) => [op.target, op]))
    owed.set(container.id, debts)
    for (const op of options.hasInitial ? options.initial(container.id) : [])
      if (!debts.has(op.target)) debts.set(op.target, op)
  }
}

const add = (sync: Sync, work: SyncWork): void => {
  meet(sync)
  for (const op of work.ops) addChange(sync.options.debts, op)
  sync.pending = sync.pending === undefined ? work : mergeWork(sync.pending, work)
  void run(sync)
}

const run = async (sync: Sync): Promise<void> => {
  if (sync.isRunning) return
  sync.isRunning = true
  try {
    while (sync.pending !== undefined && !sync.deps.signal.aborted) {
      const work = sync.pending
      sync.pending = undefined
      await step(sync, work)
    }
  } finally {
    sync.isRunning = false
  }
}

/** One piece of work, and what is told of it. */
const step = async (sync: Sync, work: SyncWork): Promise<void> => {
  const { deps, options } = sync
  const { service } = options
  const id = `sync.${service}`
  // A container that runs again gets what it missed, and what the rules of that ask for.
  const missed = changesOwed(options.debts, running(sync))
  const actions = new Set([...work.actions, ...missed.flatMap(({ rule }) => rule?.action ?? [])])
  const hooks = [...new Set([...work.hooks, ...missed.flatMap(({ rule }) => rule?.exec ?? [])])]
  const files = work.paths > 0 ? work.paths : missed.length
  const told = () => ({
    type: 'reload/ended' as const,
    service,
    action: toActionName(actions),
    files,
    ms: deps.clock.now() - work.since,
  })
  try {
    const waiting = await perform(sync, { ...work, actions, hooks })
    if (sync.isStale) deps.emit({ type: 'problem/cleared', id })
    sync.isStale = false
    if (files > 0) deps.emit({ ...told(), ...(waiting === 0 ? {} : { waiting }) })
  } catch (error) {
    if (deps.signal.aborted) return
    sync.isStale = true
    const problem = toProblem(
      error instanceof Error && !(error instanceof StackError)
        ? new StackError('sync/failed', { service, what: 'brought up to date', why: error.message }, { cause: error })
        : error,
    )
    deps.emit({ type: 'problem/raised', id, problem, service })
    deps.emit({ ...told(), problem })
  }
}

/** How many changes wait until the container that they are for runs. */
const perform = async (sync: Sync, work: SyncWork): Promise<number> => {
  const { options } = sync
  const { service, debts } = options
  if (work.actions.has('rebuild')) {
    const before = [...debts.overlay.values()]
    if (!(await options.rebuild()))
      throw new StackError('sync/failed', { service, what: 'rebuilt', why: 'see the steps above' })
    // The new image has what was copied until then.
    settle(debts.overlay, before)
    return 0
  }
  await deliver(sync)
  const waiting = changesOwed(debts, lying(sync)).length
  await runHooks(sync, work.hooks)
  const restarts = work.actions.has('sync+restart') || work.actions.has('restart')
  if (restarts && !(await options.restart()))
    throw new StackError('sync/failed', { service, what: 'restarted', why: 'see the steps above' })
  return waiting
}

const runHooks = async (sync: Sync, asked: readonly Hook[]): Promise<void> => {
  const { deps, options } = sync
  const { service, debts } = options
  const hooks = [...new Set([...debts.hooks, ...asked])]
  const containers = running(sync)
  for (const hook of hooks) {
    if (containers.length === 0) debts.hooks.add(hook)
    for (const { id } of containers) await runHook(deps, { id, service, hook })
    if (containers.length > 0) debts.hooks.delete(hook)
  }
}

const deliver = async (sync: Sync): Promise<void> => {
  const { owed } = sync.options.debts
  const toRunning = running(sync).map(async ({ id }) => {
    const debts = owed.get(id)
    if (debts === undefined || debts.size === 0) return
    const ops = [...debts.values()]
    await sendWithRetry(sync.deps, { id, transport: () => transportOf(sync, id), ops })
    settle(debts, ops)
  })
  const toLying = lying(sync).map(async ({ id }) => {
    const debts = owed.get(id)
    const files = [...(debts?.values() ?? [])].filter(({ entry }) => entry !== undefined)
    if (debts === undefined || files.length === 0) return
    // It may be about to go or to start: what it did not take is still owed, and comes when it runs.
    const isTaken = await sendArchives(sync.deps, id, files).then(
      () => true,
      () => false,
    )
    if (isTaken) settle(debts, files)
  })
  await Promise.all([...toRunning, ...toLying])
}

const mergeWork = (a: SyncWork, b: SyncWork): SyncWork => ({
  ops: [...a.ops, ...b.ops],
  actions: new Set([...a.actions, ...b.actions]),
  hooks: [...new Set([...a.hooks, ...b.hooks])],
  paths: a.paths + b.paths,
  since: Math.min(a.since, b.since),
})

const strength: readonly WatchAction[] = ['rebuild', 'sync+restart', 'restart', 'sync+exec', 'sync']
const toActionName = (actions: ReadonlySet<WatchAction>): string =>
  strength.find((action) => actions.has(action)) ?? 'sync'

const sendWithRetry = async (
  deps: ServiceSyncDeps,
  {
    id,
    transport,
    ops,
  }: { readonly id: string; readonly transport: () => SyncTransport; readonly ops: readonly SyncOp[] },
): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await transport().send(ops)
    } catch (error) {
      // Not found may be the command that was run in one that has just been stopped.
      if (isGone(error) && (await deps.runtime.inspectContainer(id, { signal: deps.signal })) === undefined) return
      const delay = retryDelaysMs[attempt]
      if (delay === undefined || deps.signal.aborted) throw error
      await deps.clock.sleep(delay, { signal: deps.signal })
    }
  }
}
