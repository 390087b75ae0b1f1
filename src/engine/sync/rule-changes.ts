import type { Project } from '../../core/project/project.ts'
import { findServiceRules, type RuleDeps } from './find-rules.ts'

/** Whether rules that are read from Dockerfiles are others than they were at first. */
export type RuleChanges = { has(service: string): Promise<boolean> }

export const createRuleChanges = (deps: RuleDeps, project: Project): RuleChanges => {
  const read = async (name: string): Promise<string | undefined> => {
    const found = await findServiceRules(deps, project, name)
    return found.kind === 'derived' ? JSON.stringify(found.rules.map(({ rule }) => rule)) : undefined
  }
  const first = new Map(Object.keys(project.services).map((name) => [name, read(name).catch(() => undefined)]))
  return {
    has: async (service) => {
      const before = await first.get(service)
      return before !== undefined && before !== (await read(service))
    },
  }
}
