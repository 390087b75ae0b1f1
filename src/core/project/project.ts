import type { Problem, Span } from '../errors/problem.ts'
import type { NullableStringMap, Service, StringMap } from './service.ts'

export type ServiceName = string
export type NetworkName = string
export type VolumeName = string

/** A network of the project; `name` is its real name in the engine. */
export type Network = {
  readonly name: string
  readonly driver?: string
  readonly driver_opts?: StringMap
  readonly ipam?: {
    readonly driver?: string
    readonly config?: readonly {
      readonly subnet?: string
      readonly ip_range?: string
      readonly gateway?: string
      readonly aux_addresses?: StringMap
    }[]
    readonly options?: StringMap
  }
  readonly external?: boolean
  readonly internal?: boolean
  readonly attachable?: boolean
  readonly enable_ipv4?: boolean
  readonly enable_ipv6?: boolean
  readonly labels?: StringMap
}

export type Volume = {
  readonly name: string
  readonly driver?: string
  readonly driver_opts?: StringMap
  readonly external?: boolean
  readonly labels?: StringMap
}

/** A config or secret. Exactly one of `file`, `content` (configs only) and `environment` unless `external`. */
export type FileObject = {
  readonly name: string
  readonly file?: string
  readonly content?: string
  readonly environment?: string
  readonly external?: boolean
  readonly labels?: StringMap
  readonly driver?: string
  readonly driver_opts?: StringMap
  readonly template_driver?: string
}

export type Model = {
  readonly name: string
  readonly model: string
  readonly context_size?: number
  readonly runtime_flags?: readonly string[]
}

/**
 * What the user wants, whole and resolved: the canonical Compose model (the same keys as
 * `docker compose config --format json`) and, in `context`, where it came from.
 */
export type Project = {
  readonly name: string
  /** The services that are on: without profiles, with an active one, or named on the command line. */
  readonly services: Readonly<Record<ServiceName, Service>>
  readonly networks: Readonly<Record<NetworkName, Network>>
  readonly volumes: Readonly<Record<VolumeName, Volume>>
  readonly configs: Readonly<Record<string, FileObject>>
  readonly secrets: Readonly<Record<string, FileObject>>
  readonly models: Readonly<Record<string, Model>>
  /** Top-level `x-…` keys as written. */
  readonly extensions: Readonly<Record<string, unknown>>
  readonly context: ProjectContext
}

export type ProjectContext = {
  /** Absolute: the directory that relative paths are resolved against. */
  readonly directory: string
  /** Absolute paths of the stack files in the order in which they were merged. */
  readonly files: readonly string[]
  /** Where they were fetched from, with all that they fetch themselves; none for files of this machine. */
  readonly remote?: readonly string[]
  /** Absolute paths of the `--env-file`s or the `.env` in use. */
  readonly envFiles: readonly string[]
  /** What `${…}` saw: the process environment over the env files. */
  readonly environment: StringMap
  readonly activeProfiles: readonly string[]
  /** Services that are in the files but switched off by their profiles. Their containers are not orphans. */
  readonly disabled: Readonly<Record<ServiceName, Service>>
  /** Services that were not named on the command line, and share with, or are restarted with, one that was. */
  readonly followers?: readonly ServiceName[]
  /** Every other file that was read (includes, extends, env_file, label_file): a change of one means: load again. */
  readonly inputs: readonly string[]
  /** Values of variables named by `environment:` of configs and secrets; `null` when unset. Never printed. */
  readonly objectEnvironment: NullableStringMap
  /** Services of which an env or label file is missing, with what is wrong: they are no hindrance until one has to be made. */
  readonly lacking?: Readonly<Record<ServiceName, readonly Problem[]>>
  /** Where what is at a dotted path of the model is written; nothing for what is implied. */
  readonly findPlace: (path: string) => Span | undefined
  /** Where the value at a dotted path comes from; nothing for what the files do not say. Absent where nothing was loaded from files. */
  readonly findOrigin?: (path: string) => Origin | undefined
}

export type Origin = {
  /** Where the text that won is written; absent for what is implied. */
  readonly place?: Span
  /** What its variables were filled from. */
  readonly variables: readonly {
    readonly name: string
    readonly from: 'shell' | 'file' | 'stack' | 'nothing'
    readonly place?: Span
  }[]
}

/** The services that a command is about, without those that only follow. */
export const selectAsked = ({
  services,
  context: { followers = [] },
}: Pick<Project, 'services' | 'context'>): Project['services'] =>
  followers.length === 0
    ? services
    : Object.fromEntries(Object.entries(services).filter(([name]) => !followers.includes(name)))

/** Problems that were found in the model and not in the files, with the places of their paths. */
export const withPlaces = (project: Project, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => {
    if (problem.span !== undefined || problem.path === undefined) return problem
    const span = project.context.findPlace(problem.path)
    return span === undefined ? problem : { ...problem, span }
  })
