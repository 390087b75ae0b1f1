import { StackError } from '../errors/stack-error.ts'
import { toVolumeHash } from '../project/compose-hash.ts'
import { label, toVolumeLabels } from '../project/identity.ts'
import { sharesOf } from '../project/graph.ts'
import type { ServiceName, Volume, VolumeName } from '../project/project.ts'
import type { Service } from '../project/service.ts'
import type { ObservedContainer } from './observed.ts'
import { addStop, isUp, subjectOf } from './container-steps.ts'
import { isLeftOut, refuse, serviceOf, type UpContext } from './up-context.ts'

const noService: Service = { command: null, entrypoint: null }

export type VolumeSteps = {
  /** Step that makes the volume; absent: it is there. */
  readonly steps: ReadonlyMap<VolumeName, string>
  /** Containers that are removed with their volume, by id: they are made anew and inherit nothing. */
  readonly removed: ReadonlyMap<string, string>
}

const usedVolumes = (context: UpContext): ReadonlySet<VolumeName> => {
  if (context.options.allResources === true) return new Set(Object.keys(context.project.volumes))
  return new Set(
    context.scope.flatMap((name) =>
      (serviceOf(context, name).volumes ?? []).flatMap(({ type, source }) =>
        type === 'volume' && source !== undefined ? [source] : [],
      ),
    ),
  )
}

const keepWarning = (
  context: UpContext,
  { key, volume: { name }, users, others }: Diverged & { readonly others: readonly ServiceName[] },
): void => {
  const message = `Volume "${name}" was made from another definition than the file has now. It is kept as it is, with its data.`
  context.warnings.push({
    severity: 'warning',
    code: 'plan/volume-diverged',
    message:
      others.length === 0
        ? message
        : `${message} It is also used by ${others.join(', ')}, which this command leaves out.`,
    hint: `Run "stack up --renew-volumes-of ${users[0] ?? 'SERVICE'}" to make it again; its data is lost then.`,
    path: `volumes.${key}`,
  })
}

const foreignWarning = (context: UpContext, key: VolumeName, { name }: Volume): void => {
  context.warnings.push({
    severity: 'warning',
    code: 'plan/foreign-volume',
    message: `Volume "${name}" exists and was not created for project "${context.project.name}". It is used as it is.`,
    hint: `Say "external: true" on volume "${key}" if that is what you want.`,
    path: `volumes.${key}`,
  })
}

type Draft = { readonly steps: Map<VolumeName, string>; readonly removed: Map<string, string> }

const addCreate = (
  context: UpContext,
  draft: Draft,
  { key, needs, cause }: { key: VolumeName; needs: readonly string[]; cause: string },
): void => {
  const volume = context.project.volumes[key]
  if (volume === undefined) return
  const labels = toVolumeLabels(context.project, key, toVolumeHash(volume, context.options.digest))
  draft.steps.set(
    key,
    context.steps.add({
      id: `volume.${key}/create`,
      needs,
      action: { kind: 'volume/create', key, volume, labels },
      cause,
    }),
  )
}

/** A container that uses the volume goes before it; the service's own steps make a new one. */
const removeUser = (
  context: UpContext,
  container: ObservedContainer,
  { cause, group }: { cause: string; group: string },
): string => {
  const id = `${subjectOf(container)}/release-volumes`
  if (context.steps.has(id)) return id
  return context.steps.add({
    id,
    needs: isUp(container) ? [addStop(context, container, { cause })] : [],
    action: { kind: 'container/remove', container, service: container.service, force: true, anonymousVolumes: false },
    cause,
    group,
  })
}

