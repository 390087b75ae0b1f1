import type { StackError } from '../../core/errors/stack-error.ts'

/** One writer for each project. */
export type Lock = {
  acquire(
    project: string,
    options: {
      readonly command: string
      readonly wait: boolean
      readonly signal?: AbortSignal
      readonly onWait?: (holder: string) => void
      /** Where no lock can be held at all, go on without one. */
      readonly mayGoWithout?: boolean
    },
  ): Promise<HeldLock>
}

export type HeldLock = {
  /** `isFinished: false`: the engine may still be at what it was asked to do, and whoever comes next is told (`wasLeft`). */
  release(options?: { readonly isFinished?: boolean }): Promise<void>
  /** Its last holder ended without giving it back, or did not finish its work. */
  readonly wasLeft?: boolean
  /** Not held where it belongs, or not at all: told once. */
  readonly warning?: StackError
}
