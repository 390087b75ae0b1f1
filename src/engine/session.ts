import { isStackError } from '../core/errors/stack-error.ts'
import type { Command, StackEvent } from '../core/events/event.ts'
import type { Project } from '../core/project/project.ts'
import type { SessionDeps } from './deps.ts'
import { createEmitter, type Emitter } from './emitter.ts'
import { createEngineEvents } from './engine-events.ts'
import { createLogFollower } from './logs/log-follower.ts'
import { type Crashes, createCrashes } from './session/crashes.ts'
import { toSessionStarted } from './session/describe.ts'
import { createEdits } from './session/edits.ts'
import { endsSession, isOver, toComeback, toSettledExit } from './session/ending.ts'
import { finish } from './session/finish.ts'
import { noteHalt, noteStart } from './session/halt-and-begin.ts'
import { createHalts } from './session/halts.ts'
import { followAll, followRunning, toPast } from './session/follow-logs.ts'
import { handleCommand } from './session/handle-command.ts'
import { createInspections } from './session/inspections.ts'
import { createJobs } from './session/jobs.ts'
import { createObjectListing } from './session/list-objects.ts'
import { createMeasuring } from './session/measure.ts'
import { type ContainerExit, createMonitor, type MonitorOptions } from './session/monitor.ts'
import { createQuestions } from './session/questions.ts'
import { enqueuePlan } from './session/enqueue-plan.ts'
import { createRecentChanges } from './session/recent-changes.ts'
import { rejoin } from './session/rejoin.ts'
import { createReplacedImages } from './session/replaced-images.ts'
import { isAttached, raise, selectScope, type SessionRequest, type SessionState, setPhase } from './session/state.ts'
import { createSyncHost, toWatched } from './session/sync-host.ts'
import { createProjectBack } from './sync/back/project-back.ts'
import type { ContainerFiles } from './sync/container-files.ts'
import { openContainerFiles } from './sync/container/open.ts'
import { createProjectSync, type ProjectSync } from './sync/project-sync.ts'
import { createRuleChanges } from './sync/rule-changes.ts'
import { createSeeds } from './sync/seeds.ts'

export type { SessionRequest } from './session/state.ts'

export type Session = {
  subscribe(listener: (event: StackEvent) => void): () => void
  send(command: Command): void
  /** The variables of a service's container as they are, secrets too. They are in no event: whoever asks shows them to a person. */
  readVariables(service: string): Promise<Readonly<Record<string, string>>>
  /** Rejects only when nothing could be begun: the project is locked, or the engine does not answer. */
  readonly done: Promise<{ readonly exit: number }>
}

// After somebody else stopped the last container: `docker restart` stops it too, and starts it a moment later.
const restartGraceMs = 1000

/**
 * The attached `up`, and `ui`: brings the project up, or is opened on what is there, tells what happens to its containers and what
 * they write, acts on saved files and on commands, and ends when all have ended or when it is told to. Begins at the next turn,
 * so that whoever subscribes at once misses nothing.
 */
export const createSession = (deps: SessionDeps, request: SessionRequest): Session => {
  const emitter = createEmitter(deps)
  const sync = createSyncSlot()
  const state = createState(deps, { request, emitter, onStarted: (service) => sync.current?.touch(service) })
  const startSync = (): Promise<void> => {
    const next = async (): Promise<void> => {
      await sync.current?.close()
      if (request.watch === true && state.phase !== 'stopping') sync.current = openSync(state, startSync)
    }
    // One after another: of two at once the first would go on beside the second for ever.
    sync.starting = sync.starting.then(next, next)
    return sync.starting
  }
  return {
    subscribe: emitter.subscribe,
    send: (command) => handleCommand(state, command, { onReloaded: startSync }),
    readVariables: state.inspections.readVariables,
    done: run(state, { startSync, closeSync: async () => sync.current?.close() }),
  }
}

const createSyncSlot = (): { current?: ProjectSync; starting: Promise<void> } => ({ starting: Promise.resolve() })

type StateInput = {
  readonly request: SessionRequest
  readonly emitter: Emitter
  readonly onStarted: (service: string) => void
}

