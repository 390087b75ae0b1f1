import type { Greeting } from './greeting.ts'
import type { Owner } from './pack-frame.ts'
import type { PlacedShell } from './shell-place.ts'

/** What a shell works with. */
export type ShellTools = {
  readonly shell: PlacedShell
  readonly greeting: Greeting
  readonly owner: Owner
  /** The name of a hidden folder, at the root of a mount, that nobody else uses. */
  readonly stageName: string
  readonly now: () => number
  /** Removes the stage at the root of the container some time after the last use; absent: after every use. */
  readonly tidyLater?: (() => void) | undefined
}

/** A folder of the container, and what is to be done in it. */
export type Work = ShellTools & { readonly root: string; readonly place: string }
