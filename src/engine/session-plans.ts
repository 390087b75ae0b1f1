import type { Project, ServiceName } from '../core/project/project.ts'
import { planKill, planRejoin, planRestart, planStart, planStop } from '../core/plan/plan-lifecycle.ts'
import { planUp } from '../core/plan/plan-up.ts'
import type { UpOptions } from '../core/plan/up-options.ts'
import type { PlanFunction } from './apply.ts'

/** The plans that a running session makes: what it was started with, and what a person or a saved file asks of it. */
export type SessionPlans = {
  readonly up: PlanFunction
  /** Without names: every service. */
  stop(services: readonly ServiceName[] | undefined, options: { readonly graceSeconds?: number }): PlanFunction
  kill(services: readonly ServiceName[] | undefined): PlanFunction
  start(services: readonly ServiceName[]): PlanFunction
  restart(services: readonly ServiceName[], options: { readonly graceSeconds?: number }): PlanFunction
  /** Restart those whose namespace went with a process that the engine, or somebody else, has restarted. */
  rejoin(options: { readonly graceSeconds?: number }): PlanFunction
  /** Build again, make new containers of what was built, and start them. */
  rebuild(services: readonly ServiceName[]): PlanFunction
}

export const createSessionPlans = (project: Project, options: UpOptions): SessionPlans => {
  const toNames = (services: readonly ServiceName[] | undefined) => (services === undefined ? {} : { services })
  const upWith =
    (more: Partial<UpOptions>): PlanFunction =>
    (observed, round) =>
      planUp(project, observed, {
        ...options,
        ...more,
        settled: round.settledImages,
        divergedVolumes: round.declined ? 'keep' : (options.divergedVolumes ?? 'recreate'),
      })
  return {
    up: upWith({}),
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
    // Forced, for files that were copied into the container since make it differ from its image, which nothing else shows.
    rebuild: (services) =>
      upWith({ services, noDeps: true, takesAlong: true, build: 'always', recreate: 'force', wait: false }),
  }
}
