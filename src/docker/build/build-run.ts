import type { BuildProgress, BuildSpec } from '../../engine/ports.ts'
import type { BuildFollower } from './build-follower.ts'
import type { BuildPlan } from './build-plan.ts'

/** One build on its way, whichever builder does it. */
export type BuildRun = {
  readonly spec: BuildSpec
  readonly plan: BuildPlan
  readonly buildkit: boolean
  readonly follower: BuildFollower
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal | undefined
}
