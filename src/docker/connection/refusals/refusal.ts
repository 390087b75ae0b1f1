/** What a sentence of the engine means, in words of ours: the cause, with the object that it is about, and what helps. */
export type Refusal = readonly [pattern: RegExp, toWords: (...groups: readonly string[]) => Words]
export type Words = { readonly why: string; readonly help: string }

/** The words for a sentence, by the first row that knows it. */
export const findWords = (rows: readonly Refusal[], sentence: string): Words | undefined => {
  for (const [pattern, toWords] of rows) {
    const match = pattern.exec(sentence)
    if (match !== null) return toWords(...match.slice(1).map((group: string | undefined) => group ?? ''))
  }
  return undefined
}
