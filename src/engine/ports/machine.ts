import type { ContainerUsage } from './container-usage.ts'

/** What listens on a port of this machine. */
export type Listener = {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` for every address. */
  readonly address: string
}

/** The machine that Stack runs on. It is only looked at. */
export type Machine = {
  kindOf(path: string): Promise<'file' | 'folder' | 'special' | 'missing'>
  /** Whether the engine of that socket sees the same files and ports; not known for certain is no. */
  isEngineHere(socketPath: string | undefined): Promise<boolean>
  /** None where they cannot be known. */
  listeners(): Promise<readonly Listener[]>
  /**
   * What the kernel of this machine has counted of a container whose main process has that id, which costs the engine nothing.
   * Nothing where it does not say: the container runs elsewhere, or the kernel is no Linux.
   */
  usageOf(container: { readonly id: string; readonly pid: number }): ContainerUsage | undefined
}
