import type { CheckedProject, Contradiction } from './contradiction.ts'
import type { MapNode } from '../tree/node.ts'
import { validateDependencies } from './validate-dependencies.ts'
import { validateLimits } from './validate-limits.ts'
import { validateReferences } from './validate-references.ts'
import { validateResources } from './validate-resources.ts'
import { validateService } from './validate-service.ts'

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
