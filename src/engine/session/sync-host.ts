import { StackError } from '../../core/errors/stack-error.ts'
import type { Project } from '../../core/project/project.ts'
import type { ProjectSyncOptions } from '../sync/project-sync.ts'
import { attempt } from './enqueue-plan.ts'
import type { Attempted } from './jobs.ts'
import type { SessionState } from './state.ts'

type SyncHost = Required<Pick<ProjectSyncOptions, 'restart' | 'rebuild' | 'ask'>>

type Host = {
  /** Whether the rules of a service are others since its image was built. */
  readonly haveRulesChanged: (service: string) => Promise<boolean>
  /** Begins the watch anew. */
  readonly renew: () => Promise<void>
}

/** What saved files ask of a session. */
export const createSyncHost = (state: SessionState, { haveRulesChanged, renew }: Host): SyncHost => ({
  restart: async (service) => {
    // Its files are there; it begins with them when somebody starts it.
    if (state.halts.has(service)) return true
    const { graceSeconds } = state.request
    const plan = state.plans.restart([service], graceSeconds === undefined ? {} : { graceSeconds })
    return (await attempt(state, `restart.${service}`, { plan, trigger: 'watch' })) === 'done'
  },
  rebuild: async (service, { signal: overtaken }) => {
    const { request, project, replacedImages } = state
    if (request.forbidsBuild === true) return tellUnbuilt(state, service)
    if (state.halts.has(service)) {
      state.halts.withhold(service)
      state.edits.unbuilt.add(service)
      return tellUnbuilt(state, service)
    }
    const rebuild = (): Promise<Attempted> =>
      attempt(state, `rebuild.${service}`, { plan: state.plans.rebuild([service]), trigger: 'watch', overtaken })
    const end = await (request.keepReplaced === true ? rebuild() : replacedImages.around({ project, service, rebuild }))
    if (end === 'done' && (await haveRulesChanged(service))) void renew()
    return end
  },
  ask: async ({ service, source, deleted, known }, { signal }) => {
    signal.throwIfAborted()
    if (state.request.confirm === 'no') return false
    const text = `${deleted} of ${known} files in ${source} were deleted at once. Shall they go from service "${service}", too?`
    return state.questions.ask(text, AbortSignal.any([signal, state.closing.signal]))
  },
})

const toUnbuiltId = (service: string): string => `sync.${service}.build`

/** Once for each service: what was saved is not built, for nothing may be, or for it was stopped. */
export const tellUnbuilt = ({ emit, unbuilt, halts, request }: SessionState, service: string): 'forbidden' => {
  if (!unbuilt.has(service)) {
    const isHalted = request.forbidsBuild !== true && halts.has(service)
    const { ...told } = new StackError(isHalted ? 'watch/stopped' : 'watch/build-forbidden', { service }).toProblem()
    const problem = isHalted ? { ...told, severity: 'warning' as const } : told
    emit({ type: 'problem/raised', id: toUnbuiltId(service), service, problem })
  }
  unbuilt.add(service)
  return 'forbidden'
}

/** A person has built it all the same. */
export const clearUnbuilt = ({ emit, unbuilt }: SessionState, service: string): void => {
  if (unbuilt.delete(service)) emit({ type: 'problem/cleared', id: toUnbuiltId(service) })
}

/** The project without what was left out on the command line: that is neither built nor started by a saved file. */
export const toWatched = (project: Project, scope: ReadonlySet<string>): Project => ({
  ...project,
  services: Object.fromEntries(Object.entries(project.services).filter(([name]) => scope.has(name))),
})
