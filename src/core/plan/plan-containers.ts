import { label, toContainerLabels, toContainerName, toImageReference, toTemporaryName } from '../project/identity.ts'
import { dependenciesOf, namespaceParents } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import type { ContainerRef } from './action.ts'
import { addStop, isUp, refOf, subjectOf } from './container-steps.ts'
import { diffContainer, type Verdict } from './diff.ts'
import type { ObservedContainer } from './observed.ts'
import type { ImageSteps } from './plan-images.ts'
import type { NetworkSteps } from './plan-networks.ts'
import type { VolumeSteps } from './plan-volumes.ts'
import { replicaCount } from './replica-count.ts'
import { serviceOf, type UpContext } from './up-context.ts'

/** A container of a service as it will be when the plan has been carried out. */
export type Replica = {
  readonly number: number
  readonly ref: ContainerRef
  /** Steps after which the container is there under its own name, on its networks, with its volumes. */
  readonly made: readonly string[]
  /** What it is now, where it stays; undefined for a new one. */
  readonly kept?: ObservedContainer
  /** The step that stops the container it replaces. */
  readonly stopsOld?: string
  /** It is stopped by a step of this plan and has to be started again. */
  readonly halted: boolean
}

export type Resources = { readonly images: ImageSteps; readonly networks: NetworkSteps; readonly volumes: VolumeSteps }

export type ContainerPlan = {
  readonly replicas: ReadonlyMap<ServiceName, readonly Replica[]>
  /** Services that get a new container in place of one that was there. */
  readonly renewed: ReadonlySet<ServiceName>
}

type Draft = {
  readonly replicas: Map<ServiceName, readonly Replica[]>
  readonly renewed: Set<ServiceName>
  readonly resources: Resources
}
type Judged = { readonly container: ObservedContainer; readonly verdict: Verdict }

const nameOf = ({ project, options: { separator } }: UpContext, service: ServiceName, number: number): string =>
  toContainerName(project, service, { number, ...(separator === undefined ? {} : { separator }) })

/** A replacement that has not taken its name yet. The label stays when it has, and says nothing then. */
const isTemporary = (context: UpContext, { service, number, name, labels }: ObservedContainer): boolean =>
  labels[label.replace] !== undefined && name !== nameOf(context, service, number)

/** Steps that a new container waits for: its own image, networks, volumes and namespaces, and nothing else. */
const createNeeds = (context: UpContext, draft: Draft, name: ServiceName): readonly string[] => {
  const service = serviceOf(context, name)
  const { images, networks, volumes } = draft.resources
  const ids = [
    images.get(toImageReference(context.project, name)),
    ...(service.network_mode === undefined
      ? Object.keys(service.networks ?? {}).map((key) => networks.steps.get(key))
      : []),
    ...(service.volumes ?? []).map(({ type, source }) =>
      type === 'volume' && source !== undefined ? volumes.steps.get(source) : undefined,
    ),
    // A volume that the image fills is copied into at the creation, and two creations at once would both copy.
    ...namespaceParents(service).flatMap((parent) => draft.replicas.get(parent)?.[0]?.made.slice(0, 1) ?? []),
  ]
  return ids.filter((id) => id !== undefined)
}

/** Whether a secret or config of the service has no file to be mounted and is copied into the container; so are logins. */
const needsCopy = ({ project }: UpContext, name: ServiceName): boolean =>
  project.services[name]?.use_api_socket === true ||
  (['configs', 'secrets'] as const).some((kind) =>
    (project.services[name]?.[kind] ?? []).some(
      ({ source }) => project[kind][source]?.file === undefined && project[kind][source]?.external !== true,
    ),
  )

const addCopy = (
  context: UpContext,
  name: ServiceName,
  { subject, ref, needs, group }: { subject: string; ref: ContainerRef; needs: readonly string[]; group?: string },
): readonly string[] =>
  needsCopy(context, name)
    ? [
        context.steps.add({
          id: `${subject}/copy`,
          needs,
          action: { kind: 'container/copy', container: ref, service: name },
          cause: 'configs and secrets without a file',
          ...(group === undefined ? {} : { group }),
        }),
      ]
    : []

type Creation = {
  readonly number: number
  readonly name: string
  readonly cause: string
  readonly needs: readonly string[]
  readonly replaces?: ObservedContainer
  readonly group?: string
}

const addCreate = (context: UpContext, service: ServiceName, creation: Creation): string => {
  const { number, replaces, group } = creation
  const configHash = context.hashOf(service)
  const labels = toContainerLabels(context.project, service, {
    number,
    configHash,
    parts: context.partsOf(service),
    ...(replaces === undefined ? {} : { replaces: replaces.name }),
  })
  const image = context.observed.images.get(toImageReference(context.project, service))
  return context.steps.add({
    id: `${service}.${number}/create`,
    needs: creation.needs,
    action: {
      kind: 'container/create',
      service,
      definition: serviceOf(context, service),
      number,
      name: creation.name,
      configHash,
      labels,
      ...(replaces === undefined
        ? {}
        : {
            replaces: replaces.id,
            renewVolumes: context.options.renewAnonymousVolumes === true,
            imageChanged: image?.id !== replaces.imageId,
          }),
    },
    cause: creation.cause,
    ...(group === undefined ? {} : { group }),
  })
}

