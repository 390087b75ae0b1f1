import type { ObservedContainer } from '../../core/plan/observed.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import type { ApplyResult } from '../../engine/apply.ts'
import { type Fallen, findFallen } from '../../engine/find-fallen.ts'
import { toSummaryLines } from '../../report/summary.ts'
import type { Paint } from '../../report/paint.ts'
import type { CliContext } from '../context.ts'

type Asked = {
  readonly project: Project
  /** Those that were to be up. */
  readonly services: ReadonlySet<ServiceName>
}

/** What the engine shows when `up` is done: its containers, and those of them that do not stay up. */
export type Outlook = { readonly containers: readonly ObservedContainer[]; readonly fallen: readonly Fallen[] }

export const lookAfterUp = async (context: CliContext, { project, services }: Asked): Promise<Outlook> => {
  const runtime = await context.runtime()
  const { signal } = context
  const containers = await runtime.listContainers({ project: project.name }, { signal })
  return { containers, fallen: await findFallen({ runtime }, { project, services, containers, signal }) }
}

type Summary = Outlook & {
  readonly project: Project
  readonly result: ApplyResult
  readonly ms: number
  readonly paint: Paint
}

/** What `up -d` did, and where it can be reached. */
export const summarizeUp = ({ project, result, ...seen }: Summary): readonly string[] =>
  toSummaryLines({
    ...seen,
    project: project.name,
    plans: result.plans,
    isDone: (step) => result.outcomes.get(step.id)?.status === 'done',
  })
