import { toColumns } from './columns.ts'
import { toGoJson } from './go-text.ts'

/** One row of a list, by the field names of Docker's templates. */
export type Fields = Readonly<Record<string, unknown>>

export type TemplateColumns = {
  /** Column titles by field, where they are not the field in capitals. */
  readonly titles?: Readonly<Record<string, string>>
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'json'; readonly name: string | undefined }

/**
 * A `--format` template with what lists need of Go's templates: `{{.Name}}`, `{{json .}}`, `{{json .Name}}`, the escapes `\t` and
 * `\n`, and `table …` for columns with titles.
 * @returns the lines, or what is in the template that is not built
 */
export const renderTemplate = (
  format: string,
  rows: readonly Fields[],
  { titles = {} }: TemplateColumns = {},
): { readonly lines: readonly string[] } | { readonly unsupported: string } => {
  const isTable = format.startsWith('table ')
  const parts = parseTemplate(unescapeTemplate(isTable ? format.slice('table '.length) : format))
  if ('unsupported' in parts) return parts
  const unknown =
    rows.length === 0
      ? undefined
      : parts.parts.find(
          (part) => part.kind !== 'text' && part.name !== undefined && rows[0]?.[part.name] === undefined,
        )
  if (unknown !== undefined && unknown.kind !== 'text') return { unsupported: `{{.${unknown.name}}}` }
  const bodies = rows.map((row) => renderParts(parts.parts, (name) => toText(row[name]), row))
  if (!isTable) return { lines: bodies }
  const head = renderParts(parts.parts, (name) => titles[name] ?? name.toUpperCase(), {})
  return {
    lines: toColumns(
      [head, ...bodies].map((line) => line.split('\t')),
      { gap: 3, minimum: 10 },
    ),
  }
}

const unescapeTemplate = (format: string): string => format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')

const parseTemplate = (format: string): { readonly parts: readonly Part[] } | { readonly unsupported: string } => {
  const parts: Part[] = []
  let at = 0
  for (const found of format.matchAll(/\{\{-?\s*(.*?)\s*-?\}\}/gs)) {
    if (found.index > at) parts.push({ kind: 'text', text: format.slice(at, found.index) })
    const action = /^(json\s+)?\.(\w*)$/.exec(found[1] ?? '')
    if (action === null || (action[1] === undefined && action[2] === '')) return { unsupported: found[0] }
    const name = action[2] === '' ? undefined : action[2]
    parts.push(action[1] === undefined ? { kind: 'field', name: name ?? '' } : { kind: 'json', name })
    at = found.index + found[0].length
  }
  if (at < format.length) parts.push({ kind: 'text', text: format.slice(at) })
  return { parts }
}

const renderParts = (parts: readonly Part[], read: (name: string) => string, row: Fields): string =>
  parts
    .map((part) =>
      part.kind === 'text'
        ? part.text
        : part.kind === 'field'
          ? read(part.name)
          : toGoJson(part.name === undefined ? row : row[part.name]),
    )
    .join('')

const toText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? toGoJson(value) : String(value)
