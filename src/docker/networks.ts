import type Docker from 'dockerode'
import type { ErrorData } from '../core/errors/catalog.ts'
import { isStackError, StackError } from '../core/errors/stack-error.ts'
import type { Network } from '../core/project/project.ts'
import type { ObjectRuntime } from '../engine/ports/object-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { toEndpoint } from './create-options/endpoints.ts'
import { shorten } from './containers.ts'
import { accept, guard, orUndefined } from './connection/guard.ts'
import { isAtLeast, type ApiVersion } from './connection/negotiate.ts'
import type { ObservedNetwork } from '../core/plan/observed.ts'

type EngineNetwork = {
  readonly Id: string
  readonly Name: string
  readonly Driver: string
  readonly Labels?: Readonly<Record<string, string>> | null | undefined
}

const toObservedNetwork = ({ Id, Name, Driver, Labels }: EngineNetwork): ObservedNetwork => ({
  id: Id,
  name: Name,
  driver: Driver,
  labels: Labels ?? {},
})

type NetworkCalls = Pick<
  ObjectRuntime,
  'listNetworks' | 'findNetwork' | 'createNetwork' | 'removeNetwork' | 'connectNetwork' | 'disconnectNetwork'
>

/** Engines before 26 do not say who uses a network that they keep: it is looked up. */
const nameUsers = async ({ docker }: DockerClient, id: string, error: unknown): Promise<unknown> => {
  if (!isStackError(error) || error.code !== 'engine/in-use') return error
  const { what, by } = error.data as ErrorData<'engine/in-use'>
  if (by !== '') return error
  const found = await docker
    .getNetwork(encodeURIComponent(id))
    .inspect()
    .catch(() => undefined) // it has gone meanwhile, and the answer of the engine stands
  const names = Object.values<{ readonly Name: string }>(found?.Containers ?? {}).map(({ Name }) => Name)
  if (names.length === 0) return error
  return new StackError('engine/in-use', { what, by: `container ${names.sort().join(', ')}` }, { cause: error.cause })
}

// oxlint-disable-next-line max-lines-per-function -- a table of calls
export const createNetworkCalls = (client: DockerClient): NetworkCalls => {
  const { docker } = client
  const observe = (network: EngineNetwork): ObservedNetwork => {
    client.names.learn(network.Id, network.Name)
    return toObservedNetwork(network)
  }
  return {
    listNetworks: ({ project, name }, { signal } = {}) =>
      guard(client, { what: 'list networks', signal }, async () => {
        const filters = {
          ...(project === undefined ? {} : { label: [`com.docker.compose.project=${project}`] }),
          ...(name === undefined ? {} : { name: [name] }),
        }
        // The engine's name filter matches parts of names.
        return (await docker.listNetworks(withSignal(signal, { filters })))
          .filter((one) => name === undefined || one.Name === name)
          .map(observe)
      }),
    findNetwork: (name, { signal } = {}) =>
      guard(client, { what: `look for network ${name}`, signal }, async () => {
        const network = await orUndefined(docker.getNetwork(encodeURIComponent(name)).inspect(withSignal(signal, {})))
        // The engine also finds by the beginning of an id; nobody means that.
        return network === undefined || (network.Name !== name && network.Id !== name) ? undefined : observe(network)
      }),
    createNetwork: ({ network, labels }, { signal } = {}) =>
      guard(
        client,
        { what: `create network ${network.name}`, subject: `network ${network.name}`, signal },
        async () => {
          const { api } = await client.negotiated(signal)
          const { id } = await docker.createNetwork(withSignal(signal, toNetworkBody(network, { labels, api })))
          client.names.learn(id, network.name)
          return { id }
        },
      ),
    removeNetwork: (id, { signal } = {}) =>
      guard(client, { what: `remove network ${shorten(id)}`, subject: `Network ${shorten(id)}`, signal }, () =>
        accept([404], docker.getNetwork(encodeURIComponent(id)).remove(withSignal(signal, {}))),
      ).catch(async (error: unknown) => {
        throw await nameUsers(client, id, error)
      }),
    connectNetwork: (network, container, { aliases, service, networkKey }, { signal } = {}) =>
      guard(
        client,
        { what: `connect container ${shorten(container)} to network ${shorten(network)}`, signal },
        async () => {
          const { api } = await client.negotiated(signal)
          const body = { Container: container, EndpointConfig: toEndpoint(service, { key: networkKey, aliases, api }) }
          await docker
            .getNetwork(encodeURIComponent(network))
            .connect(withSignal(signal, body))
            .catch((error: Error) => {
              if (!/already exists in network|already attached to network|is already connected to/.test(error.message))
                throw error
            })
        },
      ),
    disconnectNetwork: (network, container, { force = false, signal } = {}) =>
      guard(
        client,
        { what: `disconnect container ${shorten(container)} from network ${shorten(network)}`, signal },
        async () => {
          const call = docker
            .getNetwork(encodeURIComponent(network))
            .disconnect(withSignal(signal, { Container: container, Force: force }))
          await accept([404], call).catch((error: Error) => {
            if (!/is not connected to/.test(error.message)) throw error
          })
        },
      ),
  }
}

/** As Docker Compose sends it. */
export const toNetworkBody = (
  network: Network,
  { labels, api }: { readonly labels: Readonly<Record<string, string>>; readonly api: ApiVersion },
): Docker.NetworkCreateOptions => {
  const { ipam } = network
  return {
    Name: network.name,
    // Before 1.44 the engine would make a second network of the same name.
    ...(isAtLeast(api, 1, 44) ? {} : { CheckDuplicate: true }),
    ...(network.driver === undefined ? {} : { Driver: network.driver }),
    Options: network.driver_opts ?? {},
    Internal: network.internal ?? false,
    Attachable: network.attachable ?? false,
    ...(network.enable_ipv6 === undefined ? {} : { EnableIPv6: network.enable_ipv6 }),
    ...(network.enable_ipv4 === undefined ? {} : { EnableIPv4: network.enable_ipv4 }),
    ...(ipam === undefined || Object.keys(ipam).length === 0
      ? {}
      : {
          IPAM: {
            ...(ipam.driver === undefined ? {} : { Driver: ipam.driver }),
            Options: ipam.options ?? {},
            Config: (ipam.config ?? []).map(({ subnet, ip_range, gateway, aux_addresses }) => ({
              ...(subnet === undefined ? {} : { Subnet: subnet }),
              ...(ip_range === undefined ? {} : { IPRange: ip_range }),
              ...(gateway === undefined ? {} : { Gateway: gateway }),
              ...(aux_addresses === undefined ? {} : { AuxiliaryAddresses: aux_addresses }),
            })),
          },
        }),
    Labels: { ...network.labels, ...labels },
  }
}
