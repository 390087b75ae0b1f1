import type { ServiceName } from '../project/project.ts'
import type { UpContext } from './up-context.ts'

/** How many containers a service is to have: `--scale`, then the file, then one. */
export const replicaCount = (
  { project, options }: Pick<UpContext, 'project' | 'options'>,
  name: ServiceName,
): number => {
  const service = project.services[name]
  return options.scale?.[name] ?? service?.scale ?? service?.deploy?.replicas ?? 1
}
