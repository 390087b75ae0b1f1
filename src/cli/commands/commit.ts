import { loadTarget } from '../load-target.ts'
import { toStatusView } from '../screen/progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { commitCommand } from '../table/container-commands.ts'
import { assertServices, selectContainer } from '../target.ts'

/** `stack commit`: an image of what a running container has become. */
export const runCommit = async ({ context, flags, words }: CallOf<typeof commitCommand>): Promise<number> => {
  const [service = '', reference] = words
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const { id, name } = selectContainer(containers, { service, index: flags.index, running: true })
  if (context.global['dry-run']) {
    context.stdout.write(
      `${name}: would become ${reference === undefined ? 'an image without a name' : `image ${reference}`}\n`,
    )
    return 0
  }
  const spec = {
    pause: flags.pause,
    changes: flags.change,
    ...(reference === undefined ? {} : { reference }),
    ...(flags.author === undefined ? {} : { author: flags.author }),
    ...(flags.message === undefined ? {} : { message: flags.message }),
  }
  const { imageId } = await runtime.commitContainer(id, spec, { signal: context.signal })
  if (context.terminal.progress !== 'quiet')
    toStatusView(context).stderr.write(` Container ${name}  Committed as ${imageId}\n`)
  return 0
}
