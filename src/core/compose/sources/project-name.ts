import { interpolateText } from '../texts/template.ts'
import { type LoadContext, readDocuments, readSource } from './load-context.ts'
import { textOf, type Place } from '../tree/node.ts'
import { basename } from '../texts/paths.ts'

/** Lower case, only `a-z0-9_-`, and no mark at the start. */
export const normalizeName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')

type Wanted = {
  readonly asked: string | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly directory: string
  readonly interpolate: boolean
}

/** `-p`, else COMPOSE_PROJECT_NAME, else the last `name:` of the files, else the folder's name. */
export const resolveProjectName = (wanted: Wanted, context: LoadContext): string | undefined => {
  const { asked, environment, directory } = wanted
  const explicit = asked !== undefined && asked !== '' ? asked : environment['COMPOSE_PROJECT_NAME'] || undefined
  if (explicit !== undefined) {
    if (normalizeName(explicit) === explicit) return explicit
    context.problems.error(
      undefined,
      'project/name',
      `"${explicit}" cannot be a project's name: only a-z, 0-9, _ and - can stand in it, and the first one is a letter or a digit.`,
      {
        losesNothing: true,
        hint: normalizeName(explicit) === '' ? undefined : `"${normalizeName(explicit)}" would do.`,
      },
    )
    return undefined
  }
  const name = nameFromFiles(wanted, context) || normalizeName(basename(directory))
  if (name !== '') return name
  context.problems.error(
    undefined,
    'project/no-name',
    'The project has no name, and none can be made from the name of its folder.',
    {
      losesNothing: true,
      hint: 'Write name: in the stack file, or give one with -p.',
    },
  )
  return undefined
}

/** A text without this has no key `name` at its top level, and need not be parsed to know. */
const mayHoldName = /(?:^|[\n{,?:\s"'])name["']?\s*:/

const nameFromFiles = ({ files, environment, interpolate }: Wanted, context: LoadContext): string => {
  let found: { readonly text: string; readonly place: Place } | undefined
  for (const file of files) {
    const source = readSource(context, file, undefined)
    if (source === undefined || !mayHoldName.test(source.text)) continue
    for (const document of readDocuments(context, file, undefined) ?? []) {
      const value = document.root?.kind === 'map' ? document.root.entries.get('name')?.value : undefined
      const text = textOf(value)
      if (value !== undefined && text !== undefined && text !== '') found = { text, place: value }
    }
  }
  if (found === undefined) return ''
  if (!interpolate) return normalizeName(found.text)
  const result = interpolateText(found.text, (name) =>
    Object.hasOwn(environment, name) ? environment[name] : undefined,
  )
  if (!result.ok) return ''
  if (result.value === '') {
    context.problems.error(found.place, 'project/empty-name', `The project's name ${found.text} is empty.`, {
      hint: 'Set the variable, or give it a default: ${NAME:-app}.',
      path: 'name',
    })
  } else if (normalizeName(result.value) === '') {
    context.problems.error(
      found.place,
      'project/empty-name',
      `Nothing of "${result.value}" can stand in a project's name.`,
      { hint: 'Names hold a-z, 0-9, _ and -, and begin with a letter or a digit.', path: 'name' },
    )
  }
  return normalizeName(result.value)
}