const createState = (deps: SessionDeps, { request, emitter, onStarted }: StateInput): SessionState => {
  const { emit } = emitter
  const closing = new AbortController()
  const { signal } = closing
  const crashes = watchCrashes(deps, emitter, { project: request.project, signal })
  const events = createEngineEvents(deps, { project: request.project.name, signal })
  const options: MonitorOptions = {
    project: request.project.name,
    onStart: (source, isNew) => {
      if (isAttached(state, source.service)) state.follower.follow(source, isNew ? {} : toPast(state))
    },
    crashes,
    onStarted: (container) => {
      crashes.onStarted(container)
      noteStart(state, container.service)
      onStarted(container.service)
      rejoin(state)
    },
    onExit: (exit) => onExit(state, exit),
    onFailure: (error) => raise(state, 'engine', error),
    onCaughtUp: () => onCaughtUp(state, onStarted),
    beforeExit: (id) => state.follower.settled(id),
  }
  const state: SessionState = {
    deps,
    request,
    emit,
    events,
    follower: createLogFollower({ ...deps, emit, signal }),
    monitor: createMonitor({ runtime: deps.runtime, emit, events, signal }, options),
    measuring: createMeasuring({ ...deps, emit, signal }, { containers: () => state.monitor.containers() }),
    jobs: createJobs(() => onIdle(state)),
    questions: createQuestions(emit),
    seeds: createSeeds(deps),
    syncMemory: new Map(),
    replacedImages: createReplacedImages(deps.runtime, { signal }),
    closing,
    ended: Promise.withResolvers(),
    exitCodes: new Map(),
    rejoined: new Set(),
    unbuilt: new Set(),
    scale: {},
    noted: 0,
    edits: createEdits(),
    halts: createHalts(),
    inspections: createInspections({ ...deps, emit, signal, current: () => state }),
    listing: createObjectListing({ ...deps, emit, signal, current: () => state }),
    startedAt: deps.clock.now() / 1000,
    project: request.project,
    plans: request.plans,
    phase: 'starting',
    applying: new AbortController(),
    isForced: false,
  }
  events.subscribe(({ type }) => {
    if (type === 'lost') state.lostAt = deps.clock.now()
  })
  return state
}

const onIdle = (state: SessionState): void => {
  rejoin(state)
  checkOver(state)
}

/** Events were lost: whatever may have happened meanwhile is looked for. */
const onCaughtUp = (state: SessionState, onStarted: StateInput['onStarted']): void => {
  followRunning(state)
  for (const service of new Set(state.monitor.containers().map((container) => container.service))) onStarted(service)
  onIdle(state)
}

type Watched = { readonly project: Project; readonly signal: AbortSignal }

const watchCrashes = (deps: SessionDeps, { emit, subscribe }: Emitter, { project, signal }: Watched): Crashes => {
  const changes = createRecentChanges({ directory: project.context.directory })
  subscribe(changes.read)
  return createCrashes({ ...deps, emit, signal, changes })
}

/** Ends the session when nothing runs any more. Events may be on their way, so the end is looked at before it is believed. */
const checkOver = (state: SessionState): void => {
  const seemsOver = (): boolean =>
    state.phase === 'running' &&
    state.request.keepRunning !== true &&
    !state.jobs.isBusy() &&
    isOver(state.monitor.containers(), selectScope(state))
  if (!seemsOver()) return
  const comeback = toComeback(state)
  if (comeback > 0) {
    state.deps.clock.sleep(comeback, { signal: state.closing.signal }).then(
      () => checkOver(state),
      () => {},
    )
    return
  }
  state.monitor.lookAtAll().then(
    () => {
      if (seemsOver()) state.ended.resolve({ kind: 'over', exit: 0 })
    },
    (error: unknown) => {
      if (!state.closing.signal.aborted) raise(state, 'engine', error)
    },
  )
}

