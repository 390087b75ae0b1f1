import { findNode, pathText, placeAt } from '../tree/locate.ts'
import type { MapNode, Place } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import type { Purpose } from '../sources/load-request.ts'
import type { CheckedProject, Contradiction } from './contradiction.ts'
import { validateProject } from './validate.ts'
import { validateOrder } from './validate-dependencies.ts'

/** What keeps a command from doing what it is for: who only looks at what is there is kept from nothing. */
const contradictions: Readonly<Record<Purpose, typeof validateProject>> = {
  make: validateProject,
  start: validateOrder,
  look: () => [],
}

/** Reports what contradicts itself in a project, each at its place, unless it only follows from a problem that was told. */
export const checkProject = (
  project: CheckedProject,
  { model, problems, purpose }: { model: MapNode; problems: ProblemList; purpose: Purpose },
): void => reportContradictions(contradictions[purpose](project, model), { model, problems })

/** Reports contradictions at their places. */
export const reportContradictions = (
  found: readonly Contradiction[],
  { model, problems }: { model: MapNode; problems: ProblemList },
): void => {
  for (const one of found) {
    const { path, at = 'value', code, message, hint, severity, related, needs = [] } = one
    const others = related?.map((other) => ({ place: placeAt(model, other.path, 'key'), message: other.message }))
    if (needs.some(problems.damage.hides) || others?.some(({ place }) => problems.damage.touches(place)) === true)
      continue
    const more = { hint, path: pathText(path), related: others }
    const report = severity === 'warning' ? problems.warn : problems.error
    report(unsetAt(model, one) ?? placeAt(model, path, at), code, message, more)
  }
}

const unsetAt = (model: MapNode, { emptyAt = [] }: Contradiction): Place | undefined => {
  const { node, depth } = findNode(model, emptyAt)
  return depth > 0 && depth === emptyAt.length && node.unset !== undefined ? node : undefined
}
