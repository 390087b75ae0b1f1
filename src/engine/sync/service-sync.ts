import type { ContainerSummary } from '../../core/events/event.ts'
import type { Hook, WatchAction } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { toProblem } from '../to-problem.ts'
import { createTransport, isGone, type SyncOp, type SyncTransport } from './transport.ts'

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
}
export type ServiceSyncOptions = {
  readonly service: string
  readonly containers: () => readonly ContainerSummary[]
  readonly restart: () => Promise<boolean>
  readonly rebuild: () => Promise<boolean>
  /** Everything that `initial_sync` rules copy and the container has not got. */
  readonly initial: (container: string) => readonly SyncOp[]
  readonly hasInitial: boolean
}

const retryDelaysMs = [100, 400]

/** What one service's syncing knows, and what it is at. */
type Sync = {
  readonly deps: ServiceSyncDeps
  readonly options: ServiceSyncOptions
  readonly transports: Map<string, SyncTransport>
  /** All that was copied since the image was made, by target: what a new container lacks. */
  readonly overlay: Map<string, SyncOp>
  /** By container: what it has not got yet. */
  readonly owed: Map<string, Map<string, SyncOp>>
  pending: SyncWork | undefined
  isRunning: boolean
  /** The last work failed, and a problem says so. */
  isStale: boolean
}

/**
 * The changes of one service: one piece of work at a time, and what comes meanwhile is one more, in which a newer change
 * of a path takes the place of an older one. What fails is tried again, and then kept until the next change or start,
 * with a problem that stays to be seen; no change is ever forgotten. Containers that are new get everything that was
 * copied since the image was made.
 */
export const createServiceSync = (deps: ServiceSyncDeps, options: ServiceSyncOptions): ServiceSync => {
  const sync: Sync = {
    deps,
    options,
    transports: new Map(),
    overlay: new Map(),
    owed: new Map(),
    pending: undefined,
    isRunning: false,
    isStale: false,
  }
  return {
    add: (work) => add(sync, work),
    touch: () => {
      meet(sync)
      if ([...sync.owed.values()].some((debts) => debts.size > 0))
        add(sync, { ops: [], actions: new Set(['sync']), hooks: [], paths: 0, since: deps.clock.now() })
    },
    close: () => {
      for (const transport of sync.transports.values()) transport.close()
      sync.transports.clear()
    },
  }
}

const running = ({ options }: Sync): readonly ContainerSummary[] =>
  options.containers().filter((container) => container.state === 'running')

const transportOf = ({ deps, transports }: Sync, id: string): SyncTransport => {
  const transport = transports.get(id) ?? createTransport(deps, id)
  transports.set(id, transport)
  return transport
}

/** Containers that are not there any more need nothing; new ones need it all. */
const meet = (sync: Sync): void => {
  const { options, transports, owed, overlay } = sync
  const present = new Set(options.containers().map((container) => container.id))
  for (const [id, transport] of transports) {
    if (present.has(id)) continue
    transport.close()
    transports.delete(id)
    owed.delete(id)
  }
  for (const container of running(sync)) {
    transportOf(sync, container.id).warmUp()
    if (owed.has(container.id)) continue
    const all = [...(options.hasInitial ? options.initial(container.id) : []), ...overlay.values()]
    owed.set(container.id, new Map(all.map((op) => [op.target, op])))
  }
}

const add = (sync: Sync, work: SyncWork): void => {
  meet(sync)
  for (const op of work.ops) {
    sync.overlay.set(op.target, op)
    for (const debts of sync.owed.values()) {
      debts.delete(op.target)
      debts.set(op.target, op)
    }
  }
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
  const told = () => ({
    type: 'reload/ended' as const,
    service,
    action: toActionName(work.actions),
    files: work.paths,
    ms: deps.clock.now() - work.since,
  })
  try {
    await perform(sync, work)
    if (sync.isStale) deps.emit({ type: 'problem/cleared', id })
    sync.isStale = false
    if (work.paths > 0) deps.emit(told())
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

const perform = async (sync: Sync, work: SyncWork): Promise<void> => {
  const { deps, options, overlay } = sync
  const { service } = options
  if (work.actions.has('rebuild')) {
    const before = [...overlay.values()]
    if (!(await options.rebuild()))
      throw new StackError('sync/failed', { service, what: 'rebuilt', why: 'see the steps above' })
    // The new image has what was copied until then.
    for (const op of before) if (overlay.get(op.target) === op) overlay.delete(op.target)
    return
  }
  await deliver(sync)
  for (const hook of work.hooks)
    for (const { id, name } of running(sync)) await runHook(deps, { id, name, service, hook })
  const restarts = work.actions.has('sync+restart') || work.actions.has('restart')
  if (restarts && !(await options.restart()))
    throw new StackError('sync/failed', { service, what: 'restarted', why: 'see the steps above' })
}

const deliver = async (sync: Sync): Promise<void> => {
  await Promise.all(
    running(sync).map(async ({ id }) => {
      const debts = sync.owed.get(id)
      if (debts === undefined || debts.size === 0) return
      const ops = [...debts.values()]
      await sendWithRetry(sync.deps, { transport: () => transportOf(sync, id), ops })
      // What came meanwhile for the same path is still owed.
      for (const op of ops) if (debts.get(op.target) === op) debts.delete(op.target)
    }),
  )
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
  { transport, ops }: { readonly transport: () => SyncTransport; readonly ops: readonly SyncOp[] },
): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await transport().send(ops)
    } catch (error) {
      if (isGone(error)) return
      const delay = retryDelaysMs[attempt]
      if (delay === undefined || deps.signal.aborted) throw error
      await deps.clock.sleep(delay, { signal: deps.signal })
    }
  }
}

type HookRun = { readonly id: string; readonly name: string; readonly service: string; readonly hook: Hook }

const runHook = async ({ runtime, signal }: ServiceSyncDeps, { id, service, hook }: HookRun): Promise<void> => {
  const session = await runtime.exec(
    id,
    {
      command: hook.command ?? [],
      ...(hook.user === undefined ? {} : { user: hook.user }),
      ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
      ...(hook.privileged === undefined ? {} : { privileged: hook.privileged }),
      environment: Object.entries(hook.environment ?? {}).map(([key, value]) =>
        value === null ? key : `${key}=${value}`,
      ),
    },
    { signal },
  )
  let said = ''
  for await (const chunk of session.output) said = (said + new TextDecoder().decode(chunk.data)).slice(-2000)
  const exitCode = await session.exitCode({ signal })
  session.close()
  if (exitCode !== 0)
    throw new StackError('hook/failed', {
      service,
      phase: 'sync+exec',
      command: (hook.command ?? []).join(' '),
      exitCode,
      output: said.trim(),
    })
}
