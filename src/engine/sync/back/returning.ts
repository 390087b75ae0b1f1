import { readBackRules } from '../../../core/project/back-rules.ts'
import type { Project } from '../../../core/project/project.ts'
import type { Service } from '../../../core/project/service.ts'
import { relativeTo } from '../paths.ts'
import { createBackPaths } from './back-paths.ts'

/** Which files of this machine belong to a rule of a service for what comes back, and so to none that would copy them. */
export type Returning = {
  /** The index of the rule among those of the service. */
  ruleOf(path: string): { readonly index: number; readonly direction: 'from' | 'both' } | undefined
}

export const createReturning = (service: Service, project: Pick<Project, 'context'>): Returning => {
  const rules = readBackRules(service).map((rule) => ({ rule, paths: createBackPaths(rule, project) }))
  return {
    ruleOf: (path) => {
      const index = rules.findIndex(({ rule, paths }) => {
        const relative = relativeTo(rule.path, path)
        return relative !== undefined && paths.carries(relative, false)
      })
      const found = rules[index]
      return found === undefined ? undefined : { index, direction: found.rule.direction }
    },
  }
}
