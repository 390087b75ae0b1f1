import type { CheckedProject } from './check-project.ts'
import type { MapNode } from './node.ts'
import { validateDependencies } from './validate-dependencies.ts'
import { validateLimits } from './validate-limits.ts'
import { validateReferences } from './validate-references.ts'
import { validateResources } from './validate-resources.ts'
import { validateService } from './validate-service.ts'

export type Contradiction = {
  readonly path: readonly (string | number)[]
  /** Whether to point at the key or at the value of the path; the value when left out. */
  readonly at?: 'key' | 'value'
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly severity?: 'warning'
  /** What would have made this right: where one of them is missing because of another problem, this one only follows from it. */
  readonly needs?: readonly (readonly (string | number)[])[]
  /** Other places that the message speaks of. */
  readonly related?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
}

/**
 * Everything that each value alone allows, and the whole does not: names that nobody declared, attributes that exclude or
 * contradict each other, dependencies in a circle. Services that a profile switches off are left alone.
 */
export const validateProject = (project: CheckedProject, model: MapNode): readonly Contradiction[] => {
  const services = Object.entries(project.services)
  return [
    ...validateResources(project, model),
    ...services.flatMap(([name, service]) => [
      ...validateService(name, service),
      ...validateLimits(name, service),
      ...validateReferences(name, service, project),
    ]),
    ...validateDependencies(project),
  ]
}
