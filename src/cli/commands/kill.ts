import { planKill } from '../../core/plan/plan-lifecycle.ts'
import { loadTarget } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { killCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'

export const runKill = async ({ context, flags, words }: CallOf<typeof killCommand>): Promise<number> => {
  const target = await loadTarget(context, { services: words })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'kill',
    makesNothing: true,
    plan: (observed) => {
      assertServices(words, { target, containers: observed.containers })
      return planKill(observed, { ...toServices(words), signal: flags.signal ?? 'SIGKILL' })
    },
  })
  if (exit !== 0 || !flags['remove-orphans'] || target.project === undefined) return exit
  const { planDown } = await import('../../core/plan/plan-down.ts')
  const known = new Set([...Object.keys(target.project.services), ...Object.keys(target.project.context.disabled)])
  const orphans = await applyWithProgress(context, {
    target,
    title: 'kill',
    makesNothing: true,
    plan: (observed) =>
      planDown(
        { name: target.name },
        {
          ...observed,
          networks: [],
          volumes: [],
          containers: observed.containers.filter(({ service }) => !known.has(service)),
        },
        {},
      ),
  })
  return orphans.exit
}
