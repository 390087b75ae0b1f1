import { StackError } from '../../core/errors/stack-error.ts'
import { loadTarget } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { waitCommand } from '../table/container-commands.ts'
import { assertServices } from '../target.ts'

/** `stack wait`: ends with the code of the container that stops last, or with --down-project of the first one. */
export const runWait = async ({ context, flags, words }: CallOf<typeof waitCommand>): Promise<number> => {
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices(words, { target, containers })
  const waited = containers.filter(({ service, oneOff }) => words.includes(service) && !oneOff)
  if (waited.length === 0)
    throw new StackError('cli/no-container', {
      which: `service "${words.join('", "')}"`,
      wants: 'there',
      others: [...new Set(containers.map(({ service }) => service))].join(', '),
    })
  const endings = waited.map(async ({ id, name }) => {
    const { exitCode } = await runtime.waitContainer(id, { signal: context.signal, condition: 'not-running' })
    context.stdout.write(`container "${name}" exited with status code ${exitCode}\n`)
    return exitCode
  })
  if (!flags['down-project']) {
    let last = 0
    await Promise.all(endings.map(async (ending) => (last = await ending)))
    return last
  }
  const first = await Promise.race(endings)
  for (const ending of endings) ending.catch(() => undefined) // the others go with the project
  const { planDown } = await import('../../core/plan/plan-down.ts')
  const { exit } = await applyWithProgress(context, {
    target,
    title: 'down',
    makesNothing: true,
    plan: (observed) => planDown(target, observed, {}),
  })
  return exit === 0 ? first : exit
}
