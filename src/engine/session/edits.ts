import type { ServiceName } from '../../core/project/project.ts'

/** Edits of the stack file, and of all that it is made of. */
export type Edits = {
  /** How often the files were to be read, and which of these readings counts. */
  asked: number
  read: number
  /** Something newer was read: ends what is being applied, as long as no container was touched. */
  overtaking: AbortController
  /** Services whose images are still to be built as they are said to be now. */
  readonly unbuilt: Set<ServiceName>
}

export const createEdits = (): Edits => ({ asked: 0, read: 0, overtaking: new AbortController(), unbuilt: new Set() })
