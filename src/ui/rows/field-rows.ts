import type { Theme } from '../theme.ts'
import { composeRow } from '../text/compose-row.ts'
import { fit, wrapWords } from '../text/fit.ts'

export type DetailsOptions = { readonly width: number; readonly theme: Theme; readonly now: number }

/** Those without a text are left out. */
export const toFields = (facts: readonly (readonly [string, string])[], options: DetailsOptions) =>
  facts.flatMap(([name, text]) => (text === '' ? [] : toField(name, text, options)))

/** A name and a text, over as many rows as it takes. */
export const toField = (
  name: string,
  text: string,
  options: DetailsOptions & { readonly paint?: (text: string) => string },
): readonly string[] => {
  const { theme, width } = options
  const label = 10
  return wrapWords(text, Math.max(1, width - label - 2)).map((line, index) =>
    composeRow(
      [
        { text: fit(index === 0 ? ` ${name}` : '', label), paint: theme.dim },
        { text: line, ...(options.paint === undefined ? {} : { paint: options.paint }) },
      ],
      { width, ellipsis: theme.symbols.ellipsis },
    ),
  )
}
