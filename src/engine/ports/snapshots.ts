import type { ContainerId } from '../../core/plan/observed.ts'

type Options = { readonly signal?: AbortSignal }

export type CommitSpec = {
  /** `repository[:tag]`; absent: the image has no name. */
  readonly reference?: string
  readonly author?: string
  readonly message?: string
  /** Instructions of a Dockerfile: `CMD ["x"]`. */
  readonly changes?: readonly string[]
  /** Whether its processes stand still meanwhile. */
  readonly pause: boolean
}

/** What a container's file system is kept as. */
export type SnapshotRuntime = {
  commitContainer(id: ContainerId, spec: CommitSpec, options?: Options): Promise<{ readonly imageId: string }>
  /** Everything in it, as a tar. */
  exportContainer(id: ContainerId, options?: Options): Promise<AsyncIterable<Uint8Array>>
}