const addNew = (
  context: UpContext,
  draft: Draft,
  {
    service,
    number,
    cause,
    needs = [],
  }: { service: ServiceName; number: number; cause: string; needs?: readonly string[] },
): Replica => {
  const name = nameOf(context, service, number)
  const create = addCreate(context, service, {
    number,
    name,
    cause,
    needs: [...createNeeds(context, draft, service), ...needs],
  })
  const ref: ContainerRef = { step: create, name }
  return {
    number,
    ref,
    made: [create, ...addCopy(context, service, { subject: `${service}.${number}`, ref, needs: [create] })],
    halted: false,
  }
}

/**
 * The new container is made under a temporary name while the old one still runs; if that fails, nothing is lost. Then
 * the old one is stopped and removed and the new one takes its name.
 */
const addReplacement = (
  context: UpContext,
  draft: Draft,
  {
    service,
    container,
    cause,
    waits,
  }: { service: ServiceName; container: ObservedContainer; cause: string; waits: readonly string[] },
): Replica => {
  const subject = `${service}.${container.number}`
  const group = `recreate ${subject}`
  const name = nameOf(context, service, container.number)
  const create = addCreate(context, service, {
    number: container.number,
    name: toTemporaryName(container.id, name),
    cause,
    replaces: container,
    group,
    needs: [...createNeeds(context, draft, service), ...waits],
  })
  const ref: ContainerRef = { step: create, name }
  const copied = addCopy(context, service, { subject, ref, needs: [create], group })
  // A container that has to leave a network that is made again is stopped before that: long before its replacement is there.
  const stopped = context.steps.has(`${subject}/stop`)
  const stop =
    isUp(container) && !stopped ? addStop(context, container, { needs: [create, ...copied], cause, group }) : undefined
  const removed = context.steps.add({
    id: `${subject}/remove`,
    needs: [create, ...copied, ...(stop === undefined ? [] : [stop]), ...(stopped ? [`${subject}/stop`] : [])],
    action: {
      kind: 'container/remove',
      container: refOf(container),
      service,
      force: true,
      anonymousVolumes: context.options.renewAnonymousVolumes === true,
    },
    cause,
    group,
  })
  const renamed = context.steps.add({
    id: `${subject}/rename`,
    needs: [removed],
    action: { kind: 'container/rename', container: ref, service, to: name },
    cause,
    group,
  })
  return {
    number: container.number,
    ref,
    made: [create, renamed],
    halted: false,
    ...(stop === undefined ? {} : { stopsOld: stop }),
  }
}

/** A container that stays comes back to the networks that were made again, and finishes what an interrupted run began. */
const addKept = (
  context: UpContext,
  draft: Draft,
  { service, container, gone }: { service: ServiceName; container: ObservedContainer; gone: readonly string[] },
): Replica => {
  const { networks } = draft.resources
  const subject = subjectOf(container)
  const made: string[] = []
  const name = nameOf(context, service, container.number)
  if (isTemporary(context, container)) {
    made.push(
      context.steps.add({
        id: `${subject}/rename`,
        needs: gone,
        action: { kind: 'container/rename', container: refOf(container), service, to: name },
        cause: 'an earlier replacement was interrupted',
      }),
    )
  }
  for (const [network, key] of networks.remade) {
    const left = networks.stopped.get(container.id)
    if (left === undefined || !container.networks.some((one) => one.name === network)) continue
    made.push(
      context.steps.add({
        id: `${subject}/join.${key}`,
        needs: [networks.steps.get(key) ?? left, left],
        action: { kind: 'network/connect', container: refOf(container), service, key, network },
        cause: `definition of network ${key} changed`,
        group: `recreate network ${key}`,
      }),
    )
  }
  if (container.state === 'created')
    made.push(...addCopy(context, service, { subject, ref: refOf(container), needs: [] }))
  return {
    number: container.number,
    ref: refOf(container),
    made,
    kept: container,
    halted: isUp(container) && context.steps.has(`${subject}/stop`),
  }
}

const addRemoval = (
  context: UpContext,
  container: ObservedContainer,
  { cause, verb = 'remove' }: { cause: string; verb?: string },
): string => {
  const needs = isUp(container) ? [addStop(context, container, { cause })] : []
  return context.steps.add({
    id: `${subjectOf(container)}/${verb}`,
    needs,
    cause,
    action: {
      kind: 'container/remove',
      container: refOf(container),
      service: container.service,
      force: true,
      anonymousVolumes: false,
    },
  })
}

/**
 * A replacement whose old container is still there was interrupted before it ever ran: it goes, and is made again, under
 * the same temporary name and therefore after it.
 */
