import { planPause } from '../../core/plan/plan-lifecycle.ts'
import type { CliContext } from '../context.ts'
import { loadTarget } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { Call } from '../table/command-spec.ts'
import { assertServices, toServices } from '../target.ts'

export const runPause = ({ context, words }: Call): Promise<number> => runVerb(context, { verb: 'pause', words })

export const runUnpause = ({ context, words }: Call): Promise<number> => runVerb(context, { verb: 'unpause', words })

const runVerb = async (
  context: CliContext,
  { verb, words }: { readonly verb: 'pause' | 'unpause'; readonly words: readonly string[] },
): Promise<number> => {
  const target = await loadTarget(context, { services: words })
  const { exit } = await applyWithProgress(context, {
    target,
    title: verb,
    makesNothing: true,
    plan: (observed) => {
      assertServices(words, { target, containers: observed.containers })
      return planPause(observed, { ...toServices(words), verb })
    },
  })
  return exit
}
