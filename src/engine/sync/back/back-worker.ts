import type { ContainerSummary } from '../../../core/events/event.ts'
import type { BackRule } from '../../../core/project/back-rules.ts'
import type { Project } from '../../../core/project/project.ts'
import { isStackError } from '../../../core/errors/stack-error.ts'
import type { Emit } from '../../emitter.ts'
import type { Agreements } from '../../ports/agreements.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Watcher } from '../../ports/watcher.ts'
import { type BackPaths, createBackPaths } from './back-paths.ts'
import {
  createBackProblems,
  type ShownProblem,
  toConflictProblems,
  toHaltProblem,
  toOutsideProblems,
  toRefusedProblems,
  type Where,
} from './back-problems.ts'
import { type RoundDeps, type RoundResult, runBackRound, toPlaces } from './back-round.ts'
import { type BackShell, openBackShell } from './back-shell.ts'
import { type ContainerSide, createContainerSide } from './container-side.ts'
import { createHostHints } from './host-hints.ts'
import { createHostSide } from './host-side.ts'
import { keepBase, loadBase } from './remember-base.ts'
import { type Agreed, leaveContainer } from './side.ts'

export type WorkerDeps = Omit<RoundDeps, 'clock'> & {
  readonly clock: Clock
  readonly emit: Emit
  readonly watcher: Watcher
  /** Absent: with the end of the watch everything that was agreed upon is forgotten. */
  readonly agreements?: Agreements
}

export type WorkerOptions = {
  readonly project: Pick<Project, 'name' | 'context'>
  readonly service: string
  readonly rule: BackRule
  readonly containers: () => readonly ContainerSummary[]
}

export type BackWorker = {
  /** Something may have changed. */ wake(): void
  /** Resolves when it has ended. */ readonly ended: Promise<void>
}

/** One that saves seldom saves one file alone. */
const gatherMs = 30
const soonMs = 200
const activeMs = 1000
const idleMs = 5000
const hopelessMs = 30_000
/** How long after a change the next one is expected. */
const attentionMs = 30_000
/** What does not come to rest is looked at as often as anything else. */
const maxSoon = 25

/** Keeps the files of one rule as the rule says, until the signal ends it. */
export const createBackWorker = (deps: WorkerDeps, options: WorkerOptions): BackWorker => {
  const bell = createBell(deps)
  return { wake: bell.ring, ended: work(deps, options, bell) }
}

const work = async (deps: WorkerDeps, options: WorkerOptions, bell: Bell): Promise<void> => {
  const problems = createBackProblems(deps.emit, options.service, options.rule.path)
  const paths = createBackPaths(options.rule, options.project)
  const state = await createState(deps, options, paths)
  const hints = createHostHints(deps.watcher, { rule: options.rule, paths, onHint: bell.ring })
  const pace = createPace(deps.clock)
  const turn = async (): Promise<number> => {
    const running = options
      .containers()
      .filter((one) => one.state === 'running')
      .toSorted((a, b) => a.number - b.number)
    const [container] = running
    if (container === undefined) {
      state.leave()
      problems.show([])
      return idleMs
    }
    const beganAt = deps.clock.now()
    const outcome = await state.run(container)
    if (deps.signal.aborted) return 0
    if ('why' in outcome) {
      // One that was stopped a moment ago is no failure.
      if (outcome.count > 1) problems.show([toFailure(outcome.why, container)])
      return outcome.count > 2 ? hopelessMs : activeMs
    }
    hints.follow(outcome.entries)
    problems.show([...toReplicaProblem(running), ...toProblems(outcome, options, container)])
    tell(deps.emit, options, { outcome, ms: deps.clock.now() - beganAt })
    return pace.next(outcome)
  }
  try {
    while (!deps.signal.aborted) await bell.wait(await turn())
  } catch (error) {
    if (!deps.signal.aborted) throw error
  } finally {
    hints.close()
    state.leave()
  }
}

/** How long to wait after a round: short while something happens. */
const createPace = (clock: Clock): { next(outcome: RoundResult): number } => {
  let changedAt = clock.now()
  let unsettled = 0
  return {
    next: ({ broughtToHost, broughtToContainer, isUnsettled }) => {
      if (broughtToHost.length + broughtToContainer.length > 0) changedAt = clock.now()
      unsettled = isUnsettled ? unsettled + 1 : 0
      if (unsettled > 0 && unsettled < maxSoon) return soonMs
      return clock.now() - changedAt < attentionMs ? activeMs : idleMs
    },
  }
}

type Failure = { readonly why: string; /** In a row. */ readonly count: number }
type Session = { readonly key: string; readonly shell: BackShell; readonly side: ContainerSide }
type WorkerState = { run(container: ContainerSummary): Promise<RoundResult | Failure>; leave(): void }

