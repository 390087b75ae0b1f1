import type { BuildProgress, BuildSpec } from '../../engine/ports/image-runtime.ts'
import type { BuildFollower } from './build-follower.ts'
import type { BuildPlan } from './build-plan.ts'
import type { SshSource } from './ssh/ssh-sources.ts'

/** One build on its way, whichever builder does it. */
export type BuildRun = {
  readonly spec: BuildSpec
  readonly plan: BuildPlan
  readonly buildkit: boolean
  readonly ssh: Readonly<Record<string, SshSource>>
  readonly follower: BuildFollower
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal | undefined
}
