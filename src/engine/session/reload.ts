import type { Project, ServiceName } from '../../core/project/project.ts'
import { toSessionStarted } from './describe.ts'
import { attempt } from './enqueue-plan.ts'
import { raise, selectScope, type SessionState, setPhase } from './state.ts'
import { tellUnbuilt } from './sync-host.ts'

/**
 * Reads the files again, and applies what they say otherwise now: nothing that was asked for once, when the session began. What
 * cannot be read is told, and all stays as it is. The newest reading counts: it takes the place of what an older one has begun.
 */
export const reload = async (state: SessionState, onReloaded: () => Promise<void>): Promise<void> => {
  const { edits, request } = state
  edits.asked += 1
  const turn = edits.asked
  try {
    const next = await request.reload?.()
    if (next === undefined || turn < edits.read || state.phase === 'stopping') return
    edits.read = turn
    edits.overtaking.abort(new Error('the files were edited again'))
    edits.overtaking = new AbortController()
    for (const name of selectRebuilt(state.project, next.project)) edits.unbuilt.add(name)
    state.project = next.project
    state.plans = next.plans
    state.emit({ type: 'problem/cleared', id: 'reload' })
    state.emit(toSessionStarted(state.project, request.command))
    if (await apply(state, edits.overtaking.signal)) await onReloaded()
  } catch (error) {
    // Of an edit that has been followed by another one that one tells.
    if (turn >= edits.read && state.phase !== 'stopping') raise(state, 'reload', error)
  }
}

/** False: something newer has taken its place, and does the rest. */
const apply = async (state: SessionState, overtaken: AbortSignal): Promise<boolean> => {
  const { edits, request, plans } = state
  const scope = selectScope(state)
  const rebuilt = [...edits.unbuilt].filter((name) => scope.has(name) && state.project.services[name] !== undefined)
  if (request.forbidsBuild === true) for (const name of rebuilt) tellUnbuilt(state, name)
  setPhase(state, 'applying')
  const end = await attempt(state, 'reload', { plan: plans.edited(rebuilt), trigger: 'file', overtaken })
  if (end === 'aborted') return false
  if (end === 'done') for (const name of rebuilt) edits.unbuilt.delete(name)
  if (state.phase === 'running') setPhase(state, 'running')
  return true
}

/** Services that are built otherwise than before; one that was not built before has no image yet. */
const selectRebuilt = (before: Project, after: Project): readonly ServiceName[] =>
  Object.entries(after.services).flatMap(([name, { build }]) => {
    const old = before.services[name]?.build
    return build !== undefined && old !== undefined && JSON.stringify(old) !== JSON.stringify(build) ? [name] : []
  })
