import { createHide } from '../../core/errors/hide-values.ts'
import type { ObservedImage } from '../../core/plan/observed.ts'
import { toImageReference } from '../../core/project/identity.ts'
import type { Project } from '../../core/project/project.ts'
import { isCutOff } from '../await-engine.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { ContainerDetails } from '../ports/container-runtime.ts'
import { toProblem } from '../to-problem.ts'
import type { Monitor } from './monitor.ts'
import { toInspection, toPairs } from './to-inspection.ts'

export type Inspections = {
  /** Tells `service/inspected`. Of those that are asked for while one is looked at the last one counts. */
  ask(service: string): void
  /** The variables of its first container as they are, secrets too: for the eyes of whoever asks, in no event. */
  readVariables(service: string): Promise<Readonly<Record<string, string>>>
}

type InspectionDeps = Pick<EngineDeps, 'runtime' | 'files'> & {
  readonly emit: Emit
  readonly signal: AbortSignal
  /** As they are when somebody asks. */
  readonly current: () => { readonly project: Project; readonly monitor: Pick<Monitor, 'containers'> }
}

/** Larger files are no passwords. */
const largestSecret = 64 * 1024

/** Looks at single services of a session, on demand. */
export const createInspections = (deps: InspectionDeps): Inspections => {
  const { runtime, signal, emit } = deps
  let wanted: string | undefined
  let isLooking = false
  let hasFailed = false

  const detailsOf = async (service: string): Promise<readonly ContainerDetails[]> => {
    const ids = deps
      .current()
      .monitor.containers()
      .filter((one) => one.service === service)
      .toSorted((a, b) => a.number - b.number)
    const found = await Promise.all(ids.map(({ id }) => runtime.inspectContainer(id, { signal })))
    return found.filter((one) => one !== undefined)
  }
  const look = async (service: string): Promise<void> => {
    const project = deps.current().project
    const [replicas, secrets] = await Promise.all([detailsOf(service), readSecrets(deps, project)])
    const image = await imageOf(deps, replicas[0]?.imageId ?? toImageReference(project, service))
    const named = [
      ...Object.values(project.services).flatMap(({ environment }) => Object.entries(environment ?? {})),
      ...replicas.flatMap(({ environment }) => [...toPairs(environment)]),
    ].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
    const hide = createHide(named, secrets)
    emit({ type: 'service/inspected', service, inspection: toInspection({ project, service, replicas, image, hide }) })
  }
  const run = async (): Promise<void> => {
    isLooking = true
    try {
      while (wanted !== undefined && !signal.aborted) {
        const service = wanted
        wanted = undefined
        await look(service)
      }
      if (hasFailed) emit({ type: 'problem/cleared', id: 'inspect' })
      hasFailed = false
    } catch (error) {
      // A cut connection is the affair of the stream of events.
      if (signal.aborted || isCutOff(error)) return
      hasFailed = true
      emit({ type: 'problem/raised', id: 'inspect', problem: toProblem(error) })
    } finally {
      isLooking = false
    }
  }
  return {
    ask: (service) => {
      wanted = service
      if (!isLooking) void run()
    },
    readVariables: async (service) => Object.fromEntries(toPairs((await detailsOf(service))[0]?.environment ?? [])),
  }
}

const imageOf = async (
  { runtime, signal }: Pick<InspectionDeps, 'runtime' | 'signal'>,
  reference: string,
): Promise<ObservedImage | undefined> => (reference === '' ? undefined : runtime.inspectImage(reference, { signal }))

/** What the project's secrets hold, as far as it can be read here. */
const readSecrets = async ({ files }: Pick<InspectionDeps, 'files'>, project: Project): Promise<readonly string[]> => {
  const read = Object.values(project.secrets).map(async ({ file, environment }) => {
    if (environment !== undefined) return project.context.objectEnvironment[environment] ?? ''
    if (file === undefined) return ''
    const entry = await files.stat(file)
    if (entry === undefined || entry.kind === 'directory' || entry.size > largestSecret) return ''
    // Who may not read it cannot give it away.
    const bytes = await files.read(file, { followLinks: true }).catch(() => undefined)
    return bytes === undefined ? '' : new TextDecoder().decode(bytes)
  })
  return (await Promise.all(read)).filter((text) => text.trim() !== '')
}
