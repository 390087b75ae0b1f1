import { StackError } from '../errors/stack-error.ts'
import { toVolumeHash } from '../project/compose-hash.ts'
import { label, toVolumeLabels } from '../project/identity.ts'
import type { Volume, VolumeName } from '../project/project.ts'
import type { ObservedContainer } from './observed.ts'
import { addStop, isUp, subjectOf } from './container-steps.ts'
import { serviceOf, type UpContext } from './up-context.ts'

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

const keepWarning = (context: UpContext, key: VolumeName, { name }: Volume): void => {
  context.warnings.push({
    severity: 'warning',
    code: 'plan/volume-diverged',
    message: `Volume "${name}" was made from another definition than the file has now. It is kept as it is, with its data.`,
    hint: 'Run "stack up --yes" to make it again; its data is lost then.',
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

/** Those that mount the volume themselves, and those that take all volumes of one that does. */
const usersOf = (context: UpContext, name: string): readonly ObservedContainer[] => {
  const mounting = context.observed.containers.filter(({ mounts }) =>
    mounts.some(({ type, source }) => type === 'volume' && source === name),
  )
  const services = new Set(mounting.map(({ service }) => service))
  const borrowing = context.observed.containers.filter(({ service }) =>
    (context.project.services[service]?.volumes_from ?? []).some((entry) => services.has(entry.split(':')[0] ?? '')),
  )
  return [...new Set([...mounting, ...borrowing])]
}

const remake = (context: UpContext, draft: Draft, { key, volume }: { key: VolumeName; volume: Volume }): void => {
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
  })
  addCreate(context, draft, { key, needs: [removed], cause })
}

const planVolume = (context: UpContext, draft: Draft, key: VolumeName): void => {
  const volume = context.project.volumes[key]
  if (volume === undefined) return
  const found = context.observed.volumes.find(({ name }) => name === volume.name)
  if (found === undefined) {
    if (volume.external === true)
      throw new StackError('plan/external-missing', { kind: 'volume', key, name: volume.name })
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
  if (context.options.divergedVolumes === 'keep') keepWarning(context, key, volume)
  else remake(context, draft, { key, volume })
}

/** Makes the volumes that the scope uses be there. Only a changed definition ever removes one, and that is asked about. */
export const planVolumes = (context: UpContext): VolumeSteps => {
  const draft: Draft = { steps: new Map(), removed: new Map() }
  for (const key of usedVolumes(context)) planVolume(context, draft, key)
  return draft
}
