import type { Network } from '../../project/project.ts'
import type { Service } from '../../project/service.ts'

/** Ports of the host that a service asks for: one, or any of a range. */
export type Binding = {
  /** In the list of ports. */
  readonly index: number
  readonly ip: string
  readonly protocol: string
  readonly target: number
  readonly first: number
  readonly last: number
}

/** What a service publishes at ports of the host that it names; nothing where its network has no ports to publish. */
export const bindingsOf = (service: Service, networks: Readonly<Record<string, Network>>): readonly Binding[] => {
  if (service.network_mode !== undefined || service.provider !== undefined) return []
  const drivers = Object.keys(service.networks ?? {}).map((name) => networks[name]?.driver ?? 'bridge')
  if (drivers.length > 0 && !drivers.some((driver) => driver === 'bridge' || driver === 'overlay')) return []
  return (service.ports ?? []).flatMap(({ published, target, protocol, host_ip: ip = '' }, index) => {
    const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(published ?? '')
    if (found === null || Number(found[1]) === 0) return []
    const first = Number(found[1])
    return [{ index, ip: toAny(ip), protocol, target, first, last: found[2] === undefined ? first : Number(found[2]) }]
  })
}

/** Without an address, all of IPv4; engines differ in what they do with IPv6 then. */
const toAny = (ip: string): string => (ip === '' || ip === '0.0.0.0' ? '0.0.0.0' : ip.replace(/^\[(.*)\]$/, '$1'))

/** Whether two bindings of one port stand in each other's way: at one address, or one at all addresses of the other's kind. */
export const isSameBinding = (a: Binding, b: Binding): boolean => {
  if (a.ip === b.ip) return true
  const isSix = a.ip.includes(':')
  if (isSix !== b.ip.includes(':')) return false
  const any = isSix ? '::' : '0.0.0.0'
  return a.ip === any || b.ip === any
}
