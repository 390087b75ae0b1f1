import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadProject } from '../../../src/core/compose/load.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { toContainerBody } from '../../../src/docker/create-options/container-body.ts'
import { containerAliases, ownAliases, toEndpoint, toNetworking } from '../../../src/docker/create-options/endpoints.ts'
import { toNetworkBody } from '../../../src/docker/networks.ts'
import type { ContainerSpec } from '../../../src/engine/ports/container-runtime.ts'
import { createSources } from '../../../src/system/files.ts'

/**
 * What Docker Compose sent to the engine for a file with nearly every attribute, as record.ts in that folder recorded it,
 * against what we would send.
 */
const folder = join(import.meta.dirname, '../../docker/create-like-compose')

type Json = { readonly [key: string]: unknown }
type Recorded = Readonly<Record<string, { readonly query: Json; readonly body: Json }>>
const versions = [
  { text: '1.51', api: { major: 1, minor: 51 }, files: ['compose.yaml'] },
  { text: '1.41', api: { major: 1, minor: 41 }, files: ['compose.yaml', 'older-engine.yaml'] },
]

const load = (files: readonly string[]): Project => {
  const loaded = loadProject({ workingDirectory: folder, files, environment: {} }, createSources())
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))
  return loaded.project
}

/** Compose names the containers whose namespaces are shared by their ids, which are new each time. */
const idsOf = (recorded: Recorded): Readonly<Record<string, string>> => {
  const host = recorded['containers/hb-attributes-shares-1']?.body['HostConfig'] as {
    PidMode: string
    IpcMode: string
    VolumesFrom: string[]
  }
  const storage = host.VolumesFrom[0] ?? ''
  return { plain: host.PidMode.replace('container:', ''), namespaces: host.IpcMode.replace('container:', ''), storage }
}

const toSpec = (project: Project, name: string, ids: Readonly<Record<string, string>>): ContainerSpec => {
  const service = project.services[name]
  if (service === undefined) throw new Error(name)
  const networkNames = Object.fromEntries(Object.entries(project.networks).map(([key, network]) => [key, network.name]))
  return {
    name: service.container_name ?? `hb-attributes-${name}-1`,
    project,
    serviceName: name,
    service,
    image: service.image ?? '',
    labels: { 'com.docker.compose.container-number': '1' },
    networkNames,
    // Links name containers by their names.
    containersOf: name === 'names' ? {} : ids,
  }
}

/** Compared elsewhere, or always empty. */
const ignored = ['Labels', 'ConsoleSize', 'IPAddress', 'Annotations']
/** Lists whose order means nothing, and what says the same by not being there. */
const unordered = ['Env', 'Ulimits', 'Binds', 'Mounts', 'SecurityOpt', 'Links', 'ExtraHosts']

const toComparable = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => toComparable(item))
    return unordered.includes(key) ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items
  }
  if (typeof value === 'string') return value.replace(/^CAP_/, '')
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
    .filter(([name]) => !ignored.includes(name))
    .map(([name, item]) => [name, toComparable(item, name)] as const)
    .filter(([name, item]) => !isNothing(item) || (Array.isArray(item) && keptWhenEmpty.includes(name)))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries)
}

/** Not there and empty are two things here. */
const keptWhenEmpty = ['Cmd', 'Entrypoint', 'MaskedPaths', 'ReadonlyPaths']

const isNothing = (value: unknown): boolean => {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

for (const { text, api, files } of versions) {
  const recorded = JSON.parse(
    readFileSync(join(folder, `compose-${text}.json`), 'utf8').replaceAll('<folder>', folder),
  ) as Recorded
  const project = load(files)
  const ids = idsOf(recorded)

  describe(`with API ${text}`, () => {
    test.each(Object.keys(project.services))('service %s is created as Docker Compose creates it', (name) => {
      const spec = toSpec(project, name, ids)
      const sent = recorded[`containers/${spec.name}`]
      const body = toContainerBody(spec, {
        api,
        seccompProfiles: { './seccomp.json': readFileSync(join(folder, 'seccomp.json'), 'utf8') },
      })
      expect(toComparable(body)).toEqual(toComparable(sent?.body))
    })

    test('networks that the create call cannot take are connected as Docker Compose connects them', () => {
      const spec = toSpec(project, 'networks', ids)
      const { service } = spec
      const later = (toNetworking(spec, api)?.later ?? []).map((key) => {
        const aliases = [...containerAliases(spec), ...ownAliases(spec, key)]
        return { network: spec.networkNames[key], endpoint: toComparable(toEndpoint(service, { key, aliases, api })) }
      })
      const sent = Object.entries(recorded).flatMap(([name, { body }]) => {
        if (!name.startsWith('connect/')) return []
        // Sent to engines that do not know them; we say beforehand that they cannot have them.
        const { GwPriority: _priority, MacAddress: _address, ...endpoint } = body['EndpointConfig'] as Json
        return [{ network: name.split('/')[1], endpoint: toComparable(endpoint) }]
      })
      expect(later.toSorted((a, b) => ((a.network ?? '') < (b.network ?? '') ? -1 : 1))).toEqual(sent)
    })

    test.each(Object.keys(project.networks))('network %s is created as Docker Compose creates it', (key) => {
      const network = project.networks[key]
      if (network === undefined) throw new Error(key)
      expect(toComparable(toNetworkBody(network, { labels: {}, api }))).toEqual(
        toComparable(recorded[`networks/${network.name}`]?.body),
      )
    })
  })
}

// The reference has no place for them in its model before 5.4, and drops them.
test('options of the address driver reach the engine', () => {
  const ipam = {
    driver: 'custom',
    options: { zone: 'a' },
    config: [{ subnet: '10.9.0.0/16', aux_addresses: { h: '10.9.0.5' } }],
  }
  for (const minor of [41, 51])
    expect(toNetworkBody({ name: 'net', ipam }, { labels: {}, api: { major: 1, minor } })).toMatchObject({
      IPAM: {
        Driver: 'custom',
        Options: { zone: 'a' },
        Config: [{ Subnet: '10.9.0.0/16', AuxiliaryAddresses: { h: '10.9.0.5' } }],
      },
    })
})
