import { type ListedProject, toListedProjects } from '../core/plan/listed-projects.ts'
import { label } from '../core/project/identity.ts'
import type { EngineDeps } from './deps.ts'
import { createEngineEvents } from './engine-events.ts'
import type { CallOptions } from './ports/call-options.ts'

type Deps = Pick<EngineDeps, 'runtime' | 'clock' | 'random'>

/** The projects of the engine, whoever made them. */
export const listProjects = async (
  { runtime }: Pick<Deps, 'runtime'>,
  options: CallOptions,
): Promise<readonly ListedProject[]> =>
  toListedProjects(await runtime.listContainers({ labels: [label.project] }, options))

type Following = {
  readonly signal: AbortSignal
  readonly onChange: (projects: readonly ListedProject[]) => void
  /** It is not followed any more. */
  readonly onFailure: (error: unknown) => void
}

/** Tells the projects now, and again whenever something happens to a container of one. The signal ends it. */
export const followProjects = (deps: Deps, { signal, onChange, onFailure }: Following): void => {
  const events = createEngineEvents(deps, { signal })
  let isLooking = false
  let again = false
  const look = async (): Promise<void> => {
    isLooking = true
    do {
      again = false
      onChange(await listProjects(deps, { signal }))
    } while (again)
    isLooking = false
  }
  const lookAgain = (): void => {
    again = true
    if (!isLooking) look().catch(fail)
  }
  const fail = (error: unknown): void => {
    isLooking = false
    if (!signal.aborted) onFailure(error)
  }
  events.subscribe((said) => {
    if (said.type === 'lost' || said.event.kind === 'container') lookAgain()
  })
  events.ended.catch(fail)
  events.open()
  lookAgain()
}
