import type { ImageParents } from '../../core/project/image-parents.ts'
import type { Project } from '../../core/project/project.ts'
import { findServiceRules, readImageParents, type RuleDeps } from './find-rules.ts'

/** Whether rules that are read from Dockerfiles are others than they were at first. */
export type RuleChanges = { has(service: string): Promise<boolean> }

export const createRuleChanges = (deps: RuleDeps, project: Project): RuleChanges => {
  const read = async (name: string, parents?: ImageParents): Promise<string | undefined> => {
    const found = await findServiceRules({ ...deps, ...(parents === undefined ? {} : { parents }) }, project, name)
    return found.kind === 'derived' ? JSON.stringify(found.rules.map(({ rule }) => rule)) : undefined
  }
  const parents = readImageParents(deps, project)
  const first = new Map(
    Object.keys(project.services).map((name) => [
      name,
      parents.then((known) => read(name, known)).catch(() => undefined),
    ]),
  )
  return {
    has: async (service) => {
      const before = await first.get(service)
      return before !== undefined && before !== (await read(service))
    },
  }
}
