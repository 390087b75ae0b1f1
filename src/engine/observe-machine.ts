import { isUp } from '../core/plan/container-steps.ts'
import type { EngineFacts, MachineFacts, ObservedContainer } from '../core/plan/observed.ts'
import { selectCheckedPaths, selectFixedPorts } from '../core/plan/preflight.ts'
import type { Project } from '../core/project/project.ts'
import type { CallOptions } from './ports/call-options.ts'
import type { Machine } from './ports/machine.ts'
import type { Runtime } from './ports/runtime.ts'

type Looked = {
  readonly project: Project
  readonly engine: EngineFacts
  /** Of the project. */
  readonly containers: readonly ObservedContainer[]
  readonly call: CallOptions
}

/**
 * What of this machine an `up` of the project may stumble over. Ports are only looked for where one is to be published that
 * no container of the project publishes already.
 */
export const observeMachine = async (
  { runtime, machine }: { readonly runtime: Runtime; readonly machine: Machine },
  { project, engine, containers, call }: Looked,
): Promise<MachineFacts> => {
  const published = new Set(
    containers.filter(isUp).flatMap(({ ports }) => ports.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`)),
  )
  const isPortWanted = Object.values(project.services).some((service) =>
    selectFixedPorts(service).some(({ fixed, protocol }) => !published.has(`${fixed}/${protocol}`)),
  )
  const isEngineHere = await machine.isEngineHere(engine.socketPath)
  const [kinds, others, listeners] = await Promise.all([
    Promise.all(selectCheckedPaths(project).map(async (path) => [path, await machine.kindOf(path)] as const)),
    isPortWanted ? runtime.listContainers({}, call) : [],
    isPortWanted && isEngineHere ? machine.listeners() : [],
  ])
  const own = new Set(containers.map(({ id }) => id))
  const held = others
    .filter((container) => !own.has(container.id) && isUp(container))
    .flatMap(({ name, project: other, ports }) =>
      ports.flatMap(({ hostPort, protocol, hostIp }) =>
        hostPort === undefined
          ? []
          : [
              {
                hostPort,
                protocol,
                hostIp,
                holder: `container ${name}${other === '' ? '' : ` of project "${other}"`}`,
              },
            ],
      ),
    )
  const ofContainers = new Set(
    [...others, ...containers].flatMap(({ ports }) => ports.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`)),
  )
  const programs = listeners
    .filter(({ port, protocol }) => !ofContainers.has(`${port}/${protocol}`))
    .map(({ port, protocol, address }) => ({
      hostPort: port,
      protocol,
      hostIp: address,
      holder: 'another program on this machine',
    }))
  return { isEngineHere, kinds: new Map(kinds), busyPorts: [...held, ...programs] }
}
