import { StackError } from '../errors/stack-error.ts'
import { label, toContainerLabels, toContainerName, toImageReference, toTemporaryName } from '../project/identity.ts'
import type { ServiceName } from '../project/project.ts'
import type { ContainerRef } from './action.ts'
import { createNeeds, type Resources } from './create-needs.ts'
import { addStop, isUp, refOf, subjectOf } from './container-steps.ts'
import type { ObservedContainer } from './observed.ts'
import { runsImage } from './image-content.ts'
import { platformOf } from '../project/platform.ts'
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

/** The plan of the containers so far. */
export type Draft = {
  readonly replicas: Map<ServiceName, readonly Replica[]>
  readonly renewed: Set<ServiceName>
  readonly resources: Resources
}

const nameOf = ({ project, options: { separator } }: UpContext, service: ServiceName, number: number): string =>
  toContainerName(project, service, { number, ...(separator === undefined ? {} : { separator }) })

/** A replacement that has not taken its name yet. The label stays when it has, and says nothing then. */
export const isTemporary = (context: UpContext, { service, number, name, labels }: ObservedContainer): boolean =>
  labels[label.replace] !== undefined && name !== nameOf(context, service, number)

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
  const lacks = context.project.context.lacking?.[service]
  if (lacks !== undefined) throw new StackError('file/invalid', { count: lacks.length }, { problems: lacks })
  const configHash = context.hashOf(service)
  const labels = toContainerLabels(context.project, service, {
    number,
    configHash,
    parts: context.partsOf(service),
    ...(replaces === undefined ? {} : { replaces: replaces.name }),
  })
  const image = context.observed.images.get(toImageReference(context.project, service))
  const definition = serviceOf(context, service)
  const platform = platformOf(definition, context.project.context.environment)
  return context.steps.add({
    id: `${service}.${number}/create`,
    needs: creation.needs,
    action: {
      kind: 'container/create',
      service,
      definition: platform === undefined ? definition : { ...definition, platform },
      number,
      name: creation.name,
      configHash,
      labels,
      ...(replaces === undefined
        ? {}
        : {
            replaces: replaces.id,
            renewVolumes: context.options.renewAnonymousVolumes === true,
            imageChanged:
              image === undefined || !runsImage(replaces, { image, platform, engine: context.observed.engine }),
          }),
    },
    cause: creation.cause,
    ...(group === undefined ? {} : { group }),
  })
}

/** A container where there is none. */
export const addNew = (
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
export const addReplacement = (
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
export const addKept = (
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

/** A container goes for good. */
export const addRemoval = (
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
