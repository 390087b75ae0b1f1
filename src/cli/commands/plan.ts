import type { Plan } from '../../core/plan/action.ts'
import { withPlaces } from '../../core/project/project.ts'
import { planUp } from '../../core/plan/plan-up.ts'
import { toStepSummary } from '../../engine/step-summary.ts'
import { findChangedFiles } from '../../engine/changed-files.ts'
import { assertMadeHere } from '../../engine/elsewhere.ts'
import { loadValidProject } from '../load-target.ts'
import { printProblems } from '../screen/print-failure.ts'
import { createConfirm } from '../screen/ask-yes-no.ts'
import { printPlan } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { planCommand } from '../table/lifecycle-commands.ts'
import { assertServices } from '../target.ts'
import { assertMakeFlags, parseScale, toUpOptions } from '../up/up-options.ts'

const changedExit = 2

/** `stack plan`: what `up` would do, and why. Looks only; takes no lock. */
export const runPlan = async ({ context, flags, words }: CallOf<typeof planCommand>): Promise<number> => {
  assertMakeFlags(flags, 'plan')
  const [project, runtime, { observeProject }] = await Promise.all([
    loadValidProject(context, {
      services: words,
      withFollowers: true,
      clashes: 'start',
      scale: parseScale(flags.scale, 'plan'),
    }),
    context.runtime(),
    import('../../engine/observe.ts'),
  ])
  assertServices([...words, ...flags['renew-volumes-of']], { target: { name: project.name, project } })
  const { files, machine } = await context.deps()
  const observed = await observeProject(runtime, project, { signal: context.signal, clock: context.clock, machine })
  if (!context.global.adopt) await assertMadeHere(project, observed, { files, command: 'stack plan' })
  // As "up" here would: where nobody can be asked, a changed volume is kept.
  const asks = createConfirm(context).confirm !== undefined
  const made = planUp(project, observed, {
    ...toUpOptions({ context, project, flags, words, looksOnly: true }),
    ...(asks ? {} : { divergedVolumes: 'keep' as const }),
  })
  const changed = await findChangedFiles({ runtime, files }, { project, observed }, { signal: context.signal })
  const plan = { ...made, warnings: [...made.warnings, ...withPlaces(project, changed)] }
  if (flags.json) context.stdout.write(`${JSON.stringify(toPlanJson(project.name, plan), undefined, 2)}\n`)
  else {
    await printPlan(context, { ...plan, warnings: [] })
    printProblems(plan.warnings, context)
  }
  return flags['detailed-exitcode'] && plan.steps.length > 0 ? changedExit : 0
}

/** No definitions: they may hold values that are nobody's business. */
const toPlanJson = (project: string, plan: Plan) => ({
  project,
  steps: plan.steps.map((step) => ({ ...toStepSummary(step), destructive: step.destructive })),
  warnings: plan.warnings,
  unchanged: plan.unchanged,
})
