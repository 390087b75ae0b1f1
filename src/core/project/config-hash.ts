import type { Project, ServiceName } from './project.ts'
import type { FileReference, Service } from './service.ts'

/** SHA-256 of a text as hexadecimal digits; passed in because the core does no I/O and imports nothing of Node. */
export type Digest = (text: string) => string

/**
 * The digests of a service's attributes, one for each attribute or, where it is a mapping, one for each key of it
 * (`environment.DB_HOST`): what a container was made from, remembered in a label, so that a later run can say what
 * changed and not only that something did.
 */
export type ConfigParts = Readonly<Record<string, string>>

/**
 * Attributes that a running container does not depend on. Beyond the ones that Docker Compose leaves out (`build`,
 * `pull_policy`, `scale`, `depends_on`, `profiles`), hooks, `attach` and `develop` are read at the time they are used,
 * and env and label files have been read into `environment` and `labels`.
 */
const notPartOfContainer: ReadonlySet<string> = new Set([
  'build',
  'pull_policy',
  'scale',
  'depends_on',
  'profiles',
  'develop',
  'attach',
  'pre_start',
  'post_start',
  'pre_stop',
  'env_file',
  'label_file',
  'provider',
  'models',
  'extends',
  'container_name',
])

/** Lists whose order means something to the container. All others are sets that people happen to write in an order. */
const ordered: ReadonlySet<string> = new Set(['command', 'entrypoint', 'healthcheck.test', 'dns', 'dns_search'])

/** Mappings that are looked at key by key. */
const byKey: ReadonlySet<string> = new Set([
  'environment',
  'labels',
  'annotations',
  'sysctls',
  'networks',
  'healthcheck',
  'logging',
  'ulimits',
  'storage_opt',
  'deploy',
])

/** The parts of `deploy` that matter to a container on one machine. */
const deployParts: ReadonlySet<string> = new Set(['resources', 'restart_policy'])

/** Text that is the same for the same meaning: keys sorted, lists that are sets sorted, `undefined` left out. */
export const toStableText = (value: unknown, path = ''): string => {
  if (Array.isArray(value)) {
    const items = value.map((item) => toStableText(item))
    return `[${(ordered.has(path) ? items : items.sort()).join(',')}]`
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${toStableText(item)}`)
    .join(',')}}`
}

export type HashOptions = {
  readonly digest: Digest
  /** SHA-256 of the files behind configs and secrets, by absolute path. */
  readonly fileDigests: ReadonlyMap<string, string>
  /** The key of whoever runs Stack, with the name by which labels say which it was: see remembered-parts.ts. */
  readonly partKey?: { readonly id: string; readonly digest: Digest }
}

const shortDigest = (digest: Digest, text: string): string => digest(text).slice(0, 10)

const contentOf = (
  project: Project,
  kind: 'configs' | 'secrets',
  { source }: FileReference,
  fileDigests: ReadonlyMap<string, string>,
): string => {
  const object = project[kind][source]
  if (object?.content !== undefined) return object.content
  if (object?.environment !== undefined) return project.context.objectEnvironment[object.environment] ?? ''
  return object?.file === undefined ? '' : (fileDigests.get(object.file) ?? '')
}

const isPart = (attribute: string, key: string): boolean => attribute !== 'deploy' || deployParts.has(key)

/** A mapping's entries with their path; anything else as one entry. */
const entriesOf = (attribute: string, value: unknown): readonly (readonly [string, unknown])[] =>
  byKey.has(attribute) && value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value)
        .filter(([key]) => isPart(attribute, key))
        .map(([key, item]) => [`${attribute}.${key}`, item] as const)
    : [[attribute, value]]

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** What a container of the service is made from. Pure; the same for every replica. */
export const toConfigParts = (
  project: Project,
  name: ServiceName,
  { digest, fileDigests }: Pick<HashOptions, 'digest' | 'fileDigests'>,
): ConfigParts => {
  const service: Service | undefined = project.services[name]
  const parts: Record<string, string> = {}
  for (const [attribute, value] of Object.entries(service ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (notPartOfContainer.has(attribute) || attribute.startsWith('x-')) continue
    // An explicit empty command or entrypoint overrides the image's and so differs from none.
    if (isEmpty(value) && !(Array.isArray(value) && ordered.has(attribute))) continue
    if (value === null && (attribute === 'command' || attribute === 'entrypoint')) continue
    for (const [path, item] of entriesOf(attribute, value)) parts[path] = shortDigest(digest, toStableText(item, path))
  }
  // What a model is called and where it is asked are variables of the container; how it is run is told to it on the way there.
  for (const [key, use] of Object.entries(service?.models ?? {})) {
    parts[`models.${key}`] = shortDigest(digest, toStableText({ use, model: project.models[key] }))
  }
  for (const kind of ['configs', 'secrets'] as const) {
    for (const reference of service?.[kind] ?? []) {
      parts[`${kind}.${reference.source}.content`] = shortDigest(
        digest,
        contentOf(project, kind, reference, fileDigests),
      )
    }
  }
  return parts
}
