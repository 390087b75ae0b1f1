import type { ObservedContainer } from '../core/plan/observed.ts'
import type { PublishedPort } from '../core/plan/container-state.ts'
import { toEllipsis, toGoTime, toHumanDuration } from './go-text.ts'
import type { Fields } from './template.ts'

export type FieldOptions = { /** Milliseconds since the epoch. */ readonly now: number; readonly truncate: boolean }

/** Titles of `docker compose ps` by field. */
export const containerTitles: Readonly<Record<string, string>> = {
  Name: 'NAME',
  Names: 'NAMES',
  ID: 'CONTAINER ID',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  LocalVolumes: 'LOCAL VOLUMES',
  ExitCode: 'EXIT CODE',
}

/** A container by the field names of `docker compose ps --format json`, in its order. */
export const toContainerFields = (container: ObservedContainer, { now, truncate }: FieldOptions): Fields => ({
  Command: toQuotedCommand(container.command, truncate),
  CreatedAt: toGoTime(container.createdAt),
  // As Docker Compose, which tells it of those alone that have ended for good.
  ExitCode: container.state === 'restarting' ? 0 : (container.exitCode ?? 0),
  Health: container.health ?? '',
  ID: truncate ? container.id.slice(0, 12) : container.id,
  Image: container.image,
  Labels: Object.entries(container.labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(','),
  LocalVolumes: String(container.mounts.filter(({ type }) => type === 'volume').length),
  Mounts: container.mounts.map(({ source }) => (truncate ? toEllipsis(source, 15) : source)).join(','),
  Name: container.name,
  Names: container.name,
  Networks: container.networks.map(({ name }) => name).join(','),
  Ports: toPortsText(container.ports),
  Project: container.project,
  Publishers: toPublishers(container.ports),
  RunningFor: `${toHumanDuration(now - container.createdAt * 1000)} ago`,
  Service: container.service,
  Size: '0B',
  State: container.state,
  Status: container.status,
})

export const psHeader: readonly string[] = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS']

export const toPsRow = (fields: Fields): readonly string[] =>
  ['Name', 'Image', 'Command', 'Service', 'RunningFor', 'Status', 'Ports'].map((name) => String(fields[name]))

/** Go's `%q` of the command, cut to 20 characters. */
const toQuotedCommand = (command: string, truncate: boolean): string => {
  const text = truncate ? toEllipsis(command, 20) : command
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}"`
}

const toPublishers = (ports: readonly PublishedPort[]) =>
  sortPorts(ports).map(({ hostIp, containerPort, hostPort, protocol }) => ({
    URL: hostIp,
    TargetPort: containerPort,
    PublishedPort: hostPort ?? 0,
    Protocol: protocol,
  }))

const sortPorts = (ports: readonly PublishedPort[]): readonly PublishedPort[] =>
  ports.toSorted(
    (a, b) =>
      a.containerPort - b.containerPort ||
      compare(a.hostIp, b.hostIp) ||
      (a.hostPort ?? 0) - (b.hostPort ?? 0) ||
      compare(a.protocol, b.protocol),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Rule: docker/cli `formatter.DisplayablePorts`: ranges of equal numbers are put together, mappings stand for themselves. */
export const toPortsText = (ports: readonly PublishedPort[]): string => {
  const groups = new Map<string, { first: number; last: number }>()
  const ended: string[] = []
  const mappings: string[] = []
  for (const { hostIp, hostPort, containerPort, protocol } of sortPorts(ports)) {
    if (hostIp !== '' && hostPort !== containerPort) {
      mappings.push(`${toHost(hostIp)}:${hostPort ?? 0}->${containerPort}/${protocol}`)
      continue
    }
    const key = `${hostIp}/${protocol}`
    const group = groups.get(key)
    if (group !== undefined && containerPort === group.last + 1) group.last = containerPort
    else {
      if (group !== undefined) ended.push(toGroup(key, group))
      groups.set(key, { first: containerPort, last: containerPort })
    }
  }
  return [...ended, ...[...groups].map(([key, group]) => toGroup(key, group)), ...mappings].join(', ')
}

const toHost = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip)

const toGroup = (key: string, { first, last }: { readonly first: number; readonly last: number }): string => {
  const [ip, protocol] = [key.slice(0, key.lastIndexOf('/')), key.slice(key.lastIndexOf('/') + 1)]
  const range = first === last ? `${first}` : `${first}-${last}`
  return ip === '' ? `${range}/${protocol}` : `${toHost(ip)}:${range}->${range}/${protocol}`
}
