import { planRestart } from '../../core/plan/plan-lifecycle.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { restartCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices, withNamedServices } from '../target.ts'
import { toGrace } from '../up/up-options.ts'

export const runRestart = async ({ context, flags, words }: CallOf<typeof restartCommand>): Promise<number> => {
  // All of it, for services that are restarted with the named ones.
  const project = withNamedServices(
    await loadValidProject(context, { purpose: 'start', resolveEnvironment: false }),
    words,
  )
  const target = { name: project.name, project }
  assertServices(words, { target })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'restart',
    plan: (observed) =>
      planRestart(project, observed, { ...toServices(words), ...toGrace(flags.timeout), noDeps: flags['no-deps'] }),
  })
  return exit
}
