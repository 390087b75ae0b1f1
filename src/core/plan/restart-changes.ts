import type { Problem } from '../errors/problem.ts'
import { dependenciesOf } from '../project/graph.ts'
import { type Project, type ServiceName, withPlaces } from '../project/project.ts'
import type { Plan, Step } from './action.ts'
import { findOutdated, type Outdated } from './diff.ts'
import type { Observed } from './observed.ts'
import { planUp } from './plan-up.ts'
import { createUpContext } from './up-context.ts'
import type { UpOptions } from './up-options.ts'

/** Of `restart`: services whose containers were made from something else than the file has now; `options` says which to compare. */
export const findRestartChanges = (project: Project, observed: Observed, options: UpOptions): readonly Outdated[] =>
  findOutdated(createUpContext(project, observed, options))

/** A plan that restarts containers as they are, with a word about those that have changed. */
export const withChangesTold = (project: Project, plan: Plan, outdated: readonly Outdated[]): Plan => ({
  ...plan,
  warnings: withPlaces(project, outdated.map(toWarning)),
})

const toWarning = ({ service, cause }: Outdated): Problem => ({
  severity: 'warning',
  code: 'plan/restarted-as-it-was',
  message: `Service "${service}" is restarted as it was made, and that has changed since: ${cause}.`,
  hint: `"stack up ${service}" applies the change, and so does "stack restart --apply ${service}".`,
  path: `services.${service}`,
})

type Applied = {
  readonly project: Project
  readonly observed: Observed
  /** Services that have changed, in this round or one before. */
  readonly applied: ReadonlySet<ServiceName>
  readonly options: UpOptions
}

/** Who waited for a restart waits for the start of what took its place. */
const toMade = (id: string): string => id.replace(/\/restart$/, '/start')

/** `restart --apply`: what has changed is made anew in place of its restart. */
export const withChangesApplied = (plan: Plan, { project, observed, applied, options }: Applied): Plan => {
  if (applied.size === 0) return plan
  const made = planUp(project, observed, {
    ...options,
    services: [...applied],
    ignoreOrphans: true,
    divergedVolumes: 'keep',
  })
  const taken = new Set(made.steps.map(({ id }) => id))
  const isMade = ({ action }: Plan['steps'][number]): boolean => 'service' in action && applied.has(action.service)
  const left = plan.steps.filter((step) => !taken.has(step.id) && !isMade(step))
  const ids = new Set([...taken, ...left.map(({ id }) => id)])
  const restarts = Map.groupBy(left, ({ action }) => (action.kind === 'container/restart' ? action.service : ''))
  /** As without --apply: what something depends on is restarted before it. */
  const afterDependencies = ({ action, needs }: Step): readonly string[] =>
    action.kind === 'container/start'
      ? [
          ...needs,
          ...dependenciesOf(project.services, action.service).flatMap(([name]) =>
            (restarts.get(name) ?? []).map(({ id }) => id),
          ),
        ]
      : needs
  return {
    steps: [
      ...made.steps.map((step) => ({ ...step, needs: afterDependencies(step) })),
      ...left.map((step) => ({ ...step, needs: step.needs.map(toMade).filter((id) => ids.has(id)) })),
    ],
    warnings: made.warnings,
    unchanged: [],
  }
}
