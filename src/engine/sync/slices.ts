import type { Clock } from '../ports/clock.ts'

// The screen is drawn and keys are heard between two pieces of long work.
const sliceMs = 10

/** Lets others go on after each piece of long work that waits for nothing. */
export const createSlices = (clock: Clock, ms = sliceMs): { readonly next: () => Promise<void> | undefined } => {
  let began = clock.now()
  return {
    next: () => {
      if (clock.now() - began < ms) return undefined
      return clock.sleep(0).then(() => void (began = clock.now()))
    },
  }
}
