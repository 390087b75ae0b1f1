import { planDown } from '../../core/plan/plan-down.ts'
import { isTruthy } from '../screen/terminal.ts'
import { loadTarget } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { downCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'
import { toGrace } from '../up/up-options.ts'

/** `stack down`: containers, networks, and on request volumes and images go; works from labels where there is no file. */
export const runDown = async ({ context, flags, words }: CallOf<typeof downCommand>): Promise<number> => {
  const target = await loadTarget(context, { services: words })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'down',
    makesNothing: true,
    plan: (observed) => {
      assertServices(words, { target, containers: observed.containers })
      return planDown(target, observed, {
        ...toServices(words),
        ...toGrace(flags.timeout),
        volumes: flags.volumes,
        removeOrphans: flags['remove-orphans'] || isTruthy(context.env['COMPOSE_REMOVE_ORPHANS']),
        ...(flags.rmi === undefined ? {} : { rmi: flags.rmi === 'all' ? 'all' : 'local' }),
      })
    },
    looksAgain: true,
    // -v says it already.
    confirm: () => Promise.resolve(true),
  })
  return exit
}
