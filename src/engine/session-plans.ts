import { withDependencies } from '../core/project/graph.ts'
import { type Project, selectAsked, type ServiceName } from '../core/project/project.ts'
import { planDown } from '../core/plan/plan-down.ts'
import {
  planKill,
  planPause,
  planRejoin,
  planRemove,
  planRestart,
  planStart,
  planStop,
} from '../core/plan/plan-lifecycle.ts'
import { planUp } from '../core/plan/plan-up.ts'
import type { UpOptions } from '../core/plan/up-options.ts'
import type { PlanFunction } from './apply.ts'

/** The plans that a running session makes: what it was started with, and what a person or a saved file asks of it. */
export type SessionPlans = {
  readonly up: PlanFunction
  /**
   * What an edit of the files asks for; `rebuilt`: how their images are built was edited. `only`: of these services and what they
   * need; `without`: not of those, also where others need them.
   */
  edited(
    rebuilt: readonly ServiceName[],
    scope?: { readonly only?: readonly ServiceName[]; readonly without?: readonly ServiceName[] },
  ): PlanFunction
  /** Without names: every service. */
  stop(services: readonly ServiceName[] | undefined, options: { readonly graceSeconds?: number }): PlanFunction
  kill(services: readonly ServiceName[] | undefined): PlanFunction
  start(services: readonly ServiceName[]): PlanFunction
  restart(services: readonly ServiceName[], options: { readonly graceSeconds?: number }): PlanFunction
  /** Restart those whose namespace went with a process that the engine, or somebody else, has restarted. */
  rejoin(options: { readonly graceSeconds?: number }): PlanFunction
  /** Build again, make new containers of what was built, and start them. */
  rebuild(services: readonly ServiceName[]): PlanFunction
  /** Make new containers of the same images; `renewVolumes`: with new anonymous volumes. */
  recreate(services: readonly ServiceName[], options: { readonly renewVolumes: boolean }): PlanFunction
  /** As many containers as the options say; see `withScale`. */
  scale(services: readonly ServiceName[]): PlanFunction
  pause(services: readonly ServiceName[], verb: 'pause' | 'unpause'): PlanFunction
  /** Remove what has ended. */
  prune(): PlanFunction
  /** Remove containers and networks; volumes stay. */
  down(options: { readonly graceSeconds?: number }): PlanFunction
  /** The same plans with other numbers of containers than the files and the command line say. */
  withScale(scale: Readonly<Record<ServiceName, number>>): SessionPlans
}

/** What was asked for when the command was typed, with data to be lost among it, is not done at each edit. */
const withoutOnce = ({ pull, build, recreate, recreateDependencies, ...options }: UpOptions): UpOptions => ({
  ...options,
  ...(pull === 'missing' || pull === 'never' ? { pull } : {}),
  build: build === 'never' ? 'never' : 'missing',
  recreate: recreate === 'never' ? 'never' : 'diverged',
  recreateDependencies: recreateDependencies === 'never' ? 'never' : 'diverged',
  renewAnonymousVolumes: false,
  renewVolumesOf: [],
  rerunCompleted: false,
  wait: false,
})

/** All that the session is about but for some, which others that need them have to do without. */
const selectWithout = (
  project: Project,
  { services, noDeps }: UpOptions,
  without: readonly ServiceName[],
): Pick<UpOptions, 'services' | 'noDeps' | 'takesAlong'> => {
  const asked = services ?? Object.keys(selectAsked(project))
  const all = noDeps === true ? asked : [...withDependencies(project.services, asked)]
  return { services: all.filter((name) => !without.includes(name)), noDeps: true, takesAlong: true }
}

const toNames = (services: readonly ServiceName[] | undefined): Pick<UpOptions, 'services'> =>
  services === undefined ? {} : { services }

type ActingPlans = Omit<SessionPlans, 'up' | 'edited' | 'rebuild' | 'recreate' | 'scale' | 'withScale'>

/** Plans for what is there, which make nothing. */
const createActingPlans = (project: Project): ActingPlans => ({
  stop:
    (services, { graceSeconds }) =>
    (observed) =>
      planStop({ name: project.name, project }, observed, {
        ...toNames(services),
        ...(graceSeconds === undefined ? {} : { graceSeconds }),
      }),
  kill: (services) => (observed) => planKill(observed, { ...toNames(services), signal: 'SIGKILL' }),
  start: (services) => (observed) => planStart(project, observed, { services }),
  restart:
    (services, { graceSeconds }) =>
    (observed) =>
      planRestart(project, observed, { services, ...(graceSeconds === undefined ? {} : { graceSeconds }) }),
  rejoin: (more) => (observed) => planRejoin(project, observed, more),
  pause: (services, verb) => (observed) => planPause(observed, { services, verb }),
  prune: () => (observed) => planRemove({ name: project.name, project }, observed, {}),
  down: (more) => (observed) => planDown({ name: project.name, project }, observed, more),
})

export const createSessionPlans = (project: Project, options: UpOptions): SessionPlans => {
  const upBy =
    (all: UpOptions): PlanFunction =>
    (observed, round) =>
      planUp(project, observed, {
        ...all,
        settled: round.settledImages,
        ...(round.before === undefined ? {} : { before: round.before }),
        divergedVolumes: round.declined ? 'keep' : (options.divergedVolumes ?? 'recreate'),
      })
  const upWith = (more: Partial<UpOptions>): PlanFunction => upBy({ ...options, ...more })
  const plans: SessionPlans = {
    up: upWith({}),
    edited: (rebuilt, { only, without = [] } = {}) =>
      upBy({
        ...withoutOnce(options),
        buildAnew: new Set(rebuilt),
        ...toNames(only),
        ...(without.length === 0 ? {} : selectWithout(project, options, without)),
      }),
    ...createActingPlans(project),
    // Forced, for files that were copied into the container since make it differ from its image, which nothing else shows.
    rebuild: (services) =>
      upWith({ services, noDeps: true, takesAlong: true, build: 'always', recreate: 'force', wait: false }),
    recreate: (services, { renewVolumes }) =>
      upBy({
        ...withoutOnce(options),
        services,
        noDeps: true,
        takesAlong: true,
        recreate: 'force',
        renewAnonymousVolumes: renewVolumes,
      }),
    scale: (services) => upBy({ ...withoutOnce(options), services, noDeps: true }),
    withScale: (scale) =>
      Object.keys(scale).length === 0
        ? plans
        : createSessionPlans(project, { ...options, scale: { ...options.scale, ...scale } }),
  }
  return plans
}

/** Plans of a session that can make nothing: what is there is stopped and started, and all else is refused. */
export const createPlansWithoutFile = (project: Project, refuse: () => Error): SessionPlans => {
  const refused: PlanFunction = () => {
    throw refuse()
  }
  const plans: SessionPlans = {
    ...createActingPlans(project),
    up: refused,
    edited: () => refused,
    rebuild: () => refused,
    recreate: () => refused,
    scale: () => refused,
    withScale: () => plans,
  }
  return plans
}