/** Those that mount the volume themselves, and those that take all volumes of one that does, by way of others too. */
const usersOf = (context: UpContext, name: string): readonly ObservedContainer[] => {
  const mounting = context.observed.containers.filter(({ mounts }) =>
    mounts.some(({ type, source }) => type === 'volume' && source === name),
  )
  const users = new Set(mounting)
  const services = new Set(mounting.map(({ service }) => service))
  const borrows = ({ service, bonds = [] }: ObservedContainer): boolean =>
    sharesOf(context.project.services[service] ?? noService, context.project.services).some(
      (share) => share.kind === 'volumes' && share.service !== undefined && services.has(share.service),
    ) || bonds.some(({ kind, id }) => kind === 'volumes' && [...users].some((user) => user.id === id))
  for (let size = -1; size !== users.size;) {
    size = users.size
    for (const container of context.observed.containers.filter(borrows)) {
      users.add(container)
      services.add(container.service)
    }
  }
  return [...users]
}

type Diverged = {
  readonly key: VolumeName
  readonly volume: Volume
  /** Services of the scope that mount it. */
  readonly users: readonly ServiceName[]
}

const remake = (
  context: UpContext,
  draft: Draft,
  { key, volume, agreed }: Omit<Diverged, 'users'> & { readonly agreed: boolean },
): void => {
  const cause = `definition of volume ${key} changed`
  const group = `recreate volume ${key}`
  const users = usersOf(context, volume.name).map((container) => {
    const id = removeUser(context, container, { cause, group })
    draft.removed.set(container.id, id)
    return id
  })
  const removed = context.steps.add({
    id: `volume.${key}/remove`,
    needs: users,
    action: { kind: 'volume/remove', name: volume.name },
    cause,
    group,
    destructive: true,
    ...(agreed ? { agreed } : {}),
  })
  addCreate(context, draft, { key, needs: [removed], cause })
}

const planVolume = (context: UpContext, draft: Draft, key: VolumeName): void => {
  const volume = context.project.volumes[key]
  if (volume === undefined) return
  const found = context.observed.volumes.find(({ name }) => name === volume.name)
  if (found === undefined) {
    if (volume.external === true) {
      const missing = new StackError('plan/external-missing', { kind: 'volume', key, name: volume.name })
      return refuse(context, missing, `volumes.${key}`)
    }
    addCreate(context, draft, { key, needs: [], cause: 'does not exist yet' })
    return
  }
  if (volume.external === true) return
  if (found.labels[label.project] !== context.project.name) {
    foreignWarning(context, key, volume)
    return
  }
  const hash = found.labels[label.configHash]
  if (hash === undefined || hash === toVolumeHash(volume, context.options.digest)) return
  planDiverged(context, draft, { key, volume, users: selectUsers(context, key) })
}

/** Made again only where that was agreed to, or is about to be asked, and where everybody who uses it comes back with it. */
const planDiverged = (context: UpContext, draft: Draft, diverged: Diverged): void => {
  const { divergedVolumes, renewVolumesOf = [] } = context.options
  const agreed = diverged.users.some((name) => renewVolumesOf.includes(name))
  const others = new Set(
    usersOf(context, diverged.volume.name)
      .filter((container) => isLeftOut(context, container))
      .map(({ service }) => service),
  )
  if (others.size > 0 || (!agreed && divergedVolumes === 'keep'))
    keepWarning(context, { ...diverged, others: [...others] })
  else remake(context, draft, { ...diverged, agreed })
}

const selectUsers = (context: UpContext, key: VolumeName): readonly ServiceName[] =>
  context.scope.filter((name) => usesVolume(context, name, key))

const usesVolume = (context: UpContext, name: ServiceName, key: VolumeName): boolean =>
  (serviceOf(context, name).volumes ?? []).some(({ type, source }) => type === 'volume' && source === key)

/** Makes the volumes that the scope uses be there. Only a changed definition ever removes one, and that is asked about. */
export const planVolumes = (context: UpContext): VolumeSteps => {
  const draft: Draft = { steps: new Map(), removed: new Map() }
  for (const key of usedVolumes(context)) planVolume(context, draft, key)
  return draft
}
