import { isUp } from '../../core/plan/container-steps.ts'
import { planRemove } from '../../core/plan/plan-lifecycle.ts'
import { askYesNo } from '../screen/ask-yes-no.ts'
import { loadTarget } from '../load-target.ts'
import { observeTarget, applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { rmCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'

export const runRm = async ({ context, flags, words }: CallOf<typeof rmCommand>): Promise<number> => {
  const target = await loadTarget(context, { services: words })
  const observed = await observeTarget(context, target)
  assertServices(words, { target, containers: observed.containers })
  const going = observed.containers.filter(
    (container) => (words.length === 0 || words.includes(container.service)) && (flags.stop || !isUp(container)),
  )
  if (going.length === 0) {
    context.stderr.write('No stopped containers\n')
    return 0
  }
  context.stdout.write(`Going to remove ${going.map(({ name }) => name).join(', ')}\n`)
  if (
    !flags.force &&
    !context.global['dry-run'] &&
    !(await askYesNo(context, { text: 'Remove them?', what: 'This would remove containers', flag: '--force' }))
  )
    return 0
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'rm',
    makesNothing: true,
    plan: (now) => planRemove(target, now, { ...toServices(words), stop: flags.stop, anonymousVolumes: flags.volumes }),
    confirm: () => Promise.resolve(true),
  })
  return exit
}