/** What is known from one round to the next, and of which container. */
const createState = async (
  deps: WorkerDeps,
  { project, service, rule }: WorkerOptions,
  paths: BackPaths,
): Promise<WorkerState> => {
  const name = [project.name, project.context.directory, service, rule.path, rule.target].join('\n')
  const hostSide = createHostSide(deps, rule.path, paths)
  const remembered = await loadBase(deps.agreements, name)
  let base = new Map<string, Agreed>(remembered?.base ?? [])
  let owner = remembered?.container
  let session: Session | undefined
  let failures = 0
  const leave = (): void => {
    session?.shell.close()
    session = undefined
  }
  const open = async (container: ContainerSummary, key: string): Promise<Session> => {
    const shell = await openBackShell(deps, container.id)
    const side = createContainerSide(shell, { target: rule.target, paths, startedAt: container.startedAt ?? 0 })
    if (owner !== key) base = leaveContainer(base)
    owner = key
    return { key, shell, side }
  }
  return {
    leave,
    run: async (container) => {
      const key = `${container.id}@${container.startedAt ?? 0}`
      try {
        if (session?.key !== key) leave()
        session ??= await open(container, key)
        const { shell, side } = session
        const between = { rule, container: container.id, shell, hostSide, containerSide: side, base }
        const result = await runBackRound(deps, between)
        if (result === undefined) throw new Error('it does not tell what is there')
        if (result.isBaseChanged) await keepBase(deps.agreements, name, { container: key, base })
        failures = 0
        return result
      } catch (error) {
        leave()
        failures += 1
        return { why: toWhy(error), count: failures }
      }
    },
  }
}

const toWhy = (error: unknown): string =>
  (isStackError(error) || error instanceof Error ? error.message : String(error)).replace(/\.$/, '')

const toFailure = (why: string, { name }: ContainerSummary): ShownProblem => ({
  id: 'failed',
  problem: {
    severity: 'warning',
    code: 'watch/back-failed',
    message: `Nothing comes back from ${name}: ${why}.`,
    hint: 'It takes a shell in the container with find, stat, sha256sum, base64 and tar, such as busybox, Alpine and Debian have.',
  },
})

/** Of several, the one with the lowest number. */
const toReplicaProblem = (running: readonly ContainerSummary[]): readonly ShownProblem[] => {
  const [first, ...others] = running
  if (first === undefined || others.length === 0) return []
  return [
    {
      id: 'replicas',
      problem: {
        severity: 'warning',
        code: 'watch/one-of-many',
        message: `Of the ${running.length} containers of service "${first.service}", files come back from ${first.name} alone.`,
      },
    },
  ]
}

const toProblems = (
  { halted, conflicts, outside, refusedOnHost, refusedInContainer }: RoundResult,
  { service, rule }: WorkerOptions,
  { name }: ContainerSummary,
): readonly ShownProblem[] => {
  const where: Where = {
    service,
    container: name,
    direction: rule.direction,
    toPlaces: (path) => toPlaces(rule, path),
  }
  return [
    ...(halted === undefined ? [] : [toHaltProblem(halted, where)]),
    ...toConflictProblems(conflicts, where),
    ...toOutsideProblems(outside, where),
    ...toRefusedProblems(refusedOnHost, where, 'host'),
    ...toRefusedProblems(refusedInContainer, where, 'container'),
  ]
}

const tell = (
  emit: Emit,
  { service, rule }: WorkerOptions,
  { outcome, ms }: { readonly outcome: RoundResult; readonly ms: number },
): void => {
  for (const [action, brought] of [
    ['sync back', outcome.broughtToHost],
    ['sync', outcome.broughtToContainer],
  ] as const) {
    if (brought.length === 0) continue
    const paths = brought.map((path) => toPlaces(rule, path).host)
    emit({ type: 'watch/changed', service, paths, action })
    emit({ type: 'reload/ended', service, action, files: paths.length, ms })
  }
}

type Bell = {
  ring(): void
  /** Until it rings, or the time is over; a ring while nobody waited counts. */ wait(ms: number): Promise<void>
}

const createBell = ({ clock, signal }: Pick<WorkerDeps, 'clock' | 'signal'>): Bell => {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => rung.resolve(),
    wait: async (ms) => {
      const over = new AbortController()
      try {
        const sleep = (some: number): Promise<void> =>
          clock.sleep(some, { signal: AbortSignal.any([signal, over.signal]) })
        await Promise.race([rung.promise.then(() => sleep(gatherMs)), sleep(ms)])
      } finally {
        over.abort()
        rung = Promise.withResolvers()
      }
    },
  }
}
