import type { RootEntry } from './root-entries.ts'

export type ImageMaking = {
  /** A folder for downloads, removed when the image is made. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** A root file system and how a container of it starts, as Dockerfile instructions that an import understands. */
export type MadeImage = {
  readonly entries: readonly RootEntry[]
  readonly changes: readonly string[]
}
