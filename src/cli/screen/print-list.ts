import { StackError } from '../../core/errors/stack-error.ts'
import { toGoJson } from '../../report/go-text.ts'
import { renderTemplate, type Fields } from '../../report/template.ts'
import { toColumns } from '../../report/columns.ts'
import type { CliContext } from '../context.ts'

export type ListOptions = {
  readonly format: string | undefined
  /** Titles of template columns by field. */
  readonly titles: Readonly<Record<string, string>>
  readonly header: readonly string[]
  readonly toRow: (fields: Fields) => readonly string[]
}

/** A list as Docker prints it: a table, one JSON object a line, or a template. */
export const printList = (
  { stdout }: Pick<CliContext, 'stdout'>,
  rows: readonly Fields[],
  { format, titles, header, toRow }: ListOptions,
): void => {
  stdout.write(
    toListLines(rows, { format, titles, header, toRow })
      .map((line) => `${line}\n`)
      .join(''),
  )
}

const toListLines = (rows: readonly Fields[], { format, titles, header, toRow }: ListOptions): readonly string[] => {
  switch (format) {
    case undefined:
    case '':
    case 'table':
      return toColumns([header, ...rows.map(toRow)], { gap: 3, minimum: 10 })
    case 'json':
      return rows.map(toGoJson)
    default: {
      const rendered = renderTemplate(format, rows, { titles })
      if ('unsupported' in rendered)
        throw new StackError('cli/not-built', { what: `What ${rendered.unsupported} asks of the template` })
      return rendered.lines
    }
  }
}
