import { planRestart } from '../../core/plan/plan-lifecycle.ts'
import { findRestartChanges, withChangesApplied, withChangesTold } from '../../core/plan/restart-changes.ts'
import type { UpOptions } from '../../core/plan/up-options.ts'
import { tryLoad } from '../load.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { restartCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices, withNamedServices } from '../target.ts'
import { toBaseOptions, toGrace, toRoundOptions } from '../up/up-options.ts'

export const runRestart = async ({ context, flags, words }: CallOf<typeof restartCommand>): Promise<number> => {
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
  const base: UpOptions = {
    ...toBaseOptions(context, project),
    ...toGrace(flags.timeout),
    services: compared,
    noDeps: true,
  }
  const applied = new Set<string>()
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'restart',
    makesNothing: !flags.apply,
    plan: (observed, round) => {
      const outdated = findRestartChanges(project, observed, base)
      const plan = planRestart(project, observed, {
        ...toServices(words),
        ...toGrace(flags.timeout),
        noDeps: flags['no-deps'],
      })
      if (!flags.apply) return withChangesTold(project, plan, outdated)
      for (const { service } of outdated) applied.add(service)
      return withChangesApplied(plan, { project, observed, applied, options: toRoundOptions(base, round) })
    },
  })
  return exit
}