const dropLeftovers = (
  context: UpContext,
  containers: readonly ObservedContainer[],
): { readonly present: readonly ObservedContainer[]; readonly drops: ReadonlyMap<number, readonly string[]> } => {
  const numbers = new Map<number, ObservedContainer>()
  const drops = new Map<number, readonly string[]>()
  for (const container of containers) {
    const other = numbers.get(container.number)
    const keepsOther = other !== undefined && isTemporary(context, container)
    if (!keepsOther) numbers.set(container.number, container)
    const extra = keepsOther ? container : other
    if (extra === undefined) continue
    drops.set(container.number, [
      ...(drops.get(container.number) ?? []),
      context.steps.add({
        id: `${subjectOf(container)}/drop-${extra.id.slice(0, 12)}`,
        cause: 'left over from an interrupted replacement',
        action: {
          kind: 'container/remove',
          container: refOf(extra),
          service: extra.service,
          force: true,
          anonymousVolumes: false,
        },
      }),
    ])
  }
  return { present: [...numbers.values()], drops }
}

/** A container that the engine is still removing keeps its name until it is gone: steps that wait for that. */
const awaitVanishing = (context: UpContext, name: ServiceName): readonly string[] =>
  context.observed.containers
    .filter(({ service, state }) => service === name && state === 'removing')
    .map((container) =>
      context.steps.add({
        id: `${subjectOf(container)}/vanish-${container.id.slice(0, 12)}`,
        cause: 'the engine is still removing it',
        action: {
          kind: 'container/remove',
          container: refOf(container),
          service: name,
          force: true,
          anonymousVolumes: false,
        },
      }),
    )

/** Which containers stay when there are too many: those that need no change before others, low numbers before high. */
const chooseKept = (judged: readonly Judged[], count: number): ReadonlySet<ObservedContainer> =>
  new Set(
    judged
      .toSorted(
        (a, b) =>
          Number(a.verdict.kind === 'recreate') - Number(b.verdict.kind === 'recreate') ||
          a.container.number - b.container.number,
      )
      .slice(0, count)
      .map(({ container }) => container),
  )

const planService = (context: UpContext, draft: Draft, name: ServiceName): readonly Replica[] => {
  const { networks, volumes } = draft.resources
  const { present, drops } = dropLeftovers(context, context.containersOf(name))
  const freed = present.filter(({ id }) => volumes.removed.has(id))
  const judged = present
    .filter(({ id }) => !volumes.removed.has(id))
    .map((container) => ({
      container,
      verdict: diffContainer(context, { name, container, networks, renewed: draft.renewed }),
    }))
  const gone = awaitVanishing(context, name)
  const count = replicaCount(context, name)
  const kept = chooseKept(judged, count)
  const replicas: Replica[] = []
  for (const { container, verdict } of judged) {
    if (!kept.has(container)) addRemoval(context, container, { cause: `scaled to ${count}` })
    else if (verdict.kind === 'keep')
      replicas.push(
        addKept(context, draft, { service: name, container, gone: [...gone, ...(drops.get(container.number) ?? [])] }),
      )
    else {
      draft.renewed.add(name)
      replicas.push(
        addReplacement(context, draft, {
          service: name,
          container,
          cause: verdict.cause,
          waits: [...gone, ...(drops.get(container.number) ?? [])],
        }),
      )
    }
  }
  for (const container of freed) {
    draft.renewed.add(name)
    if (replicas.length >= count) continue
    replicas.push(
      addNew(context, draft, {
        service: name,
        number: container.number,
        cause: 'its volume is made again',
        needs: [...gone, volumes.removed.get(container.id) ?? ''],
      }),
    )
  }
  // Counted on from the highest, as the reference does: a gap in the middle stays one.
  let number = Math.max(0, ...replicas.map((replica) => replica.number))
  while (replicas.length < count) {
    number += 1
    replicas.push(
      addNew(context, draft, {
        service: name,
        number,
        cause: present.length === 0 ? 'does not exist yet' : `scaled to ${count}`,
        needs: gone,
      }),
    )
  }
  return replicas
}

/** Services with those whose namespaces or readiness they need first. */
export const inDependencyOrder = (context: Pick<UpContext, 'project' | 'scope'>): readonly ServiceName[] => {
  const sorted: ServiceName[] = []
  const seen = new Set<ServiceName>()
  const inScope = new Set(context.scope)
  const visit = (name: ServiceName): void => {
    if (seen.has(name) || !inScope.has(name)) return
    seen.add(name)
    for (const [dependency] of dependenciesOf(context.project.services, name)) visit(dependency)
    sorted.push(name)
  }
  for (const name of context.scope) visit(name)
  return sorted
}

/** Decides for every replica of the scope: stays, is replaced, is new, or goes. */
export const planContainers = (context: UpContext, resources: Resources): ContainerPlan => {
  const draft: Draft = { replicas: new Map(), renewed: new Set(), resources }
  for (const name of inDependencyOrder(context)) {
    if (context.deferred.has(name) || serviceOf(context, name).provider !== undefined) continue
    draft.replicas.set(name, planService(context, draft, name))
  }
  return draft
}
