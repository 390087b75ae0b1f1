import { withDependencies } from '../../core/project/graph.ts'
import { loadValidProject } from '../load-target.ts'
import { pushImages } from '../push-images.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { pushCommand } from '../table/other-commands.ts'
import { assertServices } from '../target.ts'

/** `stack push`: images of services that are built. */
export const runPush = async ({ context, flags, words }: CallOf<typeof pushCommand>): Promise<number> => {
  const project = await loadValidProject(context, { services: words, resolveEnvironment: false })
  assertServices(words, { target: { name: project.name, project } })
  const names =
    words.length === 0
      ? Object.keys(project.services)
      : flags['include-deps']
        ? [...withDependencies(project.services, words)]
        : words
  return pushImages(context, { project, names, ignoreFailures: flags['ignore-push-failures'], quiet: flags.quiet })
}
