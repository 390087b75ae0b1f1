import type { Project, ServiceName } from './project.ts'
import type { RememberedParts } from './remembered-parts.ts'
import type { Service } from './service.ts'

/**
 * How we know that an object is ours. The `com.docker.compose.*` labels are Docker Compose's own, so that every Docker
 * tool shows a stack as a project; `dev.stack.*` is ours. Nothing without our project label is ever changed or removed.
 */
export const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  slug: 'com.docker.compose.slug',
  configHash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  dependsOn: 'com.docker.compose.depends_on',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  replace: 'com.docker.compose.replace',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  version: 'com.docker.compose.version',
  /** Keyed short digests of each attribute, so that a later run can say which one changed. */
  parts: 'dev.stack.parts',
  /** By target, the images that are mounted, so that a later run sees that one is another by now. */
  mountedImages: 'dev.stack.mounted-images',
} as const

/** Value of `com.docker.compose.version`: the generation of labels that we write. */
const labelVersion = '2.40.3'

export type Separator = '-' | '_'

/** `three-tier-web-1`, or the service's own `container_name`. */
export const toContainerName = (
  project: Pick<Project, 'name' | 'services'>,
  service: ServiceName,
  { number, separator = '-' }: { readonly number: number; readonly separator?: Separator },
): string => project.services[service]?.container_name ?? [project.name, service, number].join(separator)

/** The name that a replacement is created under until the old container is gone. */
export const toTemporaryName = (replacedId: string, name: string): string => `${replacedId.slice(0, 12)}_${name}`

/** A project name for this folder where another has the same: `shop` in `/work/fix-login/shop` is `shop-fix-login`. */
export const nameForCheckout = (name: string, directory: string): string => {
  const parts = directory
    .toLowerCase()
    .split('/')
    .map((part) => part.replaceAll(/[^a-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, ''))
  const own = parts.findLast((part) => part !== '' && part !== name)
  return `${name}-${own ?? 2}`
}

/** The image that a service runs: its own, or the one that its build is named. */
export const toImageReference = (project: Pick<Project, 'name' | 'services'>, service: ServiceName): string =>
  project.services[service]?.image ?? `${project.name}-${service}`

/** Images of a service's `pre_start` hooks that have one of their own. */
export const toHookImages = ({ pre_start: hooks = [] }: Pick<Service, 'pre_start'>): readonly string[] =>
  hooks.flatMap(({ image }) => image ?? [])

/** Images that a service mounts. */
export const toMountedImages = ({ volumes = [] }: Pick<Service, 'volumes'>): readonly string[] =>
  volumes.flatMap(({ type, source }) => (type === 'image' && source !== undefined ? [source] : []))

const dependsOnText = (project: Project, service: ServiceName): string =>
  Object.entries(project.services[service]?.depends_on ?? {})
    .map(([name, dependency]) => `${name}:${dependency.condition}:${dependency.restart === true}`)
    .sort()
    .join(',')

export type ContainerLabels = {
  readonly number: number
  readonly configHash: string
  readonly parts: RememberedParts
  readonly replaces?: string
  readonly oneOff?: boolean
}

/** Every label of a container but the image's digest, which is known only once the image is there. */
export const toContainerLabels = (
  project: Project,
  service: ServiceName,
  facts: ContainerLabels,
): Record<string, string> => ({
  ...project.services[service]?.labels,
  [label.project]: project.name,
  [label.service]: service,
  [label.number]: String(facts.number),
  [label.oneOff]: facts.oneOff === true ? 'True' : 'False',
  [label.configHash]: facts.configHash,
  [label.dependsOn]: dependsOnText(project, service),
  [label.workingDir]: project.context.directory,
  [label.configFiles]: project.context.files.join(','),
  ...(project.context.envFiles.length === 0 ? {} : { [label.environmentFile]: project.context.envFiles.join(',') }),
  ...(facts.replaces === undefined ? {} : { [label.replace]: facts.replaces }),
  [label.version]: labelVersion,
  [label.parts]: JSON.stringify(facts.parts),
})

export const toNetworkLabels = (project: Project, key: string, configHash: string): Record<string, string> => ({
  ...project.networks[key]?.labels,
  [label.project]: project.name,
  [label.network]: key,
  [label.configHash]: configHash,
  [label.version]: labelVersion,
})

export const toVolumeLabels = (project: Project, key: string, configHash: string): Record<string, string> => ({
  ...project.volumes[key]?.labels,
  [label.project]: project.name,
  [label.volume]: key,
  [label.configHash]: configHash,
  [label.version]: labelVersion,
})
