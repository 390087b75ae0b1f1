import type { Problem } from '../../errors/problem.ts'
import type { Project } from '../../project/project.ts'
import type { StringMap } from '../../project/service.ts'
import type { Explanation } from '../tree/explain.ts'
import type { MapNode } from '../tree/node.ts'

/**
 * What is told of names, images and host ports that the wanted services cannot have together: a warning each but for equal names,
 * a problem as far as they are created, or as far as they are started too.
 */
export type Clashes = 'warn' | 'create' | 'start'

export type Purpose = 'make' | 'start' | 'look'

/** What a command asks to be loaded. Only `workingDirectory` (absolute) and the process `environment` are needed. */
export type LoadRequest = {
  /** `-f`: in order of merging, relative to the working directory; `-` is the standard input. */
  readonly files?: readonly string[] | undefined
  readonly workingDirectory: string
  readonly projectDirectory?: string | undefined
  readonly projectName?: string | undefined
  readonly envFiles?: readonly string[] | undefined
  readonly profiles?: readonly string[] | undefined
  readonly environment: StringMap
  /** Values of variables that nothing else gives one, where the text has no default either: `UID` and `GID`. */
  readonly implied?: StringMap | undefined
  /** Services named on the command line: they and what they depend on are switched on, all others are off. */
  readonly services?: readonly string[] | undefined
  /** Beside the named services those that have to go where they go: see `context.followers`. */
  readonly withFollowers?: boolean | undefined
  /** Each is on unless it is false. */
  readonly interpolate?: boolean | undefined
  readonly normalize?: boolean | undefined
  readonly resolvePaths?: boolean | undefined
  readonly consistency?: boolean | undefined
  /**
   * What for: `make` (when absent), or to `start` or `look` at what is there, stops and removals included. What would only
   * keep something from being made, such as a dependency that a profile switches off, is then no problem; a start wants
   * an order of dependencies all the same.
   */
  readonly purpose?: Purpose | undefined
  /**
   * Whether `env_file` is read into `environment`: on, off, only for the services of a list, or only for those with a
   * `pre_start` hook, which takes it over.
   */
  readonly resolveEnvironment?: boolean | 'hooks' | readonly string[] | undefined
  /** Whether an env or label file that is missing is told only when a container of its service has to be made. */
  readonly missingEnvFiles?: 'later' | undefined
  /** Whether clashes of the wanted services are looked for; not when absent. */
  readonly clashes?: Clashes | undefined
  /** Numbers of containers that the command line gives. */
  readonly scale?: Readonly<Record<string, number>> | undefined
  /** Keeps networks, volumes, configs and secrets that no service uses. */
  readonly allResources?: boolean | undefined
}

export type LoadResult =
  | {
      readonly ok: true
      readonly project: Project
      readonly warnings: readonly Problem[]
      /** Where the value at a dotted path comes from. */
      readonly explain: (path: string) => Explanation
      /** The model before it became a project: what `config --no-interpolate` prints. */
      readonly model: MapNode
    }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
      /** Every file that was read until then: a change of one may mend it. */
      readonly files: readonly string[]
    }

export type DocumentResult =
  | {
      readonly ok: true
      readonly name: string
      readonly model: MapNode
      /** The profiles that are active. */
      readonly profiles: readonly string[]
      readonly warnings: readonly Problem[]
    }
  | Extract<LoadResult, { ok: false }>
