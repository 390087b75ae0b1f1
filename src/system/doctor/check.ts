/** What one look at the machine has shown. */
export type Check = {
  /** Permanent, for scripts: `engine`, `disk`. */
  readonly id: string
  readonly title: string
  /** `problem`: Stack cannot work, or not as it should. `warning`: it works, and something will be missed. */
  readonly status: 'ok' | 'warning' | 'problem'
  readonly detail: string
  /** One command that mends it. */
  readonly fix?: string
}

/** The engine as it describes itself (`GET /version`, `GET /info`, `HEAD /_ping`). */
export type EngineDescription = {
  readonly address: string
  readonly version: string
  readonly api: string
  readonly platform: string
  readonly storage: string
  readonly cgroup: string
  readonly rootless: boolean
  readonly buildKit: boolean
  /** Where the engine keeps images and volumes, if that is on this machine. */
  readonly dataFolder: string | undefined
  readonly memoryBytes: number
  readonly warnings: readonly string[]
}
