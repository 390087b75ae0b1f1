/**
 * A service as the Compose Specification names it, in canonical form: every short form expanded, every default
 * written out, every path absolute. Key names and value forms are those of `docker compose config --format json`,
 * so that printing a project is printing these objects. Units: a `Duration` is text such as `1m30s`, a `ByteCount`
 * is decimal text in bytes (`-1` for unlimited); core/project/units.ts turns both into numbers.
 */

/** Text such as `1m30s`: the canonical form of the specification's durations. */
export type Duration = string
/** Decimal text, bytes. */
export type ByteCount = string
export type StringMap = Readonly<Record<string, string>>
/** `null`: the name is given without a value. In `environment` it unsets the image's variable. */
export type NullableStringMap = Readonly<Record<string, string | null>>

export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully'
export type Dependency = {
  readonly condition: DependencyCondition
  /** Whether this service is restarted when the dependency is restarted or recreated by us. */
  readonly restart?: boolean
  readonly required: boolean
}

export type Healthcheck = {
  readonly test?: readonly string[]
  readonly interval?: Duration
  readonly timeout?: Duration
  readonly retries?: number
  readonly start_period?: Duration
  readonly start_interval?: Duration
  readonly disable?: boolean
}

export type Port = {
  readonly name?: string
  readonly mode?: string
  readonly host_ip?: string
  readonly target: number
  /** A port, a range such as `8000-8010`, or absent for one that the engine picks. */
  readonly published?: string
  readonly protocol: string
  readonly app_protocol?: string
}

export type Mount = {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image' | 'npipe' | 'cluster'
  /** Absolute path, volume key or image; absent for an anonymous volume and for tmpfs. */
  readonly source?: string
  readonly target: string
  readonly read_only?: boolean
  readonly consistency?: string
  readonly bind?: {
    readonly propagation?: string
    readonly create_host_path?: boolean
    readonly recursive?: string
    readonly selinux?: string
  }
  readonly volume?: { readonly nocopy?: boolean; readonly subpath?: string; readonly labels?: StringMap }
  readonly tmpfs?: { readonly size?: ByteCount; readonly mode?: number }
  readonly image?: { readonly subpath?: string }
}

/** How a service is attached to a network; `null` stands for "with no options". */
export type NetworkAttachment = {
  readonly aliases?: readonly string[]
  readonly ipv4_address?: string
  readonly ipv6_address?: string
  readonly link_local_ips?: readonly string[]
  readonly mac_address?: string
  readonly driver_opts?: StringMap
  readonly priority?: number
  readonly gw_priority?: number
  readonly interface_name?: string
}

/** A config or secret mounted as a file. `mode` is octal text such as `0440`. */
export type FileReference = {
  readonly source: string
  readonly target?: string
  readonly uid?: string
  readonly gid?: string
  readonly mode?: string
}

export type Ulimit = number | { readonly soft: number; readonly hard: number }
export type Device = { readonly source: string; readonly target?: string; readonly permissions?: string }
export type DeviceRequest = {
  readonly capabilities?: readonly string[]
  readonly driver?: string
  /** `-1` stands for all. */
  readonly count?: number
  readonly device_ids?: readonly string[]
  readonly options?: StringMap
}
export type WeightDevice = { readonly path: string; readonly weight: number }
export type ThrottleDevice = { readonly path: string; readonly rate: ByteCount }
export type BlkioConfig = {
  readonly weight?: number
  readonly weight_device?: readonly WeightDevice[]
  readonly device_read_bps?: readonly ThrottleDevice[]
  readonly device_read_iops?: readonly ThrottleDevice[]
  readonly device_write_bps?: readonly ThrottleDevice[]
  readonly device_write_iops?: readonly ThrottleDevice[]
}

export type Resource = {
  readonly cpus?: number | string
  readonly memory?: ByteCount
  readonly pids?: number
  readonly devices?: readonly DeviceRequest[]
  readonly generic_resources?: readonly unknown[]
}
export type Deploy = {
  readonly mode?: string
  readonly endpoint_mode?: string
  readonly replicas?: number
  readonly labels?: StringMap
  readonly resources?: { readonly limits?: Resource; readonly reservations?: Resource }
  readonly restart_policy?: {
    readonly condition?: string
    readonly delay?: Duration
    readonly max_attempts?: number
    readonly window?: Duration
  }
  readonly update_config?: Readonly<Record<string, unknown>>
  readonly rollback_config?: Readonly<Record<string, unknown>>
  readonly placement?: Readonly<Record<string, unknown>>
}

/** A command run inside the service's container (`post_start`, `pre_stop`) or beside it (`pre_start`). */
export type Hook = {
  readonly command?: readonly string[]
  readonly image?: string
  readonly user?: string
  readonly privileged?: boolean
  readonly working_dir?: string
  readonly environment?: NullableStringMap
  readonly per_replica?: boolean
}

export type WatchAction = 'sync' | 'sync+restart' | 'sync+exec' | 'restart' | 'rebuild'
export type WatchRule = {
  readonly path: string
  readonly action: WatchAction
  readonly target?: string
  readonly ignore?: readonly string[]
  readonly include?: readonly string[]
  readonly initial_sync?: boolean
  readonly exec?: Hook
}

