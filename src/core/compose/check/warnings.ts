import { isSecretName, isSecretValue } from '../../errors/mask-secrets.ts'
import type { LoadContext } from '../sources/load-context.ts'
import { scalarText } from '../steps/merge.ts'
import { childOf, type MapNode, type Node, type Place, textOf } from '../tree/node.ts'
import type { Services } from './select-services.ts'

/** The services of a model, by name. */
export const servicesOf = (model: MapNode): readonly (readonly [string, Node])[] => {
  const services = model.entries.get('services')?.value
  return services?.kind === 'map' ? [...services.entries].map(([name, { value }]) => [name, value] as const) : []
}

/** The items of a list; none of anything else. */
export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'seq' ? node.items : [])

/** What the file format allows and people trip over. */
export const warnAboutTraps = (model: MapNode, enabled: Services, context: LoadContext): void => {
  const secrets: { readonly name: string; readonly place: Place }[] = []
  for (const [name, service] of servicesOf(model)) {
    if (!Object.hasOwn(enabled, name)) continue
    const ports = itemsOf(childOf(service, 'ports'))
    warnAppendedPorts(name, ports, context)
    warnBase60(name, ports, context)
    for (const secret of plainSecrets(name, childOf(service, 'environment'))) secrets.push(secret)
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
      isPlainSecret(key, value, scalarText(value)) ? [{ name: `${service}.${key}`, place }] : [],
    )
  }
  return itemsOf(environment).flatMap((item) => {
    const text = textOf(item) ?? ''
    const cut = text.indexOf('=')
    const key = text.slice(0, Math.max(cut, 0))
    return cut > 0 && isPlainSecret(key, item, text.slice(cut + 1)) ? [{ name: `${service}.${key}`, place: item }] : []
  })
}

const isPlainSecret = (name: string, node: Node, text: string): boolean =>
  node.kind === 'scalar' &&
  node.template === undefined &&
  isSecretName(name) &&
  isSecretValue(text) &&
  !isHarmless(name, text)

/** What bears the name of a secret and is none: a switch of how one is made, a yes or no, or the path of a file. */
const isHarmless = (name: string, text: string): boolean =>
  /(?:^|_)(?:ALLOW_EMPTY|RANDOM)_/i.test(name) ||
  /^(?:yes|no|y|n|on|off|true|false|null|none)$/i.test(text.trim()) ||
  /^(?:~|\.{0,2})\/[\w./@-]*$/.test(text)

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
