import { isStackError } from '../../core/errors/stack-error.ts'
import type { Hook } from '../../core/project/service.ts'
import type { SourceEntry } from '../ports/source-files.ts'
import type { AsidePaths } from './aside.ts'
import type { ContainerFiles, ContainerLimits } from './container-files.ts'
import type { Listing } from './listing.ts'
import type { Wanted } from './wanted.ts'

/** HELD: what one start of one container has acknowledged. */
export type ContainerSync = {
  readonly id: string
  /** Seconds since the epoch. */
  readonly startedAt: number | undefined
  readonly isRunning: boolean
  readonly files: ContainerFiles
  /** Undefined where it does not run: then it is not known. */
  readonly limits: ContainerLimits | undefined
  /** By rule; absent until it is known what the container has. */
  readonly held: Map<Wanted, Listing>
  /** What Stack has put there, by rule and path: the container's own changes of other paths are its own matter. */
  readonly given: Map<Wanted, Map<string, SourceEntry>>
  readonly aside: Map<Wanted, AsidePaths>
  /** What it was found without, by rule and path, and that is older than its image: it stays out until it is saved again. */
  readonly left: Map<Wanted, ReadonlyMap<string, SourceEntry>>
  /** Times that a file changed while it was being read. */
  readonly moved: Map<string, number>
  /** What has to be done when all is there. */
  readonly needs: { restart: boolean; readonly hooks: Set<Hook> }
}

export const createContainerSync = (
  container: Pick<ContainerSync, 'id' | 'startedAt' | 'isRunning' | 'files' | 'limits'>,
): ContainerSync => ({
  ...container,
  held: new Map(),
  given: new Map(),
  aside: new Map(),
  left: new Map(),
  moved: new Map(),
  needs: { restart: false, hooks: new Set() },
})

/** What was set aside of a rule's paths in a container. */
export const asideOf = ({ aside }: ContainerSync, wanted: Wanted): AsidePaths => {
  const known = aside.get(wanted) ?? new Map()
  aside.set(wanted, known)
  return known
}

/** The container is not there any more, so that trying again is of no use. */
export const isGone = (error: unknown): boolean => isStackError(error) && error.code === 'engine/not-found'
