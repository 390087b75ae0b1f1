import { toPlanChanges } from '../../core/events/plan-changes.ts'
import type { StepSummary } from '../../core/events/event.ts'
import { toPlanReport } from '../../core/plan/plan-overview.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import type { Service } from '../../core/project/service.ts'
import { applyPlan, type ApplyResult, type PlanFunction } from '../apply.ts'
import { toStepSubject } from '../step-summary.ts'
import { toSessionStarted } from './describe.ts'
import type { Edit } from './edits.ts'
import { attempt } from './enqueue-plan.ts'
import type { Attempted } from './jobs.ts'
import { raise, selectScope, type SessionState, setPhase } from './state.ts'
import { tellUnbuilt } from './sync-host.ts'

type Reloading = {
  readonly onReloaded: () => Promise<void>
  /** What is read is applied and not only proposed. */
  readonly apply?: boolean
}

/**
 * Reads the files again, and applies what they say otherwise now, or proposes it to whoever looks at the screen: nothing that was
 * asked for once, when the session began. What cannot be read is told, and all stays as it is. The newest reading counts: it takes
 * the place of what an older one has begun, or proposed.
 */
export const reload = async (state: SessionState, reloading: Reloading): Promise<Attempted> => {
  const { edits, request } = state
  edits.asked += 1
  const turn = edits.asked
  try {
    const read = await request.reload?.()
    if (read === undefined || turn < edits.read || state.phase === 'stopping') return 'aborted'
    const next = withScale(state, read)
    edits.read = turn
    edits.proposed = next
    state.emit({ type: 'problem/cleared', id: 'reload' })
    if (request.proposesEdits === true && reloading.apply !== true && !(await changesNothing(state, next)))
      return 'done'
    return edits.proposed === next ? await applyEdit(state, reloading) : 'aborted'
  } catch (error) {
    // Of an edit that has been followed by another one that one tells.
    if (turn < edits.read || state.phase === 'stopping') return 'aborted'
    if (edits.proposed !== undefined) state.emit({ type: 'edit/proposed', changes: [], losses: [] })
    edits.proposed = undefined
    raise(state, 'reload', error)
    return 'failed'
  }
}

/** As many containers as a person has asked for, unless the file says another number now. */
const withScale = (state: SessionState, { project, plans }: Edit): Edit => {
  const { scale } = state
  for (const name of Object.keys(scale))
    if (toReplicas(project.services[name]) !== toReplicas(state.project.services[name])) delete scale[name]
  return { project, plans: plans.withScale(scale) }
}

const toReplicas = (service: Service | undefined): number | undefined => service?.scale ?? service?.deploy?.replicas

/** Applies the last reading of the files that was not applied yet. */
export const applyEdit = async (state: SessionState, { onReloaded }: Reloading): Promise<Attempted> => {
  const { edits, request } = state
  const next = edits.proposed
  if (next === undefined) return 'aborted'
  edits.proposed = undefined
  edits.overtaking.abort(new Error('the files were edited again'))
  edits.overtaking = new AbortController()
  for (const name of selectRebuilt(state.project, next.project)) edits.unbuilt.add(name)
  for (const name of selectChanged(state.project, next.project)) state.halts.withhold(name)
  state.project = next.project
  state.plans = next.plans
  state.emit(toSessionStarted(state.project, { ...request, scale: state.scale }))
  const end = await apply(state, edits.overtaking.signal)
  if (end !== 'aborted') await onReloaded()
  return end
}

/** Tells what the edit would change, and does none of it. */
const changesNothing = async (state: SessionState, next: Edit): Promise<boolean> => {
  const { deps, edits, request, closing, jobs } = state
  const rebuilt = new Set([...edits.unbuilt, ...selectRebuilt(state.project, next.project)])
  const steps: StepSummary[] = []
  const look = (): Promise<ApplyResult> =>
    applyPlan(
      deps,
      {
        project: next.project,
        command: request.command,
        plan: toPlan(state, next, [...rebuilt]),
        emit: (event) => {
          if (event.type === 'plan/made') steps.push(...event.steps)
        },
        // Whether data may be lost is asked when it is about to be.
        confirm: async () => true,
        dryRun: true,
        adopts: true,
      },
      { signal: closing.signal },
    )
  // What is under way is no part of what the edit changes.
  const { plans } = await jobs.run(look)
  const losses = plans.flatMap((plan) => plan.steps.filter((step) => step.destructive && step.agreed !== true))
  if (edits.proposed !== next) return false
  state.emit({
    type: 'edit/proposed',
    changes: toPlanChanges(steps),
    losses: losses.map(({ action }) => toStepSubject(action)),
    plan: plans.flatMap(toPlanReport),
  })
  return steps.length === 0
}

/** Services that somebody has stopped are neither started by an edit nor for another service's sake. */
const toPlan = (state: SessionState, { plans, project }: Edit, rebuilt: readonly ServiceName[]): PlanFunction => {
  const halted = state.halts.names()
  const scope = selectScope({ project, request: state.request })
  const isBuilt = (name: ServiceName): boolean =>
    scope.has(name) && project.services[name] !== undefined && !halted.includes(name)
  return plans.edited(rebuilt.filter(isBuilt), { without: halted })
}

/** `aborted`: something newer has taken its place, and does the rest. */
const apply = async (state: SessionState, overtaken: AbortSignal): Promise<Attempted> => {
  const { edits, request } = state
  const scope = selectScope(state)
  const rebuilt = [...edits.unbuilt].filter(
    (name) => scope.has(name) && state.project.services[name] !== undefined && !state.halts.has(name),
  )
  if (request.forbidsBuild === true) for (const name of rebuilt) tellUnbuilt(state, name)
  setPhase(state, 'applying')
  const plan = toPlan(state, state, rebuilt)
  const end = await attempt(state, 'reload', { plan, trigger: 'file', overtaken })
  if (end === 'aborted') return end
  if (end === 'done') for (const name of rebuilt) edits.unbuilt.delete(name)
  if (state.phase === 'running') setPhase(state, 'running')
  return end
}

/** Services that are built otherwise than before; one that was not built before has no image yet. */
const selectRebuilt = (before: Project, after: Project): readonly ServiceName[] =>
  Object.entries(after.services).flatMap(([name, { build }]) => {
    const old = before.services[name]?.build
    return build !== undefined && old !== undefined && JSON.stringify(old) !== JSON.stringify(build) ? [name] : []
  })

const selectChanged = (before: Project, after: Project): readonly ServiceName[] =>
  Object.keys(after.services).filter(
    (name) => JSON.stringify(before.services[name]) !== JSON.stringify(after.services[name]),
  )
