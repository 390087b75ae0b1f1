import type { Project } from '../../core/project/project.ts'
import type { ApplyResult } from '../../engine/apply.ts'
import { toSummaryLines } from '../../report/summary.ts'
import type { Paint } from '../../report/paint.ts'
import type { CliContext } from '../context.ts'

type Summary = {
  readonly project: Project
  readonly result: ApplyResult
  readonly ms: number
  readonly paint: Paint
}

/** What `up -d` did, and where it can be reached. */
export const summarizeUp = async (
  context: CliContext,
  { project, result, ms, paint }: Summary,
): Promise<readonly string[]> => {
  const publishes = Object.values(project.services).some(({ ports = [] }) => ports.length > 0)
  const containers = publishes
    ? await (await context.runtime()).listContainers({ project: project.name }, { signal: context.signal })
    : []
  return toSummaryLines({
    project: project.name,
    plans: result.plans,
    isDone: (step) => result.outcomes.get(step.id)?.status === 'done',
    containers,
    ms,
    paint,
  })
}
