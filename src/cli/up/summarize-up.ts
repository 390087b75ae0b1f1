import type { Project, ServiceName } from '../../core/project/project.ts'
import type { ApplyResult } from '../../engine/apply.ts'
import { findFallen } from '../../engine/find-fallen.ts'
import { toSummaryLines } from '../../report/summary.ts'
import type { Paint } from '../../report/paint.ts'
import type { CliContext } from '../context.ts'

type Summary = {
  readonly project: Project
  /** Those that were to be up. */
  readonly services: ReadonlySet<ServiceName>
  readonly result: ApplyResult
  readonly ms: number
  readonly paint: Paint
}

/** What `up -d` did, and where it can be reached. */
export const summarizeUp = async (
  context: CliContext,
  { project, services, result, ms, paint }: Summary,
): Promise<readonly string[]> => {
  const runtime = await context.runtime()
  const { signal } = context
  const containers = await runtime.listContainers({ project: project.name }, { signal })
  const fallen = await findFallen({ runtime }, { project, services, containers, signal })
  return toSummaryLines({
    project: project.name,
    plans: result.plans,
    isDone: (step) => result.outcomes.get(step.id)?.status === 'done',
    containers,
    fallen,
    ms,
    paint,
  })
}
