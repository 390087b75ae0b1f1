import { isSecretName, isSecretValue } from '../../errors/mask-secrets.ts'
import { didYouMean } from '../tree/nearest.ts'
import { parseEnvFile } from '../texts/env-file.ts'
import type { LoadContext } from '../sources/load-context.ts'
import { scalarText } from '../steps/merge.ts'
import { childOf, type MapNode, type Node, type Place, textOf } from '../tree/node.ts'
import type { Services } from './select-services.ts'

/** Places beyond the first that a warning lists. */
const maxPlaces = 9

/** A variable without a value is told once, with every place that uses it. */
export const warnMissingVariables = (
  context: LoadContext,
  environment: Readonly<Record<string, string>>,
  model: MapNode,
): void => {
  if (context.missing.size === 0) return
  const defined = definedInEnvFiles(model, context)
  for (const [name, places] of context.missing) {
    const [first, ...rest] = places
    const related = rest.slice(0, maxPlaces).map((place) => ({ place, message: 'also used here' }))
    const file = defined.get(name)
    if (file === undefined) {
      context.problems.warn(
        first,
        'variable/unset',
        `The variable "${name}" is not set; it is read as an empty text.`,
        {
          hint: didYouMean(name, Object.keys(environment)) ?? `Set it, or write a default: \${${name}:-value}.`,
          related,
        },
      )
    } else {
      context.problems.warn(
        first,
        'variable/only-in-env-file',
        `The variable "${name}" is not set here; it is read as an empty text. ${file} defines it, but an env_file is for the container and not for the stack file.`,
        {
          hint: `Set it in .env, or pass the file with --env-file ${file}.`,
          related,
        },
      )
    }
  }
}

const servicesOf = (model: MapNode): readonly (readonly [string, Node])[] => {
  const services = model.entries.get('services')?.value
  return services?.kind === 'map' ? [...services.entries].map(([name, { value }]) => [name, value] as const) : []
}

const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'seq' ? node.items : [])

/** The names that env files of services define, each with a file that does. */
const definedInEnvFiles = (model: MapNode, context: LoadContext): ReadonlyMap<string, string> => {
  const files = new Set(
    servicesOf(model).flatMap(([, service]) =>
      itemsOf(childOf(service, 'env_file')).flatMap((item) => textOf(childOf(item, 'path')) ?? []),
    ),
  )
  const defined = new Map<string, string>()
  for (const file of files) {
    const read = context.sources.kindOf(file) === 'file' ? context.sources.read(file) : undefined
    const parsed = read?.ok === true ? parseEnvFile(read.text, { lookup: () => undefined }) : undefined
    for (const name of parsed?.ok === true ? parsed.values.keys() : []) defined.set(name, defined.get(name) ?? file)
  }
  return defined
}

/** What the file format allows and people trip over. */
export const warnAboutTraps = (model: MapNode, enabled: Services, context: LoadContext): void => {
  const secrets: { readonly name: string; readonly place: Place }[] = []
  for (const [name, service] of servicesOf(model)) {
    if (!Object.hasOwn(enabled, name)) continue
    const ports = itemsOf(childOf(service, 'ports'))
    warnAppendedPorts(name, ports, context)
    warnBase60(name, ports, context)
    secrets.push(...plainSecrets(name, childOf(service, 'environment')))
  }
  warnSecrets(secrets, context)
}

/** A container port that two layers publish: whoever wrote the later one most likely meant to replace the earlier. */
const warnAppendedPorts = (service: string, ports: readonly Node[], { problems }: LoadContext): void => {
  const first = new Map<string, Node>()
  for (const port of ports) {
    const part = (key: string): string => scalarText(childOf(port, key) ?? port)
    const key = `${part('target')}/${part('protocol')}`
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, port)
    else if (earlier.source.file !== port.source.file) {
      problems.warn(
        port,
        'ports/appended',
        `This adds a port to "${service}" and does not replace the one of the earlier file: container port ${part('target')} is published twice.`,
        {
          hint: 'To replace the list, write "ports: !override" before it.',
          related: [{ place: earlier, message: 'the earlier one' }],
          path: `services.${service}.ports`,
        },
      )
    }
  }
}

const warnBase60 = (service: string, ports: readonly Node[], { problems }: LoadContext): void => {
  for (const port of ports) {
    const written = port.source.text.slice(port.start, port.end).trim()
    if (!/^[0-9]+(?::[0-5]?[0-9])+$/.test(written)) continue
    problems.warn(
      port,
      'ports/base-60',
      `Older readers of YAML take ${written} without quotes for one number of base 60.`,
      {
        hint: `Put it in quotes: "${written}".`,
        path: `services.${service}.ports`,
      },
    )
  }
}

const plainSecrets = (service: string, environment: Node | undefined): readonly { name: string; place: Place }[] => {
  if (environment?.kind === 'map') {
    return [...environment.entries].flatMap(([key, { key: place, value }]) =>
      isSecretName(key) && isLiteral(value, scalarText(value)) ? [{ name: `${service}.${key}`, place }] : [],
    )
  }
  return itemsOf(environment).flatMap((item) => {
    const text = textOf(item) ?? ''
    const cut = text.indexOf('=')
    const key = text.slice(0, Math.max(cut, 0))
    return cut > 0 && isSecretName(key) && isLiteral(item, text.slice(cut + 1))
      ? [{ name: `${service}.${key}`, place: item }]
      : []
  })
}

const isLiteral = (node: Node, text: string): boolean =>
  node.kind === 'scalar' && node.template === undefined && isSecretValue(text)

const warnSecrets = (
  secrets: readonly { readonly name: string; readonly place: Place }[],
  { problems }: LoadContext,
): void => {
  const [first] = secrets
  if (first === undefined) return
  const names = secrets
    .slice(0, 6)
    .map(({ name }) => name)
    .join(', ')
  const more = secrets.length > 6 ? ` and ${secrets.length - 6} more` : ''
  const subject =
    secrets.length === 1 ? `${names} looks like a secret and stands` : `${names}${more} look like secrets and stand`
  problems.warn(first.place, 'environment/secret', `${subject} in the stack file as plain text.`, {
    hint: 'Take the value from the environment (${NAME}) or from a secret: everybody who sees the file or inspects the container sees it.',
    conceal: true,
  })
}
