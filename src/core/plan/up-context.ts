import type { Problem } from '../errors/problem.ts'
import type { StackError } from '../errors/stack-error.ts'
import { withApiSocket } from '../project/api-socket.ts'
import { toServiceHash } from '../project/compose-hash.ts'
import { type ConfigParts, toConfigParts } from '../project/config-hash.ts'
import { withDependencies } from '../project/graph.ts'
import { withDefaultPlatform } from '../project/platform.ts'
import { type Project, selectAsked, type ServiceName } from '../project/project.ts'
import { findDigest, type RememberedParts, toRememberedParts } from '../project/remembered-parts.ts'
import type { Service } from '../project/service.ts'
import { type BondContext, toBondContext } from './bonds.ts'
import { subjectOf } from './container-steps.ts'
import { withMountableServices } from './image-mounts.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { createStepList, type StepList } from './step-list.ts'
import type { UpOptions } from './up-options.ts'

/** What the stages of one planning pass share. */
export type UpContext = {
  readonly project: Project
  readonly observed: Observed
  readonly options: UpOptions
  readonly steps: StepList
  readonly warnings: Problem[]
  /** What makes the plan impossible: gathered, and told all at once. */
  readonly problems: Problem[]
  /** The services that this plan is about, in the order of the file. */
  readonly scope: readonly ServiceName[]
  /** Those of the scope that were asked for, and not only needed by others. */
  readonly targets: ReadonlySet<ServiceName>
  /** Those of the scope that nobody asked for, and that only go through what those go through with whom they share. */
  readonly followers: ReadonlySet<ServiceName>
  /** Services whose fate is decided only once their image is there: see plan-images.ts. */
  readonly deferred: Set<ServiceName>
  /** Containers of each service, one-offs and temporary ones left out, by number. */
  readonly containersOf: (service: ServiceName) => readonly ObservedContainer[]
  readonly bonds: BondContext
  /** What the label of a new container remembers. */
  readonly partsOf: (service: ServiceName) => RememberedParts
  /** What a container would be made from now, digested as the remembered ones are; undefined where these are another key's. */
  readonly partsLike: (service: ServiceName, remembered: RememberedParts) => ConfigParts | undefined
  /** As Docker Compose computes it; of a service that shares namespaces, for the containers that are there now. */
  readonly hashOf: (service: ServiceName) => string
}

/** A service that the file has and this plan is not about: a container of it that goes, or stops, would not come back. */
export const isLeftOut = ({ project, scope }: UpContext, { service, oneOff }: ObservedContainer): boolean =>
  !oneOff &&
  !scope.includes(service) &&
  (project.services[service] !== undefined || project.context.disabled[service] !== undefined)

export const serviceOf = (context: Pick<UpContext, 'project'>, name: ServiceName): Service => {
  const service = context.project.services[name]
  if (service === undefined) throw new Error(`service ${name} is not in the project`)
  return service
}

export const createUpContext = (written: Project, observed: Observed, options: UpOptions): UpContext => {
  const project = withMountableServices(withDefaultPlatform(written), observed.images)
  const targets = new Set(options.services ?? Object.keys(selectAsked(project)))
  const asked = options.noDeps === true ? targets : withDependencies(project.services, targets)
  const followers = new Set([...(options.followers ?? [])].filter((name) => !asked.has(name)))
  const parts = new Map<ServiceName, RememberedParts>()
  const partsOf = (service: ServiceName): RememberedParts => {
    const known = parts.get(service) ?? toRememberedParts(project, service, options)
    parts.set(service, known)
    return known
  }
  const partsLike: UpContext['partsLike'] = (service, remembered) => {
    const digest = findDigest(remembered, options)
    if (digest === undefined) return undefined
    return remembered.key === undefined
      ? toConfigParts(project, service, { ...options, digest })
      : partsOf(service).parts
  }
  const byService = Map.groupBy(
    observed.containers
      .filter((container) => !container.oneOff && container.state !== 'removing')
      .toSorted((a, b) => a.number - b.number),
    (container) => container.service,
  )
  const steps = createStepList()
  const containersOf = (service: ServiceName): readonly ObservedContainer[] => byService.get(service) ?? []
  return {
    project,
    observed,
    options,
    targets,
    followers,
    partsOf,
    partsLike,
    containersOf,
    // Who is scaled away, or replaced, lends to nobody any more.
    bonds: toBondContext(project, observed, (service) =>
      containersOf(service).filter((container) => !steps.has(`${subjectOf(container)}/remove`)),
    ),
    steps,
    warnings: [],
    scope: Object.keys(project.services).filter((name) => asked.has(name) || followers.has(name)),
    problems: [],
    deferred: new Set(),
    hashOf: (service) =>
      toServiceHash(
        withApiSocket(serviceOf({ project }, service), observed.engine.socketPath),
        options.digest,
        (parent) => containersOf(parent)[0]?.id,
      ),
  }
}

/** Takes in what makes the plan impossible, with its place in the file; the planning goes on, to find the others. */
export const refuse = ({ problems }: Pick<UpContext, 'problems'>, error: StackError, path: string): void => {
  problems.push({ ...error.toProblem(), path })
}
