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

/**
 * The changes of one service: one piece of work at a time, and what comes meanwhile is one more, in which a newer change
 * of a path takes the place of an older one. What fails is tried again, and then kept until the next change or start,
 * with a problem that stays to be seen; no change is ever forgotten. Containers that are new get everything that was
 * copied since the image was made.
 */
export const createServiceSync = (deps: ServiceSyncDeps, options: ServiceSyncOptions): ServiceSync => {
  const problem = `sync.${options.service}`
  const transports = new Map<string, SyncTransport>()
  /** All that was copied since the image was made, by target: what a new container lacks. */
  const overlay = new Map<string, SyncOp>()
  /** By container: what it has not got yet. */
  const owed = new Map<string, Map<string, SyncOp>>()
  let pending: SyncWork | undefined
  let isRunning = false
  let isStale = false

  const running = (): readonly ContainerSummary[] =>
    options.containers().filter((container) => container.state === 'running')
  const transportOf = (id: string): SyncTransport => {
    const transport = transports.get(id) ?? createTransport(deps, id)
    transports.set(id, transport)
    return transport
  }
  /** Containers that are not there any more need nothing; new ones need it all. */
  const meet = (): void => {
    const present = new Set(options.containers().map((container) => container.id))
    for (const [id, transport] of transports) {
      if (present.has(id)) continue
      transport.close()
      transports.delete(id)
      owed.delete(id)
    }
    for (const container of running()) {
      transportOf(container.id).warmUp()
      if (owed.has(container.id)) continue
      const all = [...(options.hasInitial ? options.initial(container.id) : []), ...overlay.values()]
      owed.set(container.id, new Map(all.map((op) => [op.target, op])))
    }
  }
  const deliver = async (): Promise<void> => {
    await Promise.all(
      running().map(async ({ id }) => {
        const debts = owed.get(id)
        if (debts === undefined || debts.size === 0) return
        const ops = [...debts.values()]
        await sendWithRetry(deps, { transport: () => transportOf(id), ops })
        // What came meanwhile for the same path is still owed.
        for (const op of ops) if (debts.get(op.target) === op) debts.delete(op.target)
      }),
    )
  }
  const perform = async (work: SyncWork): Promise<void> => {
    if (work.actions.has('rebuild')) {
      const before = [...overlay.values()]
      if (!(await options.rebuild()))
        throw new StackError('sync/failed', { service: options.service, what: 'rebuilt', why: 'see the steps above' })
      // The new image has what was copied until then.
      for (const op of before) if (overlay.get(op.target) === op) overlay.delete(op.target)
      return
    }
    await deliver()
    for (const hook of work.hooks)
      for (const { id, name } of running()) await runHook(deps, { id, name, service: options.service, hook })
    const restarts = work.actions.has('sync+restart') || work.actions.has('restart')
    if (restarts && !(await options.restart()))
      throw new StackError('sync/failed', { service: options.service, what: 'restarted', why: 'see the steps above' })
  }
  const step = async (work: SyncWork): Promise<void> => {
    const action = toActionName(work.actions)
    try {
      await perform(work)
      if (isStale) deps.emit({ type: 'problem/cleared', id: problem })
      isStale = false
      if (work.paths > 0)
        deps.emit({
          type: 'reload/ended',
          service: options.service,
          action,
          files: work.paths,
          ms: deps.clock.now() - work.since,
        })
    } catch (error) {
      if (deps.signal.aborted) return
      isStale = true
      const said = toProblem(
        error instanceof Error && !(error instanceof StackError)
          ? new StackError(
              'sync/failed',
              { service: options.service, what: 'brought up to date', why: error.message },
              { cause: error },
            )
          : error,
      )
      deps.emit({ type: 'problem/raised', id: problem, problem: said, service: options.service })
      deps.emit({
        type: 'reload/ended',
        service: options.service,
        action,
        files: work.paths,
        ms: deps.clock.now() - work.since,
        problem: said,
      })
    }
  }
  const run = async (): Promise<void> => {
    if (isRunning) return
    isRunning = true
    try {
      while (pending !== undefined && !deps.signal.aborted) {
        const work = pending
        pending = undefined
        await step(work)
      }
    } finally {
      isRunning = false
    }
  }
  const add = (work: SyncWork): void => {
    meet()
    for (const op of work.ops) {
      overlay.set(op.target, op)
      for (const debts of owed.values()) {
        debts.delete(op.target)
        debts.set(op.target, op)
      }
    }
    pending = pending === undefined ? work : mergeWork(pending, work)
    void run()
  }
  return {
    add,
    touch: () => {
      meet()
      if ([...owed.values()].some((debts) => debts.size > 0))
        add({ ops: [], actions: new Set(['sync']), hooks: [], paths: 0, since: deps.clock.now() })
    },
    close: () => {
      for (const transport of transports.values()) transport.close()
      transports.clear()
    },
  }
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
