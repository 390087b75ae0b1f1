/**
 * What there is to know of one service beyond what its containers are doing: asked for on demand. Values that may be
 * secrets are left out before it is told; nothing in here gives one away.
 */
export type Inspection = {
  readonly image: InspectedImage
  /** By number; none: it has no container, and this is what the files say of it. */
  readonly replicas: readonly InspectedReplica[]
  /** With the arguments, as the engine runs it. */
  readonly command: string
  /** Empty: the image's own, which says none either: root. */
  readonly user: string
  readonly workingDirectory: string
  /** `unless-stopped`, `on-failure:3`; empty where nothing is known of it. */
  readonly restart: string
  readonly limits: InspectedLimits
  readonly mounts: readonly InspectedMount[]
  readonly variables: readonly InspectedVariable[]
  readonly labels: readonly HideableValue[]
  /** The healthcheck in force, the image's included. */
  readonly healthcheck?: {
    readonly test: string
    readonly intervalMs: number
    readonly timeoutMs: number
    readonly retries: number
  }
  /** What the engine keeps of its probes, oldest first. */
  readonly probes: readonly InspectedProbe[]
}

export type InspectedImage = {
  readonly reference: string
  /** Absent: the engine does not have it any more. */
  readonly id?: string
  /** What its registry calls it; absent for one that was built here. */
  readonly digest?: string
  readonly bytes?: number
  /** Milliseconds since the epoch. */
  readonly createdAt?: number
}

export type InspectedReplica = {
  readonly name: string
  readonly id: string
  /** Absent: it does not run. */
  readonly pid?: number
  readonly networks: readonly {
    readonly name: string
    /** None while it does not run. */
    readonly addresses: readonly string[]
    /** Names that others reach it by, without those that every container has. */
    readonly aliases: readonly string[]
  }[]
}

/** Absent: without a limit. */
export type InspectedLimits = { readonly cpus?: number; readonly memoryBytes?: number; readonly pids?: number }

export type InspectedMount = {
  readonly type: string
  readonly source: string
  readonly target: string
  readonly readOnly?: true
  readonly anonymous?: true
}

/** `value` is as much of it as may be shown: all, or with asterisks. */
export type HideableValue = { readonly name: string; readonly value: string; readonly hidden?: true }

export type InspectedVariable = HideableValue & { readonly origin: VariableOrigin }

export type VariableOrigin =
  /** Written there: in a stack file or an env file. `fills` are the variables that its text has. */
  | {
      readonly kind: 'file'
      readonly at: string
      readonly fills: readonly { readonly name: string; readonly from: string }[]
    }
  | { readonly kind: 'image' | 'engine' }
  /** Nothing that is known gives it this value, and why. */
  | { readonly kind: 'unknown'; readonly why: string }

export type InspectedProbe = {
  readonly container: string
  /** Milliseconds since the epoch: its beginning. */
  readonly at: number
  readonly exitCode: number
  readonly output: string
  /** How long it took. */
  readonly ms?: number
}
