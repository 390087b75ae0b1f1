/** The engine's states of a container. */
export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

export type Health = 'starting' | 'healthy' | 'unhealthy'

export type PublishedPort = {
  /** Empty when the port is exposed but not published. */
  readonly hostIp: string
  readonly hostPort?: number
  readonly containerPort: number
  readonly protocol: string
}
