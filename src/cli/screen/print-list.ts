import { StackError } from '../../core/errors/stack-error.ts'
import type { Environment } from '../../engine/ports/environment.ts'
import { readDockerSetting } from '../../system/docker-config.ts'
import { toGoJson } from '../../report/go-text.ts'
import { renderTemplate, type Fields } from '../../report/template.ts'
import { toColumns } from '../../report/columns.ts'
import type { CliContext } from '../context.ts'

export type ListOptions = {
  readonly format: string | undefined
  /** Where the format was read from, if not from the command line. */
  readonly formatSource?: string
  /** Titles of template columns by field. */
  readonly titles: Readonly<Record<string, string>>
  readonly header: readonly string[]
  readonly toRow: (fields: Fields) => readonly string[]
}

/** The format of the command line, else the one that Docker's `config.json` has for this list. */
export const chooseFormat = (
  asked: string | undefined,
  { env, setting }: { readonly env: Environment; readonly setting: 'psFormat' | 'statsFormat' },
): Pick<ListOptions, 'format' | 'formatSource'> => {
  const own = asked === undefined || asked === '' ? readDockerSetting(env, setting) : undefined
  return own === undefined ? { format: asked } : { format: own, formatSource: `"${setting}" of Docker's config.json` }
}

/** A list as Docker prints it: a table, one JSON object a line, or a template. */
export const printList = (
  { stdout }: Pick<CliContext, 'stdout'>,
  rows: readonly Fields[],
  options: ListOptions,
): void => {
  stdout.write(
    toListLines(rows, options)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

const toListLines = (
  rows: readonly Fields[],
  { format, formatSource, titles, header, toRow }: ListOptions,
): readonly string[] => {
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
        throw new StackError('cli/not-built', {
          what: `What ${rendered.unsupported} asks of the template`,
          ...(formatSource === undefined
            ? {}
            : { instead: `The template is ${formatSource}; "--format table" leaves it aside.` }),
        })
      return rendered.lines
    }
  }
}
