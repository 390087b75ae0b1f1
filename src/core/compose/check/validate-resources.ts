import type { FileObject } from '../../project/project.ts'
import { isIpAddress } from '../texts/ip-address.ts'
import { findNode } from '../tree/locate.ts'
import type { MapNode } from '../tree/node.ts'
import type { CheckedProject, Contradiction } from './contradiction.ts'

/** What volumes, configs, secrets and ports say that does not go together; used or not. */
export const validateResources = (project: CheckedProject, model: MapNode): readonly Contradiction[] => [
  ...Object.entries(project.volumes).flatMap(([name, volume]) =>
    volume.external !== true
      ? []
      : (['driver', 'driver_opts', 'labels'] as const).flatMap((key) =>
          volume[key] === undefined ? [] : [externalConflict(name, key)],
        ),
  ),
  ...Object.keys(project.configs).flatMap((name) => oneSource('config', name, model)),
  ...Object.keys(project.secrets).flatMap((name) => oneSource('secret', name, model)),
  ...Object.entries(project.secrets).flatMap(([name, secret]) => secretHasSource(name, secret)),
  ...Object.entries({ ...project.services, ...project.disabled }).flatMap(([name, { ports = [] }]) =>
    ports.flatMap(({ host_ip: written }, index) => {
      const ip = written ?? emptyAddress(model, name, index)
      return ip === undefined || isIpAddress(ip) ? [] : [badAddress(name, index, ip)]
    }),
  ),
]

const externalConflict = (name: string, key: string): Contradiction => ({
  path: ['volumes', name, key],
  at: 'key',
  code: 'volume/external-conflict',
  message: `Volume "${name}" is external, so "${key}" has no meaning.`,
  hint: `Remove "${key}", or "external".`,
  related: [{ path: ['volumes', name, 'external'], message: 'external is said here' }],
})

const sourcesOf = { config: ['file', 'environment', 'content'], secret: ['file', 'environment'] } as const

/** What counts is that a key is written, even with nothing behind it, or beside `external`. */
const oneSource = (kind: 'config' | 'secret', name: string, model: MapNode): readonly Contradiction[] => {
  const section = `${kind}s`
  const { node, depth } = findNode(model, [section, name])
  if (depth < 2 || node.kind !== 'map') return []
  const [first, second] = sourcesOf[kind].filter((key) => node.entries.has(key))
  if (first === undefined && (node.entries.has('external') || node.entries.has('driver'))) return []
  if (first === undefined) return [noSource(kind, name)]
  if (second === undefined) return []
  return [
    {
      path: [section, name, second],
      at: 'key',
      code: `${kind}/two-sources`,
      message: `The ${kind} "${name}" has both "${first}" and "${second}".`,
      hint: 'Keep one of them.',
      related: [{ path: [section, name, first], message: 'the other one is here' }],
    },
  ]
}

const noSource = (kind: 'config' | 'secret', name: string): Contradiction => ({
  path: [`${kind}s`, name],
  needs: ['external', 'driver', ...sourcesOf[kind]].map((key) => [`${kind}s`, name, key]),
  at: 'key',
  code: `${kind}/no-source`,
  message: `The ${kind} "${name}" does not say where it comes from.`,
  hint: `Give it one of ${sourcesOf[kind].map((key) => `"${key}"`).join(', ')}.`,
})

const secretHasSource = (name: string, { external, file, environment }: FileObject): readonly Contradiction[] =>
  external === true || file !== undefined || environment !== undefined ? [] : [noSource('secret', name)]

/** An address that is written and empty, which the project no longer shows. */
const emptyAddress = (model: MapNode, name: string, index: number): string | undefined =>
  findNode(model, ['services', name, 'ports', index, 'host_ip']).depth === 5 ? '' : undefined

const badAddress = (name: string, index: number, ip: string): Contradiction => ({
  path: ['services', name, 'ports', index, 'host_ip'],
  code: 'service/host-address',
  message: `"${ip}" is no IP address of the host.`,
  hint: 'Write an address such as 127.0.0.1, not a name.',
})
