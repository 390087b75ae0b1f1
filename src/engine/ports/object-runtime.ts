import type { ContainerId, ObservedNetwork, ObservedVolume } from '../../core/plan/observed.ts'
import type { Network, Volume } from '../../core/project/project.ts'
import type { Service } from '../../core/project/service.ts'
import type { CallOptions } from './call-options.ts'

export type ObjectRuntime = {
  listNetworks(
    filter: { readonly project?: string; readonly name?: string },
    options?: CallOptions,
  ): Promise<readonly ObservedNetwork[]>
  /** By exact name or id. */
  findNetwork(name: string, options?: CallOptions): Promise<ObservedNetwork | undefined>
  createNetwork(
    spec: { readonly network: Network; readonly labels: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<{ readonly id: string }>
  removeNetwork(id: string, options?: CallOptions): Promise<void>
  connectNetwork(network: string, container: ContainerId, spec: EndpointSpec, options?: CallOptions): Promise<void>
  disconnectNetwork(
    network: string,
    container: ContainerId,
    options?: CallOptions & { readonly force?: boolean },
  ): Promise<void>
  listVolumes(filter: { readonly project?: string }, options?: CallOptions): Promise<readonly ObservedVolume[]>
  /** Bytes of all volumes by name, as far as they are known. Not cheap: the engine walks through their files. */
  measureVolumes(options?: CallOptions): Promise<ReadonlyMap<string, number>>
  findVolume(name: string, options?: CallOptions): Promise<ObservedVolume | undefined>
  createVolume(
    spec: { readonly volume: Volume; readonly labels: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<void>
  removeVolume(name: string, options?: CallOptions & { readonly force?: boolean }): Promise<void>
}

export type EndpointSpec = {
  readonly aliases: readonly string[]
  readonly service: Service
  readonly networkKey: string
}