const onExit = (state: SessionState, exit: ContainerExit): void => {
  const { request, exitCodes, jobs, deps } = state
  if (!exitCodes.has(exit.container.service)) exitCodes.set(exit.container.service, exit.exitCode)
  if (state.phase === 'stopping') return
  // What we stop ourselves, for a restart or because somebody asked, is no reason to stop the rest.
  const isOurs = jobs.isBusy() && exit.isByHand
  const options = {
    cascade: request.cascade ?? 'none',
    services: selectScope(state),
    ...(request.exitCodeFrom === undefined ? {} : { exitCodeFrom: request.exitCodeFrom }),
  }
  if (!isOurs && endsSession(state.project, options, exit))
    return state.ended.resolve({ kind: 'cascade', exit: exit.exitCode })
  if (!exit.isByHand) return checkOver(state)
  const at = deps.clock.now()
  deps.clock.sleep(restartGraceMs, { signal: state.closing.signal }).then(
    () => {
      if (!isOurs) noteHalt(state, exit.container.service, at)
      checkOver(state)
    },
    () => {},
  )
}

/** `renew`: begins the watch anew, for its rules are others now. */
const openSync = (state: SessionState, renew: () => Promise<void>): ProjectSync => {
  const { deps, emit } = state
  const project = toWatched(state.project, selectScope(state))
  const changes = createRuleChanges(deps, project)
  const { signal } = state.closing
  const watched = {
    project,
    signal,
    containersOf: (service: string) => state.monitor.containers().filter((container) => container.service === service),
  }
  const openFiles = (id: string): ContainerFiles => openContainerFiles({ ...deps, signal }, id, { isRunning: true })
  const back = createProjectBack({ ...deps, emit, openFiles }, watched)
  const sync = createProjectSync(
    { ...deps, emit },
    {
      ...watched,
      back,
      memory: state.syncMemory,
      ...createSyncHost(state, { haveRulesChanged: changes.has, renew }),
    },
  )
  return {
    touch: (service) => {
      sync.touch(service)
      back.touch(service)
    },
    close: async () => void (await Promise.all([sync.close(), back.close()])),
  }
}

type Syncing = { readonly startSync: () => Promise<void>; readonly closeSync: () => Promise<void> }

const bringUp = async (state: SessionState): Promise<number> => {
  setPhase(state, 'planning')
  setPhase(state, 'applying')
  const [{ exit }] = await Promise.all([
    enqueuePlan(state, { plan: state.plans.up, trigger: 'start' }),
    state.monitor.lookAtAll().then(() => followRunning(state)),
  ])
  return exit
}

/** What is there is looked at, and what has ended tells why. */
const open = async (state: SessionState): Promise<number> => {
  await state.monitor.lookAtAll()
  followAll(state)
  return 0
}

const begin = async (state: SessionState, { startSync }: Syncing): Promise<void> => {
  const { events, monitor, request } = state
  state.emit(toSessionStarted(state.project, request))
  events.open()
  events.ended.catch((error: unknown) => {
    raise(state, 'engine', error)
    state.ended.resolve({ kind: 'failed', exit: isStackError(error) ? error.exit : 70 })
  })
  const exit = await (request.opens === true ? open(state) : bringUp(state))
  if (state.applying.signal.aborted || state.closing.signal.aborted) return
  if (exit !== 0 && request.keepRunning !== true) return state.ended.resolve({ kind: 'failed', exit })
  state.phase = 'running'
  setPhase(state, 'running')
  await startSync()
  const settled = toSettledExit(monitor.containers(), request.exitCodeFrom)
  if (settled !== undefined) state.ended.resolve({ kind: 'cascade', exit: settled })
  checkOver(state)
}

const run = async (state: SessionState, syncing: Syncing): Promise<{ readonly exit: number }> => {
  await Promise.resolve()
  const begun = begin(state, syncing)
  try {
    const end = await Promise.race([state.ended.promise, begun.then(() => state.ended.promise)])
    await syncing.closeSync()
    const exit = await finish(state, end, begun)
    state.emit({ type: 'session/ended', exit })
    return { exit }
  } finally {
    state.closing.abort()
    state.events.close()
    await syncing.closeSync()
  }
}
