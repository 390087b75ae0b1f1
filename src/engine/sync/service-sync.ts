import type { WatchAction } from '../../core/project/service.ts'
import { createBuilder } from './builder.ts'
import { createLimits } from './limits.ts'
import { isEven } from './listing.ts'
import { relativeTo } from './paths.ts'
import { round } from './round.ts'
import { copies } from './rules.ts'
import { type ServiceState, type ServiceSyncDeps, type ServiceSyncOptions, vanishedOf } from './service-state.ts'
import { createStale } from './stale.ts'
import { type Change, createWanted, updateWanted, type Wanted } from './wanted.ts'

export type ServiceSync = {
  /**
   * The source was looked at anew. `since`: when the first of it was noticed. `isEarly`: more may belong to it, and another
   * look follows. When to look again, though nothing is noticed.
   */
  update(since: number, look: { readonly isEarly: boolean }): number | undefined
  /** Containers came, started, or go on after a pause. */
  touch(): void
  close(): Promise<void>
}

/**
 * Keeps the containers of one service at what its rules want. There is no list of changes: whatever happened, what is wanted is
 * compared with what each container has acknowledged, and the difference is brought. One round at a time; what comes
 * meanwhile is the next one.
 */
export const createServiceSync = (deps: ServiceSyncDeps, options: ServiceSyncOptions): ServiceSync => {
  const wanted = options.rules.map(createWanted)
  const state: ServiceState = {
    deps,
    options,
    wanted,
    mappings: wanted.filter(({ rule }) => copies(rule) && rule.target !== undefined),
    containers: new Map(),
    unsure: new Set(),
    stale: createStale(deps, { ...options, ...options.memory }),
    limits: createLimits(deps.emit, { ...options, ...options.memory }),
    builder: createBuilder(deps, { ...options, ...options.memory, onEnd: () => kick(state) }),
    pending: undefined,
    wantsRestart: false,
    again: false,
    running: undefined,
    failures: 0,
    kickedAt: Number.POSITIVE_INFINITY,
  }
  const isPlain = options.rules.every(({ action, exec }) => action === 'sync' && exec === undefined)
  // What is there when the watch begins is no change.
  for (const one of wanted) updateWanted({ ...deps, isGit: () => true }, one, { isEarly: false })
  kick(state)
  return {
    // What is restarted, built or told to run for one file is so once for all that are saved together.
    update: (since, look) => (look.isEarly && !isPlain ? undefined : update(state, since, look)),
    touch: () => {
      for (const id of state.containers.keys()) state.unsure.add(id)
      kick(state)
    },
    close: async () => {
      state.again = false
      state.stale.close()
      for (const { files } of state.containers.values()) files.close()
      await Promise.all([state.builder.close(), state.running])
    },
  }
}

const update = (state: ServiceState, since: number, look: { readonly isEarly: boolean }): number | undefined => {
  const { deps, options, stale } = state
  const dues: number[] = []
  const paths = new Set<string>()
  const actions = new Set<WatchAction>()
  let isAllSame = true
  let lastWrittenAt = 0
  for (const wanted of state.wanted) {
    const { changes, again, isSame } = updateWanted(deps, wanted, look)
    isAllSame &&= isSame
    if (again !== undefined) dues.push(again)
    remember(state, wanted, changes)
    stale.stopped(wanted)
    for (const { path, entry } of changes) {
      paths.add(path)
      lastWrittenAt = Math.max(lastWrittenAt, entry?.ctimeMs ?? 0)
    }
    if (changes.length > 0) actions.add(wanted.rule.action)
  }
  if (paths.size > 0) {
    deps.emit({ type: 'watch/changed', service: options.service, paths: [...paths], action: [...actions].join(', ') })
    state.pending ??= {
      paths: new Set(),
      actions: new Set(),
      since,
      writtenAt: lastWrittenAt,
      foundAt: deps.clock.now(),
    }
    for (const path of paths) state.pending.paths.add(path)
    for (const action of actions) state.pending.actions.add(action)
    state.wantsRestart ||= actions.has('restart')
    if (actions.has('rebuild')) beginBuild(state)
  }
  if (paths.size > 0 || (!isAllSame && isBehind(state))) kick(state)
  return dues.length === 0 ? undefined : Math.min(...dues)
}

/** The newest wish is what is built: a build that is under way is given up. */
const beginBuild = (state: ServiceState): void => {
  const { pending, builder } = state
  if (pending === undefined) return
  state.pending = undefined
  builder.begin({ paths: pending.paths, since: pending.since })
}

const isBehind = ({ containers, mappings }: ServiceState): boolean =>
  [...containers.values()].some(({ held }) =>
    mappings.some((wanted) => {
      const listing = held.get(wanted)
      return listing !== undefined && !isEven(wanted.listing, listing)
    }),
  )

/** A container that is made anew from an older image still has what went since. */
const remember = ({ deps, options }: ServiceState, wanted: Wanted, changes: readonly Change[]): void => {
  const gone = vanishedOf(options, wanted)
  for (const { path, entry } of changes) {
    const below = relativeTo(wanted.rule.root, path)
    if (below === undefined) continue
    if (entry === undefined) gone.set(below, deps.clock.now())
    else gone.delete(below)
  }
}

const kick = (state: ServiceState): void => {
  state.again = true
  state.running ??= work(state).finally(() => {
    state.running = undefined
    if (state.again && !state.deps.signal.aborted) kick(state)
  })
}

/** At the latest then. */
const kickAt = (state: ServiceState, time: number): void => {
  const { clock, signal } = state.deps
  if (time >= state.kickedAt) return
  state.kickedAt = time
  clock.sleep(Math.max(0, time - clock.now()), { signal }).then(
    () => {
      if (state.kickedAt === time) state.kickedAt = Number.POSITIVE_INFINITY
      kick(state)
    },
    () => {},
  )
}

const firstPauseMs = 100
const lastPauseMs = 5000
// A connection that was cut, or a container that just ended, is another thing a moment later.
const silentFailures = 2

const work = async (state: ServiceState): Promise<void> => {
  const { deps, stale } = state
  while (state.again && !deps.signal.aborted) {
    state.again = false
    try {
      const again = await round(state)
      state.failures = 0
      if (again !== undefined) kickAt(state, again)
    } catch (error) {
      if (deps.signal.aborted) return
      state.failures += 1
      if (state.failures > silentFailures) stale.failed(error)
      for (const id of state.containers.keys()) state.unsure.add(id)
      const pause = Math.min(firstPauseMs * 2 ** (state.failures - 1), lastPauseMs)
      kickAt(state, deps.clock.now() + pause)
      return
    }
  }
}
