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
}
