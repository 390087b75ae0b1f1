import type { Project } from '../../core/project/project.ts'
import type { ApplyResult } from '../../engine/apply.ts'
import { toSummaryLines } from '../../report/summary.ts'
import type { CliContext } from '../context.ts'

/** What `up -d` did, and where it can be reached. */
export const summarizeUp = async (
  context: CliContext,
  { project, result, ms }: { readonly project: Project; readonly result: ApplyResult; readonly ms: number },
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
    paint: context.terminal.paint.stderr,
  })
}
