import type { FileReference, Mount } from '../../core/project/service.ts'
import { parseBytes } from '../../core/project/units.ts'
import type { ContainerSpec } from '../../engine/ports/container-runtime.ts'
import { apiSocketTarget } from '../../core/project/api-socket.ts'
import { defined } from './defined.ts'

export type Mounts = { readonly Binds: readonly string[]; readonly Mounts: readonly object[] }

/**
 * `Binds` for what the old notation can say, `Mounts` for the rest: only a bind string makes a missing folder on the host
 * on every engine. This is Docker Compose's rule, so that both make the same containers.
 */
export const toMounts = (spec: ContainerSpec, socketPath?: string): Mounts => {
  const Binds: string[] = []
  const mounts: object[] = []
  const targets = new Set<string>()
  for (const mount of spec.service.volumes ?? []) {
    targets.add(mount.target)
    const source = realSource(mount, spec)
    if (isBindString(mount, source)) Binds.push(toBindString(mount, source ?? ''))
    else mounts.push(toMount(mount, source))
  }
  // Where the file does not mount one itself.
  if (spec.service.use_api_socket === true && socketPath !== undefined && !targets.has(apiSocketTarget))
    Binds.push(`${socketPath}:${apiSocketTarget}:rw`)
  // Volumes that the image declares and the replaced container had.
  for (const [target, name] of Object.entries(spec.inheritedVolumes ?? {})) {
    if (!targets.has(target)) mounts.push({ Type: 'volume', Source: name, Target: target })
  }
  mounts.push(...fileMounts(spec, 'configs'), ...fileMounts(spec, 'secrets'))
  return { Binds, Mounts: mounts }
}

const realSource = (mount: Mount, spec: ContainerSpec): string | undefined => {
  if (mount.type !== 'volume') return mount.source
  if (mount.source === undefined || mount.source === '') return spec.inheritedVolumes?.[mount.target]
  return spec.project.volumes[mount.source]?.name ?? mount.source
}

const isBindString = (mount: Mount, source: string | undefined): boolean => {
  switch (mount.type) {
    case 'bind':
      // Only a bind string can ask for a label of SELinux; Docker Compose loses it where it uses a mount.
      return (
        (mount.bind === undefined || mount.bind.create_host_path === true || !isEmpty(mount.bind.selinux)) &&
        isEmpty(mount.bind?.propagation) &&
        isEmpty(mount.bind?.recursive)
      )
    case 'volume': {
      const { labels = {}, subpath, nocopy = false } = mount.volume ?? {}
      return (
        !isEmpty(mount.source) &&
        source !== undefined &&
        Object.keys(labels).length === 0 &&
        isEmpty(subpath) &&
        !nocopy
      )
    }
    default:
      return false
  }
}

const isEmpty = (text: string | undefined): boolean => text === undefined || text === ''

const toBindString = (mount: Mount, source: string): string => {
  const options = [
    mount.read_only === true ? 'ro' : 'rw',
    ...(isEmpty(mount.bind?.selinux) ? [] : [mount.bind?.selinux]),
  ]
  return `${source}:${mount.target}:${options.join(',')}`
}

const recursions = {
  disabled: { NonRecursive: true },
  writable: { ReadOnlyNonRecursive: true },
  readonly: { ReadOnlyForceRecursive: true },
} as const

const toMount = (mount: Mount, source: string | undefined): object => {
  const { bind, volume, tmpfs, image } = mount
  const recursion = recursions[bind?.recursive as keyof typeof recursions]
  return defined({
    Type: mount.type,
    Source: source,
    Target: mount.target,
    ReadOnly: mount.read_only,
    Consistency: mount.consistency,
    BindOptions:
      mount.type !== 'bind' || bind === undefined
        ? undefined
        : defined({
            Propagation: bind.propagation,
            CreateMountpoint: bind.create_host_path === true ? true : undefined,
            ...recursion,
          }),
    VolumeOptions:
      mount.type !== 'volume' || volume === undefined
        ? undefined
        : defined({ NoCopy: volume.nocopy, Subpath: volume.subpath, Labels: volume.labels }),
    TmpfsOptions:
      mount.type !== 'tmpfs' || tmpfs === undefined
        ? undefined
        : defined({
            SizeBytes: tmpfs.size === undefined ? undefined : parseBytes(String(tmpfs.size)),
            Mode: tmpfs.mode,
          }),
    ImageOptions: mount.type !== 'image' || image === undefined ? undefined : defined({ Subpath: image.subpath }),
  })
}

/** Configs and secrets that are files are mounted read-only; the others are copied in before the start. */
const fileMounts = (spec: ContainerSpec, kind: 'configs' | 'secrets'): readonly object[] =>
  (spec.service[kind] ?? []).flatMap((reference) => {
    const file = spec.project[kind][reference.source]?.file
    return file === undefined
      ? []
      : [{ Type: 'bind', Source: file, Target: fileTarget(reference, kind), ReadOnly: true, BindOptions: {} }]
  })

/** Where a config (`/<source>`) or secret (`/run/secrets/<source>`) is seen in the container. */
export const fileTarget = ({ source, target }: FileReference, kind: 'configs' | 'secrets'): string => {
  const folder = kind === 'secrets' ? '/run/secrets/' : '/'
  if (isEmpty(target)) return folder + source
  return /^(?:\/|[A-Za-z]:)/.test(target ?? '') ? (target ?? '') : folder + target
}
