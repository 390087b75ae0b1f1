import { withDependents } from '../project/graph.ts'
import { label, toImageReference } from '../project/identity.ts'
import type { Project, ServiceName } from '../project/project.ts'
import type { Plan } from './action.ts'
import { isUp, refOf, subjectOf } from './container-steps.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { addOrderedStops, providedServices } from './ordered-stops.ts'
import { createStepList, type StepList } from './step-list.ts'

/** What is taken down: a project by its file, or by its name alone from the labels of what is there. */
export type DownTarget = { readonly name: string; readonly project?: Project }

export type DownOptions = {
  /** With these, their dependents go too, and everything else stays. */
  readonly services?: readonly ServiceName[]
  /** Remove named volumes that the file declares, and anonymous ones. */
  readonly volumes?: boolean
  readonly removeOrphans?: boolean
  readonly rmi?: 'local' | 'all'
  readonly graceSeconds?: number
}

type DownContext = {
  readonly target: DownTarget
  readonly project?: Project
  readonly observed: Observed
  readonly options: DownOptions
  readonly steps: StepList
  readonly going: readonly ObservedContainer[]
}

const selectContainers = ({
  target,
  observed,
  options,
}: {
  target: DownTarget
  observed: Observed
  options: DownOptions
}): readonly ObservedContainer[] => {
  const { project } = target
  // One that the engine is still removing holds its networks until it is gone: removing it again waits for that.
  const mine = observed.containers
  if (project === undefined) return mine.filter(({ service }) => options.services?.includes(service) !== false)
  const all = { ...project.context.disabled, ...project.services }
  const chosen = options.services === undefined ? undefined : withDependents(all, options.services)
  return mine.filter(({ service }) =>
    all[service] === undefined ? options.removeOrphans === true : chosen?.has(service) !== false,
  )
}

/** Every container is removed as soon as it has stopped. */
const planRemovals = (context: DownContext): ReadonlyMap<string, string> => {
  const { going, steps, options } = context
  const { project } = context
  const named =
    options.services === undefined || project === undefined
      ? undefined
      : withDependents(project.services, options.services)
  addOrderedStops(context, going, { cause: 'goes down', provided: providedServices(project, named), verb: 'down' })
  const removals = new Map<string, string>()
  for (const container of going) {
    const id = `${subjectOf(container)}/remove`
    removals.set(
      container.id,
      steps.add({
        id: steps.has(id) ? `${id}-${container.id.slice(0, 12)}` : id,
        needs: isUp(container) ? [`${subjectOf(container)}/stop`] : [],
        action: {
          kind: 'container/remove',
          container: refOf(container),
          service: container.service,
          force: true,
          anonymousVolumes: options.volumes === true,
        },
        cause: 'goes down',
      }),
    )
  }
  return removals
}

/** A network goes as soon as its last container is gone; one that others still use stays. */
const planNetworks = (
  { target, observed, options, steps, going }: DownContext,
  removals: ReadonlyMap<string, string>,
): void => {
  const { project } = target
  const staying = observed.containers.filter((container) => !going.includes(container))
  for (const { id, name, labels } of observed.networks) {
    if (labels[label.project] !== target.name || isExternal(project, 'networks', name)) continue
    const users = going.filter(({ networks }) => networks.some((one) => one.name === name))
    if (staying.some(({ networks }) => networks.some((one) => one.name === name))) continue
    if (options.services !== undefined && users.length === 0) continue
    const step = `network.${labels[label.network] ?? name}/remove`
    steps.add({
      // Engines before API 1.44 can have two of one name.
      id: steps.has(step) ? `${step}-${id.slice(0, 12)}` : step,
      needs: users.flatMap((container) => removals.get(container.id) ?? []),
      action: { kind: 'network/remove', id, name },
      cause: 'nothing of the project uses it any more',
    })
  }
}

const isExternal = (project: Project | undefined, kind: 'networks' | 'volumes', name: string): boolean =>
  Object.values(project?.[kind] ?? {}).some((object) => object.name === name && object.external === true)

/** Named volumes go only when asked for, and only those that the project made. */
const planVolumes = (
  { target, observed, options, steps, going }: DownContext,
  removals: ReadonlyMap<string, string>,
): void => {
  if (options.volumes !== true) return
  const staying = observed.containers.filter((container) => !going.includes(container))
  for (const { name, labels } of observed.volumes) {
    if (labels[label.project] !== target.name || isExternal(target.project, 'volumes', name)) continue
    const uses = ({ mounts }: ObservedContainer): boolean =>
      mounts.some((mount) => mount.type === 'volume' && mount.source === name)
    const users = going.filter(uses)
    if (staying.some(uses) || (options.services !== undefined && users.length === 0)) continue
    steps.add({
      id: `volume.${labels[label.volume] ?? name}/remove`,
      needs: users.flatMap((container) => removals.get(container.id) ?? []),
      action: { kind: 'volume/remove', name },
      cause: 'asked for with --volumes',
      destructive: true,
    })
  }
}

/** `--rmi local`: images that have no name of their own in the file; `all`: every image of a service. */
const planImages = ({ target, options, steps, going }: DownContext, removals: ReadonlyMap<string, string>): void => {
  const { project } = target
  if (options.rmi === undefined || project === undefined) return
  const images = new Set(
    Object.entries(project.services).flatMap(([name, service]) =>
      service.provider === undefined && (options.rmi === 'all' || service.image === undefined)
        ? [toImageReference(project, name)]
        : [],
    ),
  )
  for (const image of images) {
    steps.add({
      id: `image.${image}/remove`,
      needs: going.flatMap((container) => removals.get(container.id) ?? []),
      action: { kind: 'image/remove', image },
      cause: `asked for with --rmi ${options.rmi}`,
    })
  }
}

/**
 * What `down` does: stops in reverse dependency order, removes each container as soon as it has stopped and each network
 * and volume as soon as nothing uses it. Works from labels alone when there is no file. `volume/remove` is marked
 * destructive; asking for it with a flag is the confirmation.
 */
export const planDown = (target: DownTarget, observed: Observed, options: DownOptions): Plan => {
  const context: DownContext = {
    target,
    observed,
    options,
    ...(target.project === undefined ? {} : { project: target.project }),
    steps: createStepList(),
    going: selectContainers({ target, observed, options }),
  }
  const removals = planRemovals(context)
  planNetworks(context, removals)
  planVolumes(context, removals)
  planImages(context, removals)
  return { steps: context.steps.sorted(), warnings: [], unchanged: [] }
}
