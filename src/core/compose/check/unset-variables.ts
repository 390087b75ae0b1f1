import { leadsOutOfRepository } from '../sources/repositories.ts'
import type { Problem, Span } from '../../errors/problem.ts'
import { didYouMean } from '../tree/nearest.ts'
import { parseEnvFile } from '../texts/env-file.ts'
import type { LoadContext } from '../sources/load-context.ts'
import { childOf, type MapNode, type Place, textOf } from '../tree/node.ts'
import { itemsOf, servicesOf } from './warnings.ts'

/** Places beyond the first that a warning lists. */
const maxPlaces = 9
/** Variables that are told one by one; more of them are one list. */
const handful = 5
/** Names in such a list. */
const maxNames = 50

type Unset = { readonly name: string; readonly places: readonly Place[] }

/** Variables without a value: each told once, with every place that uses it, or, beyond a handful, all in one list. */
export const warnMissingVariables = (
  context: LoadContext,
  environment: Readonly<Record<string, string>>,
  model: MapNode,
): void => {
  if (context.missing.size === 0) return
  const defined = definedInEnvFiles(model, context)
  const unset = [...context.missing].map(([name, places]): Unset => ({ name, places: distinct(places) }))
  const isInStackFile = ({ source }: Place): boolean => context.parsed.has(source.file)
  // Each env file is told of for itself: there a dollar sign is often no variable.
  const groupOf = ({ name, places }: Unset): string => {
    const envFile = places.some(isInStackFile) ? undefined : places[0]?.source.file
    return `${envFile ?? ''}\0${envFile === undefined ? (defined.get(name) ?? '') : ''}`
  }
  for (const [group, variables] of Map.groupBy(unset, groupOf)) {
    const file = group.slice(group.indexOf('\0') + 1)
    if (variables.length > handful) warnMany(variables, file, context)
    else if (file === '') for (const variable of variables) warnUnset(variable, environment, context)
    else for (const variable of variables) warnOnlyInEnvFile(variable, file, context)
  }
}

/** However many anchors bring a value to other places, it is written once. */
const distinct = (places: readonly Place[]): readonly Place[] => [
  ...new Map(places.map((place) => [`${place.start} ${place.source.file}`, place])).values(),
]

const alsoHere = ({ places }: Unset): { place: Place; message: string }[] =>
  places.slice(1, maxPlaces + 1).map((place) => ({ place, message: 'also used here' }))

const warnUnset = (
  variable: Unset,
  environment: Readonly<Record<string, string>>,
  { problems, parsed }: LoadContext,
): void => {
  const { name, places } = variable
  const [first] = places
  const near = didYouMean(name, Object.keys(environment))
  const dollar = first === undefined ? undefined : dollarHint(first, !parsed.has(first.source.file))
  problems.warn(first, 'variable/unset', unsetMessage(name), {
    hint: [near ?? `Set it, or write a default: \${${name}:-value}.`, ...(dollar === undefined ? [] : [dollar])].join(
      ' ',
    ),
    related: alsoHere(variable),
  })
}

/** The warning of a variable without a value in a file of variables that no stack file names. */
export const unsetInEnvFile = (name: string, span: Span): Problem => ({
  severity: 'warning',
  code: 'variable/unset',
  message: unsetMessage(name),
  hint: `Set it, or write a default: \${${name}:-value}. ${plainInEnvFile}`,
  span,
})

const unsetMessage = (name: string): string => `The variable "${name}" is not set; it is read as an empty text.`

const plainInEnvFile = 'For a plain dollar sign, put the value in single quotes, or write $$.'

/** Where no variable may be meant: for a `$name` that goes on a word, as in `pa$word`, or stands in a file of values. */
const dollarHint = ({ source, start }: Place, isInEnvFile: boolean): string | undefined => {
  const around = source.text.slice(Math.max(0, start - 1), start + 2)
  if (isInEnvFile) return /\$[^{]/.test(around) ? plainInEnvFile : undefined
  return /^[^\s"'=:[{,]\$[^{]/.test(around) ? 'A plain dollar sign is written $$.' : undefined
}

const warnOnlyInEnvFile = (variable: Unset, file: string, { problems }: LoadContext): void =>
  problems.warn(
    variable.places[0],
    'variable/only-in-env-file',
    `The variable "${variable.name}" is not set here; it is read as an empty text. ${file} defines it, but an env_file is for the container and not for the stack file.`,
    { hint: `Set it in .env, or pass the file with --env-file ${file}.`, related: alsoHere(variable) },
  )

const warnMany = (variables: readonly Unset[], file: string, { problems }: LoadContext): void => {
  const all = variables.map(({ name }) => name)
  const more = all.length > maxNames ? [`and ${all.length - maxNames} more`] : []
  const names = toRows([...all.slice(0, maxNames), ...more]).join('\n')
  const [first] = variables
  if (file === '')
    problems.warn(
      first?.places[0],
      'variable/unset',
      `${all.length} variables are not set; each is read as an empty text:\n${names}`,
      { hint: `The first of them is used here. Set them in .env, or write defaults: \${${all[0]}:-value}.` },
    )
  else
    problems.warn(
      first?.places[0],
      'variable/only-in-env-file',
      `${all.length} variables are not set here; each is read as an empty text. ${file} defines them, but an env_file is for the container and not for the stack file:\n${names}`,
      { hint: `Set them in .env, or pass the file with --env-file ${file}.` },
    )
}

/** Words, separated by commas, in rows that a terminal takes. */
const toRows = (words: readonly string[]): readonly string[] => {
  const rows: string[] = []
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`
    const last = rows.at(-1)
    if (last === undefined || last.length + piece.length > 96) rows.push(piece)
    else rows[rows.length - 1] = `${last} ${piece}`
  }
  return rows
}

/** The names that env files of services define, each with a file that does. */
const definedInEnvFiles = (model: MapNode, context: LoadContext): ReadonlyMap<string, string> => {
  const files = new Set(
    servicesOf(model).flatMap(([, service]) =>
      itemsOf(childOf(service, 'env_file')).flatMap((item) => textOf(childOf(item, 'path')) ?? []),
    ),
  )
  const defined = new Map<string, string>()
  for (const file of files) {
    const isOurs = !leadsOutOfRepository(file, context) && context.sources.kindOf(file) === 'file'
    const read = isOurs ? context.sources.read(file) : undefined
    const parsed = read?.ok === true ? parseEnvFile(read.text, { lookup: () => undefined }) : undefined
    for (const name of parsed?.ok === true ? parsed.values.keys() : []) defined.set(name, defined.get(name) ?? file)
  }
  return defined
}
