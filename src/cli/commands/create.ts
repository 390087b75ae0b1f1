import { planUp } from '../../core/plan/plan-up.ts'
import { createConfirm } from '../screen/ask-yes-no.ts'
import { confirmRemote } from '../confirm-remote.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { createCommand } from '../table/lifecycle-commands.ts'
import { assertServices } from '../target.ts'
import { assertMakeFlags, parseScale, toRoundOptions, toSilent, toUpOptions } from '../up/up-options.ts'

export const runCreate = async ({ context, flags, words }: CallOf<typeof createCommand>): Promise<number> => {
  assertMakeFlags(flags, 'create')
  const project = await loadValidProject(context, {
    services: words,
    withFollowers: true,
    clashes: 'create',
    scale: parseScale(flags.scale, 'create'),
  })
  const target = { name: project.name, project }
  assertServices([...words, ...flags['renew-volumes-of']], { target })
  await confirmRemote(context, project, { yes: flags.yes })
  const options = toUpOptions({ context, project, flags, words })
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'create',
    plan: (observed, round) => planUp(project, observed, toRoundOptions({ ...options, start: false }, round)),
    ...createConfirm(context, { yes: flags.yes }),
    silent: toSilent(flags),
  })
  return exit
}
