import { type Ending, selectErrorLine } from '../core/events/crash.ts'
import type { ObservedContainer } from '../core/plan/observed.ts'
import type { Project, ServiceName } from '../core/project/project.ts'
import type { EngineDeps } from './deps.ts'
import { readLastLines } from './last-lines.ts'

/** A container that does not stay up. */
export type Fallen = {
  readonly service: ServiceName
  /** Absent while it runs once more: the engine keeps the code of the present run alone. */
  readonly ending?: Ending
  /** How often it was started again; 0 for one that has ended for good. */
  readonly restarts: number
  /** What of its log says why. */
  readonly line?: string
}

type Look = {
  readonly project: Project
  readonly services: ReadonlySet<ServiceName>
  readonly containers: readonly ObservedContainer[]
  readonly signal: AbortSignal
}

const lines = 50
const justStarted = /^Up (?:Less than a second|\d seconds?)\b/

/** Those of these services that have fallen by now. Looks closely at none but those that may have. */
export const findFallen = async (
  deps: Pick<EngineDeps, 'runtime'>,
  { project, services, containers, signal }: Look,
): Promise<readonly Fallen[]> => {
  const isAgain = ({ state, status, service }: ObservedContainer): boolean =>
    state === 'restarting' ||
    (state === 'running' && justStarted.test(status) && isRestarting(project.services[service]?.restart))
  const mayHave = containers.filter(
    (one) => !one.oneOff && services.has(one.service) && (isAgain(one) || (one.exitCode ?? 0) !== 0),
  )
  const found = await Promise.all(mayHave.map(({ id }) => look(deps, id, signal)))
  return found.flat()
}

const isRestarting = (policy: string | undefined): boolean => policy !== undefined && policy !== 'no'

const look = async (deps: Pick<EngineDeps, 'runtime'>, id: string, signal: AbortSignal): Promise<readonly Fallen[]> => {
  const details = await deps.runtime.inspectContainer(id, { signal })
  if (details === undefined) return []
  const { service, restartCount, state, exitCode, oomKilled } = details
  const restarts = state === 'restarting' || state === 'running' ? restartCount : 0
  if (restarts === 0 && (exitCode ?? 0) === 0) return []
  const line = selectErrorLine(await readLastLines(deps, id, { tail: lines, signal }))
  return [
    {
      service,
      restarts,
      ...(exitCode === undefined ? {} : { ending: { exitCode, ...(oomKilled ? { outOfMemory: true } : {}) } }),
      ...(line === undefined ? {} : { line }),
    },
  ]
}
