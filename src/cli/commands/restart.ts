import type { Plan, Step } from '../../core/plan/action.ts'
import { findOutdated, type Outdated } from '../../core/plan/diff.ts'
import type { Observed } from '../../core/plan/observed.ts'
import { dependenciesOf } from '../../core/project/graph.ts'
import { planRestart } from '../../core/plan/plan-lifecycle.ts'
import { planUp } from '../../core/plan/plan-up.ts'
import { createUpContext } from '../../core/plan/up-context.ts'
import type { UpOptions } from '../../core/plan/up-options.ts'
import type { Problem } from '../../core/errors/problem.ts'
import { type Project, withPlaces } from '../../core/project/project.ts'
import { tryLoad } from '../load.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { restartCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices, withNamedServices } from '../target.ts'
import { toBaseOptions, toGrace, toRoundOptions } from '../up/up-options.ts'

type RestartCall = CallOf<typeof restartCommand>

export const runRestart = async (call: RestartCall): Promise<number> => {
  const { context, flags, words } = call
  // With the env files, to see whether they have changed; one that is missing is no hindrance for a restart. All of the
  // project, for services that are restarted with the named ones.
  const whole = await tryLoad(context, { purpose: 'start' })
  const loaded = whole.ok
    ? whole.project
    : await loadValidProject(context, { purpose: 'start', resolveEnvironment: false })
  const project = withNamedServices(loaded, words)
  const target = { name: project.name, project }
  assertServices(words, { target })
  const known = whole.ok ? Object.keys(loaded.services) : []
  const compared = words.length === 0 ? known : words.filter((name) => known.includes(name))
  const base: UpOptions = { ...toBaseOptions(context, project), services: compared, noDeps: true }
  const applied = new Set<string>()
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'restart',
    makesNothing: !flags.apply,
    plan: (observed, round) => {
      const outdated = findOutdated(createUpContext(project, observed, base))
      const plan = planRestart(project, observed, {
        ...toServices(words),
        ...toGrace(flags.timeout),
        noDeps: flags['no-deps'],
      })
      if (!flags.apply) return { ...plan, warnings: withPlaces(project, outdated.map(toWarning)) }
      for (const { service } of outdated) applied.add(service)
      return withApplied(plan, { project, observed, applied, options: toRoundOptions(base, round), call })
    },
  })
  return exit
}

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
  readonly applied: ReadonlySet<string>
  readonly options: UpOptions
  readonly call: RestartCall
}

/** Who waited for a restart waits for the start of what took its place. */
const toMade = (id: string): string => id.replace(/\/restart$/, '/start')

/** What has changed is made anew in place of its restart. */
const withApplied = (plan: Plan, { project, observed, applied, options, call }: Applied): Plan => {
  if (applied.size === 0) return plan
  const made = planUp(project, observed, {
    ...options,
    services: [...applied],
    ignoreOrphans: true,
    divergedVolumes: 'keep',
    ...toGrace(call.flags.timeout),
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
