import type { StackEvent } from '../core/events/event.ts'

/** A line of output and where it belongs: results and logs of stdout on standard output, all else on standard error. */
export type Line = {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  /** What a container wrote: it goes to the terminal as it is. */
  readonly raw?: boolean
}

/** Consumes events; everything that it prints is in what it returns. */
export type Report = { tell(event: StackEvent): readonly Line[] }

export const toErr = (...texts: readonly string[]): readonly Line[] => texts.map((text) => ({ stream: 'stderr', text }))
export const toOut = (...texts: readonly string[]): readonly Line[] => texts.map((text) => ({ stream: 'stdout', text }))

/** Time in a few characters: `0.4s`, `12s`, `3m05s`. */
export const toShortTime = (ms: number): string => {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`
}
