/** What a container has used, counted since it began: two of them tell what it uses. */
export type ContainerUsage = {
  /** Milliseconds, by whichever clock, as long as it is the same one. */
  readonly at: number
  /** Of one core. */
  readonly cpuMs: number
  /** Without the cache that can be dropped at any time. */
  readonly memoryBytes: number
  /** Absent: what the machine has. */
  readonly memoryLimitBytes?: number
  /** Nothing for a container that has no network of its own. */
  readonly networkInBytes: number
  readonly networkOutBytes: number
}
