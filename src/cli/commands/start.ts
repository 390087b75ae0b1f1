import { StackError } from '../../core/errors/stack-error.ts'
import { planStart } from '../../core/plan/plan-lifecycle.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { startCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices, withPresentNeeds } from '../target.ts'
import { toAwaitTimeout } from '../up/up-options.ts'

export const runStart = async ({ context, flags, words }: CallOf<typeof startCommand>): Promise<number> => {
  const project = await loadValidProject(context, {
    purpose: 'start',
    services: words,
    withFollowers: true,
    resolveEnvironment: 'hooks',
  })
  const target = { name: project.name, project }
  assertServices(words, { target })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'start',
    makesNothing: true,
    plan: (observed) => {
      const [first] = Object.keys(project.services)
      if (words.length === 0 && first !== undefined && observed.containers.every(({ oneOff }) => oneOff))
        throw new StackError('plan/nothing-to-start', { service: first })
      return planStart(withPresentNeeds(project, observed.containers), observed, {
        ...toServices(words),
        wait: flags.wait,
      })
    },
    ...toAwaitTimeout(flags['wait-timeout']),
  })
  return exit
}
