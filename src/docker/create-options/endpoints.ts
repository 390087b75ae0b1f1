import type { Service } from '../../core/project/service.ts'
import type { ContainerSpec } from '../../engine/ports/container-runtime.ts'
import { isAtLeast, type ApiVersion } from '../connection/negotiate.ts'

const INTERFACE_NAME = 'com.docker.network.endpoint.ifname'

export type Networking = {
  /** `HostConfig.NetworkMode`. */
  readonly mode: string
  /** Endpoints of the create call, by real network name. */
  readonly first: Readonly<Record<string, object>>
  /** Networks (by key) to connect to after the create call: engines before API 1.44 take one network there. */
  readonly later: readonly string[]
}

/** Keys in the order of attachment: highest `priority` first, then by name. */
export const networksByPriority = (service: Service): readonly string[] => {
  const priority = (key: string) => service.networks?.[key]?.priority ?? 0
  return Object.keys(service.networks ?? {}).sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1))
}

export const primaryNetwork = (service: Service): string | undefined => networksByPriority(service)[0]

/** @returns `undefined` when `network_mode` says everything */
export const toNetworking = (spec: ContainerSpec, api: ApiVersion): Networking | undefined => {
  const { service } = spec
  if (service.network_mode !== undefined && service.network_mode !== '') return undefined
  const [primary, ...others] = networksByPriority(service)
  if (primary === undefined) return { mode: 'none', first: {}, later: [] }
  const isOneCall = isAtLeast(api, 1, 44)
  const aliases = containerAliases(spec)
  const links = toLinks(spec)
  const endpoints = [primary, ...(isOneCall ? others : [])].map((key) => {
    const endpoint = toEndpoint(service, { key, aliases: [...aliases, ...ownAliases(spec, key)], api })
    return [realName(spec, key), links.length === 0 ? endpoint : { ...endpoint, Links: links }] as const
  })
  return { mode: realName(spec, primary), first: Object.fromEntries(endpoints), later: isOneCall ? [] : others }
}

export const realName = (spec: ContainerSpec, key: string): string =>
  spec.networkNames[key] ?? spec.project.networks[key]?.name ?? key

/** The name that the container has, or will have once it has taken the place of another; and the service's. */
export const containerAliases = (spec: ContainerSpec): readonly string[] => {
  const number = spec.labels['com.docker.compose.container-number']
  const name =
    spec.oneOff !== undefined || number === undefined
      ? spec.name
      : (spec.service.container_name ?? `${spec.project.name}-${spec.serviceName}-${number}`)
  return [name, ...(spec.oneOff?.useAliases === false ? [] : [spec.serviceName])]
}

export const ownAliases = (spec: ContainerSpec, key: string): readonly string[] =>
  spec.oneOff?.useAliases === false ? [] : (spec.service.networks?.[key]?.aliases ?? [])

/** An endpoint: of a create call or of a later connect. */
export const toEndpoint = (
  service: Service,
  { key, aliases, api }: { readonly key: string; readonly aliases: readonly string[]; readonly api: ApiVersion },
): Readonly<Record<string, unknown>> => {
  const attachment = service.networks?.[key] ?? undefined
  const isPrimary = primaryNetwork(service) === key
  const mac = attachment?.mac_address ?? (isPrimary ? service.mac_address : undefined)
  const { ipv4_address, ipv6_address, link_local_ips } = attachment ?? {}
  const hasAddress = ipv4_address !== undefined || ipv6_address !== undefined || (link_local_ips ?? []).length > 0
  const options = {
    ...attachment?.driver_opts,
    ...(attachment?.interface_name === undefined ? {} : { [INTERFACE_NAME]: attachment.interface_name }),
  }
  return {
    Aliases: [...new Set(aliases)],
    ...(hasAddress
      ? {
          IPAMConfig: {
            ...(ipv4_address === undefined ? {} : { IPv4Address: ipv4_address }),
            ...(ipv6_address === undefined ? {} : { IPv6Address: ipv6_address }),
            ...(link_local_ips === undefined ? {} : { LinkLocalIPs: link_local_ips }),
          },
        }
      : {}),
    ...(mac === undefined || !isAtLeast(api, 1, 44) ? {} : { MacAddress: mac }),
    ...(Object.keys(options).length === 0 ? {} : { DriverOpts: options }),
    ...(attachment?.gw_priority === undefined || !isAtLeast(api, 1, 48) ? {} : { GwPriority: attachment.gw_priority }),
  }
}

/** `container:alias`, with the three aliases that Docker Compose gives to a link. */
export const toLinks = (spec: ContainerSpec): readonly string[] => {
  const { service, project, containersOf } = spec
  const links = (service.links ?? []).flatMap((link) => {
    const [target = '', alias = target] = link.split(':')
    const container = containersOf[target] ?? `${project.name}-${target}-1`
    return [alias, `${target}-1`, `${project.name}-${target}-1`].map((name) => `${container}:${name}`)
  })
  const external = (service.external_links ?? []).map((link) => (link.includes(':') ? link : `${link}:${link}`))
  return [...links, ...external]
}