export type Build = {
  readonly context?: string
  readonly dockerfile?: string
  readonly dockerfile_inline?: string
  readonly args?: NullableStringMap
  readonly target?: string
  readonly additional_contexts?: StringMap
  readonly cache_from?: readonly string[]
  readonly cache_to?: readonly string[]
  readonly no_cache?: boolean
  readonly no_cache_filter?: readonly string[]
  readonly pull?: boolean
  readonly network?: string
  readonly labels?: StringMap
  readonly tags?: readonly string[]
  readonly platforms?: readonly string[]
  readonly ssh?: readonly string[] | StringMap
  readonly secrets?: readonly FileReference[]
  readonly entitlements?: readonly string[]
  readonly extra_hosts?: readonly string[]
  readonly isolation?: string
  readonly privileged?: boolean
  readonly provenance?: string | boolean
  readonly sbom?: string | boolean
  readonly shm_size?: ByteCount
  readonly ulimits?: Readonly<Record<string, Ulimit>>
}

export type Service = {
  readonly annotations?: StringMap
  readonly attach?: boolean
  readonly blkio_config?: BlkioConfig
  readonly build?: Build
  readonly cap_add?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly cgroup?: string
  readonly cgroup_parent?: string
  /** `null`: the image's own command. An empty list overrides it with nothing. */
  readonly command: readonly string[] | null
  readonly configs?: readonly FileReference[]
  readonly container_name?: string
  readonly cpu_count?: number
  readonly cpu_percent?: number
  readonly cpu_period?: number | string
  readonly cpu_quota?: number | string
  readonly cpu_rt_period?: number | string
  readonly cpu_rt_runtime?: number | string
  readonly cpu_shares?: number
  readonly cpus?: number
  readonly cpuset?: string
  readonly credential_spec?: { readonly config?: string; readonly file?: string; readonly registry?: string }
  readonly depends_on?: Readonly<Record<string, Dependency>>
  readonly deploy?: Deploy
  readonly develop?: { readonly watch?: readonly WatchRule[] }
  readonly device_cgroup_rules?: readonly string[]
  readonly devices?: readonly Device[]
  readonly dns?: readonly string[]
  readonly dns_opt?: readonly string[]
  readonly dns_search?: readonly string[]
  readonly domainname?: string
  readonly entrypoint: readonly string[] | null
  readonly env_file?: readonly { readonly path: string; readonly required?: boolean; readonly format?: string }[]
  readonly environment?: NullableStringMap
  readonly expose?: readonly string[]
  readonly external_links?: readonly string[]
  /** `host=address`. */
  readonly extra_hosts?: readonly string[]
  readonly gpus?: readonly DeviceRequest[]
  readonly group_add?: readonly string[]
  readonly healthcheck?: Healthcheck
  readonly hostname?: string
  readonly image?: string
  readonly init?: boolean
  readonly ipc?: string
  readonly isolation?: string
  readonly label_file?: readonly string[]
  readonly labels?: StringMap
  readonly links?: readonly string[]
  readonly logging?: { readonly driver?: string; readonly options?: StringMap }
  readonly mac_address?: string
  readonly mem_limit?: ByteCount
  readonly mem_reservation?: ByteCount
  readonly mem_swappiness?: number | string
  readonly memswap_limit?: ByteCount
  readonly models?: Readonly<Record<string, { readonly endpoint_var?: string; readonly model_var?: string } | null>>
  readonly network_mode?: string
  readonly networks?: Readonly<Record<string, NetworkAttachment | null>>
  readonly oom_kill_disable?: boolean
  readonly oom_score_adj?: number
  readonly pid?: string
  readonly pids_limit?: number
  readonly platform?: string
  readonly ports?: readonly Port[]
  readonly post_start?: readonly Hook[]
  readonly pre_start?: readonly Hook[]
  readonly pre_stop?: readonly Hook[]
  readonly privileged?: boolean
  readonly profiles?: readonly string[]
  readonly provider?: { readonly type: string; readonly options?: Readonly<Record<string, unknown>> }
  readonly pull_policy?: string
  readonly read_only?: boolean
  readonly restart?: string
  readonly runtime?: string
  readonly scale?: number
  readonly secrets?: readonly FileReference[]
  readonly security_opt?: readonly string[]
  readonly shm_size?: ByteCount
  readonly stdin_open?: boolean
  readonly stop_grace_period?: Duration
  readonly stop_signal?: string
  readonly storage_opt?: StringMap
  readonly sysctls?: StringMap
  readonly tmpfs?: readonly string[]
  readonly tty?: boolean
  readonly ulimits?: Readonly<Record<string, Ulimit>>
  readonly use_api_socket?: boolean
  readonly user?: string
  readonly userns_mode?: string
  readonly uts?: string
  readonly volumes?: readonly Mount[]
  readonly volumes_from?: readonly string[]
  readonly working_dir?: string
  /** Extensions (`x-…`) are kept as they are written. */
  readonly [extension: `x-${string}`]: unknown
}
