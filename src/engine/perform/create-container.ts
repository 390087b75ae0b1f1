import { withApiSocket } from '../../core/project/api-socket.ts'
import { toServiceHash } from '../../core/project/compose-hash.ts'
import { namespaceParents, withOwnContainers } from '../../core/project/graph.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { ErrorData } from '../../core/errors/catalog.ts'
import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import { toMountLabel } from '../../core/plan/image-mounts.ts'
import type { ObservedImage } from '../../core/plan/observed.ts'
import type { Project } from '../../core/project/project.ts'
import type { Service } from '../../core/project/service.ts'
import type { ContainerSpec } from '../ports/container-runtime.ts'
import { makeBindSources } from './bind-sources.ts'
import type { ActionOf, StepContext } from './context.ts'
import { withFreeName } from './free-name.ts'
import { inheritVolumes } from './inherit-volumes.ts'
import { selectOutdated } from './renewed-volumes.ts'
import { requireProject } from './world.ts'

type CreateAction = ActionOf<'container/create'>

/** Creates a container and remembers its id for the steps that need it. Not repeated: it may have been done. */
export const createContainer = async (action: CreateAction, context: StepContext): Promise<void> => {
  const { runtime, signal, world } = context
  await makeBindSources(context, { name: action.service, service: action.definition })
  const spec = await toSpec(action, context)
  const inherited = await inheritVolumes(action, context)
  const inheritedVolumes =
    inherited === undefined ? undefined : await withoutOutdated(action, context, { spec, inherited })
  const whole = { ...spec, ...(inheritedVolumes === undefined ? {} : { inheritedVolumes }) }
  const created = await withFreeName(() => runtime.createContainer(whole, { signal }), context, spec.name).catch(
    (error: unknown) => {
      throw toObjectError(error, action.definition, spec.project) ?? error
    },
  )
  world.recordContainer(context.step, { id: created.id, service: action.service, number: action.number })
  for (const warning of created.warnings) context.warn('engine/warning', `${action.name}: ${warning}`)
}

/** A missing file that is mounted for a secret or a config is told as theirs, with the key that names it. */
const toObjectError = (
  error: unknown,
  service: Service,
  project: Pick<Project, 'configs' | 'secrets' | 'context'>,
): StackError | undefined => {
  if (!isStackError(error) || error.code !== 'engine/bind-source-missing') return undefined
  const { path } = error.data as ErrorData<'engine/bind-source-missing'>
  for (const kind of ['secret', 'config'] as const) {
    const used = (service[`${kind}s`] ?? []).find(({ source }) => project[`${kind}s`][source]?.file === path)
    if (used === undefined) continue
    const at = project.context.findPlace(`${kind}s.${used.source}.file`)
    const more = { cause: error, ...(at === undefined ? {} : { at }) }
    return new StackError('engine/object-file-missing', { kind, name: used.source, path }, more)
  }
  return undefined
}

const toSpec = async (action: CreateAction, context: StepContext): Promise<ContainerSpec> => {
  const { runtime, signal, world } = context
  const project = requireProject(context.project)
  const image = action.definition.image ?? toImageReference(project, action.service)
  const found = world.image(image) ?? (await context.retry(() => runtime.inspectImage(image, { signal })))
  if (found !== undefined) world.recordImage(image, found)
  const extraEnvironment = world.environment.get(action.service)
  return {
    name: action.name,
    project,
    serviceName: action.service,
    service: withOwnContainers(action.definition, project.services),
    image,
    labels: {
      ...action.labels,
      ...toHashLabel(action, context),
      ...(found === undefined ? {} : { [label.image]: found.id }),
      ...toMountLabel(await findMounted(action, context)),
    },
    networkNames: toNetworkNames(project, action.definition),
    containersOf: world.containersOf(),
    ...(extraEnvironment === undefined ? {} : { extraEnvironment }),
    ...(action.oneOff === undefined ? {} : { oneOff: action.oneOff }),
  }
}

/** The definition has its images under the names by which they are mounted. */
const findMounted = async (
  { definition }: CreateAction,
  { runtime, signal, world, retry }: StepContext,
): Promise<readonly { readonly target: string; readonly image: ObservedImage }[]> => {
  const mounts = (definition.volumes ?? []).filter(({ type, source }) => type === 'image' && source !== undefined)
  const found = await Promise.all(
    mounts.map(async ({ source = '', target }) => {
      const image = world.image(source) ?? (await retry(() => runtime.inspectImage(source, { signal })))
      return image === undefined ? [] : [{ target, image }]
    }),
  )
  return found.flat()
}

/** Of a service that shares, the hash is of the ids of those with whom it shares, some of which this plan has made. */
const toHashLabel = (
  { definition, oneOff }: CreateAction,
  { world, digest }: StepContext,
): Readonly<Record<string, string>> => {
  if (oneOff !== undefined || namespaceParents(definition).length === 0) return {}
  const containers = world.containersOf()
  const whole = withApiSocket(definition, world.engine()?.socketPath)
  return { [label.configHash]: toServiceHash(whole, digest, (name) => containers[name]) }
}

type Inheriting = { readonly spec: ContainerSpec; readonly inherited: Readonly<Record<string, string>> }

const withoutOutdated = async (
  { imageChanged, replaces, service }: CreateAction,
  context: StepContext,
  { spec, inherited }: Inheriting,
): Promise<Readonly<Record<string, string>>> => {
  if (imageChanged !== true || replaces === undefined) return inherited
  const before =
    context.world.observedContainer(replaces) ??
    (await context.retry(() => context.runtime.inspectContainer(replaces, { signal: context.signal })))
  if (before === undefined) return inherited
  const outdated = await selectOutdated(context, {
    oldImage: before.imageId,
    targets: Object.keys(inherited),
    spec: { ...spec, labels: { ...spec.labels, [label.oneOff]: 'True' } },
  })
  for (const target of outdated)
    context.emit({
      type: 'step/progressed',
      id: context.step,
      note: `${target} of ${service} is made anew: its lock file changed`,
    })
  return Object.fromEntries(Object.entries(inherited).filter(([target]) => !outdated.has(target)))
}

export const toNetworkNames = (
  project: Pick<Project, 'networks'>,
  service: Pick<Service, 'networks'>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(service.networks ?? {}).flatMap((key) => {
      const name = project.networks[key]?.name
      return name === undefined ? [] : [[key, name]]
    }),
  )
