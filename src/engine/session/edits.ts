import type { Project, ServiceName } from '../../core/project/project.ts'
import type { SessionPlans } from '../session-plans.ts'

/** The files as they were read again. */
export type Edit = { readonly project: Project; readonly plans: SessionPlans }

/** Edits of the stack file, and of all that it is made of. */
export type Edits = {
  /** How often the files were to be read, and which of these readings counts. */
  asked: number
  read: number
  /** Read, and not applied yet. */
  proposed: Edit | undefined
  /** Something newer was read: ends what is being applied, as long as no container was touched. */
  overtaking: AbortController
  /** Services whose images are still to be built as they are said to be now. */
  readonly unbuilt: Set<ServiceName>
}

export const createEdits = (): Edits => ({
  asked: 0,
  read: 0,
  proposed: undefined,
  overtaking: new AbortController(),
  unbuilt: new Set(),
})
