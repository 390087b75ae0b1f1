import { planUp } from '../../core/plan/plan-up.ts'
import { createConfirm } from '../screen/ask-yes-no.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { scaleCommand } from '../table/lifecycle-commands.ts'
import { assertServices } from '../target.ts'
import { parseScale, toBaseOptions, toRoundOptions } from '../up/up-options.ts'

export const runScale = async ({ context, flags, words }: CallOf<typeof scaleCommand>): Promise<number> => {
  const scale = parseScale(words, 'scale')
  const services = Object.keys(scale)
  const project = await loadValidProject(context, {
    services,
    withFollowers: true,
    missingEnvFiles: 'later',
    clashes: 'start',
    scale,
  })
  const target = { name: project.name, project }
  assertServices(services, { target })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'scale',
    plan: (observed, round) =>
      planUp(
        project,
        observed,
        toRoundOptions({ ...toBaseOptions(context, project), services, scale, noDeps: flags['no-deps'] }, round),
      ),
    ...createConfirm(context),
  })
  return exit
}
