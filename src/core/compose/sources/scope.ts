import type { Variables } from '../steps/interpolate.ts'
import type { LoadContext } from './load-context.ts'
import type { MapNode, Place } from '../tree/node.ts'

export type FileRequest = { readonly path: string; readonly at: Place | undefined }
export type ModelRequest = {
  readonly scope: Scope
  /** What paths in the result are below: absolute for the whole project, relative to the including one for an include. */
  readonly base: string
  readonly resolvePaths: boolean
}

/** One project directory with its variables: the main one, or that of an `include`. */
export type Scope = {
  readonly context: LoadContext
  /** Absolute: what paths of files in `extends` and `include` are relative to. */
  readonly directory: string
  readonly variables: Variables
  readonly environment: Readonly<Record<string, string>>
  /** Loads the files of another scope: an include is a project in a project. */
  readonly loadModel: (files: readonly FileRequest[], request: ModelRequest) => MapNode
  /** The files that led here by including each other. */
  readonly including: readonly string[]
}
