/** Where an engine is, as Docker's own CLI finds it. */
export type EngineAddress = {
  readonly kind: 'unix' | 'npipe' | 'tcp' | 'ssh'
  /** As written: `unix:///var/run/docker.sock`. */
  readonly host: string
  readonly socketPath?: string
  readonly hostname?: string
  readonly port?: number
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly skipVerify?: boolean }
  /** What named it: `DOCKER_HOST`, `context "colima"`, `default socket`. */
  readonly source: string
}

export type EngineAttempt = { readonly address: string; readonly source: string; readonly failure: string }
