import { planStop } from '../../core/plan/plan-lifecycle.ts'
import { loadTarget } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { stopCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'
import { toGrace } from '../up/up-options.ts'

export const runStop = async ({ context, flags, words }: CallOf<typeof stopCommand>): Promise<number> => {
  const target = await loadTarget(context, { services: words })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'stop',
    makesNothing: true,
    plan: (observed) => {
      assertServices(words, { target, containers: observed.containers })
      return planStop(target, observed, { ...toServices(words), ...toGrace(flags.timeout) })
    },
  })
  return exit
}
