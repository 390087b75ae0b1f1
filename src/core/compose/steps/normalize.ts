import {
  type Entry,
  isNull,
  mapAt,
  mapEntries,
  type MapNode,
  type Node,
  recordAt,
  scalarAt,
  textOf,
  withEntry,
} from '../tree/node.ts'
import { resolveNames } from './resolve-environment.ts'
import { scalarText } from './merge.ts'

type Lookup = (name: string) => string | undefined

/**
 * Writes out what is implied: the default network, dependencies by links and shared namespaces, Dockerfile and real names.
 * Without a lookup, names that stand alone in `environment` and `build.args` stay alone.
 */
export const normalize = (root: MapNode, { name, lookup }: { name: string; lookup: Lookup | undefined }): MapNode => {
  const networked = normalizeNetworks(root)
  const services = networked.entries.get('services')?.value
  const model =
    services?.kind === 'map'
      ? withEntry(
          networked,
          'services',
          mapEntries(services, (service) => (service.kind === 'map' ? normalizeService(service, lookup) : service)),
        )
      : networked
  return setNames(model, name)
}

const normalizeNetworks = (root: MapNode): MapNode => {
  const services = root.entries.get('services')?.value
  if (services?.kind !== 'map') return root
  let uses: Node | undefined
  const attached = mapEntries(services, (service) => {
    if (
      service.kind !== 'map' ||
      service.entries.has('network_mode') ||
      service.entries.has('provider') ||
      service.entries.has('provider')
    )
      return service
    const networks = service.entries.get('networks')?.value
    if (networks?.kind === 'map' && networks.entries.size > 0) {
      if (networks.entries.has('default')) uses ??= networks.entries.get('default')!.value
      return service
    }
    if (networks !== undefined && networks.kind !== 'map' && !isNull(networks)) return service
    uses ??= service
    return withEntry(service, 'networks', recordAt(networks ?? service, { default: null }))
  })
  const model = withEntry(root, 'services', attached)
  if (uses === undefined) return model
  const networks = model.entries.get('networks')?.value
  const declared = networks?.kind === 'map' ? networks : mapAt(uses, new Map<string, Entry>())
  return declared.entries.has('default')
    ? model
    : withEntry(model, 'networks', withEntry(declared, 'default', scalarAt(uses, null)))
}

const normalizeService = (service: MapNode, lookup: Lookup | undefined): MapNode => {
  let result = service
  const policy = result.entries.get('pull_policy')?.value
  if (policy?.kind === 'scalar' && policy.value === 'if_not_present') {
    result = withEntry(result, 'pull_policy', { ...policy, value: 'missing' })
  }
  const build = result.entries.get('build')?.value
  if (build?.kind === 'map') result = withEntry(result, 'build', normalizeBuild(build, lookup))
  const environment = result.entries.get('environment')?.value
  if (environment !== undefined && lookup !== undefined)
    result = withEntry(result, 'environment', resolveNames(environment, lookup, { drop: false }))
  return withDependencies(result)
}

const normalizeBuild = (build: MapNode, lookup: Lookup | undefined): MapNode => {
  const isSet = (key: string): boolean => build.entries.has(key) && !isNull(build.entries.get(key)!.value)
  let result = isSet('context') ? build : withEntry(build, 'context', scalarAt(build, '.'))
  if (!isSet('dockerfile') && !isSet('dockerfile_inline'))
    result = withEntry(result, 'dockerfile', scalarAt(build, 'Dockerfile'))
  const args = result.entries.get('args')?.value
  return args === undefined || lookup === undefined
    ? result
    : withEntry(result, 'args', resolveNames(args, lookup, { drop: true }))
}

const withDependencies = (service: MapNode): MapNode => {
  const implied: { readonly name: string; readonly place: Node; readonly restart: boolean }[] = []
  const itemsOf = (key: string): readonly Node[] => {
    const value = service.entries.get(key)?.value
    return value?.kind === 'seq' ? value.items : []
  }
  for (const item of itemsOf('links')) {
    const text = textOf(item)
    const parts = text?.split(':')
    if (text !== undefined) implied.push({ name: parts?.length === 2 ? parts[0]! : text, place: item, restart: true })
  }
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const value = service.entries.get(key)?.value
    const text = textOf(value)
    if (value !== undefined && text?.startsWith('service:') === true)
      implied.push({ name: text.slice(8), place: value, restart: true })
  }
  for (const item of itemsOf('volumes_from')) {
    const text = textOf(item)
    if (text !== undefined && !text.startsWith('container:'))
      implied.push({ name: text.split(':', 1)[0]!, place: item, restart: false })
  }
  if (implied.length === 0) return service
  const declared = service.entries.get('depends_on')?.value
  let dependencies = declared?.kind === 'map' ? declared : mapAt(implied[0]!.place, new Map<string, Entry>())
  for (const { name, place, restart } of implied) {
    if (dependencies.entries.has(name)) continue
    dependencies = withEntry(
      dependencies,
      name,
      recordAt(place, { condition: 'service_started', restart, required: true }),
    )
  }
  return withEntry(service, 'depends_on', dependencies)
}

const named = ['networks', 'volumes', 'configs', 'secrets', 'models'] as const

const setNames = (root: MapNode, project: string): MapNode => {
  let model = root
  for (const section of named) {
    const value = model.entries.get(section)?.value
    if (value?.kind !== 'map') continue
    const entries = new Map<string, Entry>()
    for (const [key, entry] of value.entries) {
      const resource = entry.value.kind === 'map' ? entry.value : mapAt(entry.key, new Map<string, Entry>())
      const name = resource.entries.get('name')?.value
      const external = resource.entries.get('external')?.value
      const isExternal = external !== undefined && /^(1|t|T|true|TRUE|True)$/.test(scalarText(external))
      const isNamed = name !== undefined && !isNull(name)
      const full = isNamed
        ? resource
        : withEntry(resource, 'name', scalarAt(entry.key, isExternal ? key : `${project}_${key}`))
      entries.set(key, { key: entry.key, value: full })
    }
    model = withEntry(model, section, { ...value, entries })
  }
  return model
}
