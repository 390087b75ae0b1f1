import { StackError } from '../core/errors/stack-error.ts'
import type { Observed } from '../core/plan/observed.ts'
import { label, nameForCheckout } from '../core/project/identity.ts'
import type { Project } from '../core/project/project.ts'
import type { HostFiles } from './ports/host-files.ts'

type ElsewhereOptions = {
  readonly files: Pick<HostFiles, 'realpath'>
  /** The command, for the hint: `stack up`. */
  readonly command: string
}

/**
 * Two checkouts may have one project name, by their folders or by `name:`. Whose containers they are is in a label of Docker
 * Compose's: the folder that they were made in. One that is no longer there was moved to here, and its containers with it.
 * @throws `project/elsewhere` when containers of the project's services were made in another folder that is still there
 */
export const assertMadeHere = async (
  project: Project,
  { containers }: Pick<Observed, 'containers'>,
  { files, command }: ElsewhereOptions,
): Promise<void> => {
  const { directory, disabled, remote = [] } = project.context
  const byFolder = Map.groupBy(
    containers.filter(({ service }) => (project.services[service] ?? disabled[service]) !== undefined),
    ({ labels }) => labels[label.workingDir] ?? directory,
  )
  byFolder.delete(directory)
  if (byFolder.size === 0) return
  const here = await files.realpath(directory)
  // Each ref of a repository is fetched into a folder of its own, beside the others: the next version is no other checkout.
  const fetched = remote.length === 0 ? undefined : /^.*\/stack\/git\//.exec(directory)?.[0]
  for (const [folder, made] of byFolder) {
    if (fetched !== undefined && folder.startsWith(fetched)) continue
    const there = await files.realpath(folder)
    if (there === undefined || there === here) continue
    throw new StackError('project/elsewhere', {
      project: project.name,
      folder,
      containers: made.map(({ name }) => name).sort(),
      name: nameForCheckout(project.name, directory),
      command,
    })
  }
}
