import { pathText, placeAt } from '../tree/locate.ts'
import type { MapNode } from '../tree/node.ts'
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
  for (const { path, at = 'value', code, message, hint, severity, related, needs = [] } of found) {
    const others = related?.map((one) => ({ place: placeAt(model, one.path, 'key'), message: one.message }))
    if (needs.some(problems.damage.hides) || others?.some(({ place }) => problems.damage.touches(place)) === true)
      continue
    const more = { hint, path: pathText(path), related: others }
    const report = severity === 'warning' ? problems.warn : problems.error
    report(placeAt(model, path, at), code, message, more)
  }
}
