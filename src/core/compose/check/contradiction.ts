import type { DecodedProject } from '../model/decode-project.ts'
import type { Services } from './select-services.ts'

/** What is checked as a whole: the services that are on, and those that a profile switches off. */
export type CheckedProject = DecodedProject & { readonly name: string; readonly disabled: Services }

/** Something that each value alone allows and the whole does not, at its path in the model. */
export type Contradiction = {
  readonly path: readonly (string | number)[]
  /** Whether to point at the key or at the value of the path; the value when left out. */
  readonly at?: 'key' | 'value'
  readonly code: string
  readonly message: string
  /** A function where it takes a search among the names of the project. */
  readonly hint?: string | (() => string | undefined)
  readonly severity?: 'warning'
  /** A value that says nothing because a variable in it is unset; it is pointed at then, for it is what is to be mended. */
  readonly emptyAt?: readonly (string | number)[]
  /** What would have made this right: where one of them is missing because of another problem, this one only follows from it. */
  readonly needs?: readonly (readonly (string | number)[])[]
  /** Other places that the message speaks of. */
  readonly related?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
}
