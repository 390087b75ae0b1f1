/** A place in a text: `offset` and `length` in UTF-16 units, `line` and `column` from 1. */
export type Span = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** UTF-16 units that the marked text is long; at least 1. */
  readonly length: number
}

/**
 * Something that is wrong with, or to be known about, what the user wrote: an expected problem, and so a value.
 * All problems of an input are reported at once, sorted by place.
 */
export type Problem = {
  readonly severity: 'error' | 'warning'
  /** Permanent and searchable: `file/unknown-key`. */
  readonly code: string
  /** A full sentence: what is wrong and why. */
  readonly message: string
  readonly hint?: string
  readonly span?: Span
  /** Dotted path in the document, where there is one: `services.web.ports[0]`. */
  readonly path?: string
  /** The line itself is not to be shown: it may hold a secret. */
  readonly conceal?: boolean
  /** How many further problems this one stands for. */
  readonly more?: number
  /** Other places that explain this one ("first defined here"). */
  readonly related?: readonly { readonly span: Span; readonly message: string }[]
}
