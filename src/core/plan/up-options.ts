import type { HashOptions } from '../project/config-hash.ts'
import type { ImageParents } from '../project/image-parents.ts'
import type { Separator } from '../project/identity.ts'
import type { ServiceName } from '../project/project.ts'

export type RecreatePolicy = 'diverged' | 'force' | 'never'

/** What `up`, `create`, `scale` and `plan` ask for; the flags of `docker compose up` in the planner's words. */
export type UpOptions = HashOptions & {
  /** The services named on the command line; absent: all. */
  readonly services?: readonly ServiceName[]
  /** Services whose images others are built from. */
  readonly imageParents?: ImageParents
  /** Leave out what the named services depend on. */
  readonly noDeps?: boolean
  /** `missing`: build what has no image yet. */
  readonly build?: 'always' | 'missing' | 'never'
  /** Services whose images are other ones now, for how they are built was edited. */
  readonly buildAnew?: ReadonlySet<ServiceName>
  /** Services that are not asked for and have to follow those that are: see follow.ts. */
  readonly followers?: ReadonlySet<ServiceName>
  /** With `noDeps`: those that share with, or say `restart: true` on, a service whose container is replaced go with it all the same. */
  readonly takesAlong?: boolean
  /** Overrides each service's `pull_policy`. */
  readonly pull?: 'always' | 'missing' | 'never' | 'build'
  readonly recreate?: RecreatePolicy
  /** Containers that `force` is about, by id; the others have been made by this very command. Absent: all. */
  readonly before?: ReadonlySet<string>
  /** For services that are only there because a named one depends on them. */
  readonly recreateDependencies?: RecreatePolicy
  readonly renewAnonymousVolumes?: boolean
  /** Containers that were made in another folder are made again, here. */
  readonly adopt?: boolean
  readonly removeOrphans?: boolean
  readonly ignoreOrphans?: boolean
  /** `create`: nothing is started. */
  readonly start?: boolean
  /** `--wait`: the plan ends when everything runs, is healthy, or has completed. */
  readonly wait?: boolean
  readonly scale?: Readonly<Record<ServiceName, number>>
  /** Seconds before a container that does not stop is killed; absent: its own. */
  readonly graceSeconds?: number
  /** Run one-shot services again that have succeeded and whose inputs are the same. */
  readonly rerunCompleted?: boolean
  /** Networks and volumes that no service uses are created too. */
  readonly allResources?: boolean
  readonly separator?: Separator
  /** Image references that an earlier round of the same command pulled or built. */
  readonly settled?: ReadonlySet<string>
  /**
   * What to do with a volume whose definition changed: `recreate` for a plan that is asked about, `keep` where somebody declined
   * to lose its data or nobody is there to ask.
   */
  readonly divergedVolumes?: 'recreate' | 'keep'
  /** Services whose changed volumes may be made again without a question. */
  readonly renewVolumesOf?: readonly ServiceName[]
}
