import { isNull, type Node, type Place } from '../../core/compose/tree/node.ts'
import { didYouMean } from '../../core/compose/tree/nearest.ts'
import type { ProblemList } from '../../core/compose/tree/problem-list.ts'
import { keyScopes } from '../../ui/keys/binding.ts'
import { createKeymap, findClashes, type KeyClash, type KeyOverride } from '../../ui/keys/create-keymap.ts'
import { isText, nearestKey, parseKey } from '../../ui/keys/key-names.ts'
import { keymap, type UiCommand } from '../../ui/keys/keymap.ts'

/** Every command of the dashboard, by the name that a file of settings has for it. */
export const commandNames: readonly UiCommand[] = [...new Set(keymap.map(({ command }) => command))]

type WrittenKey = { readonly key: string; readonly place: Place; readonly path: string }
type Written = { readonly override: Omit<KeyOverride, 'keys'>; readonly keys: readonly WrittenKey[] }

/**
 * `keys` of a file of settings: a key or a list of keys by the name of a command, or these by scope. Of two commands on one
 * key the one that is written later is without it, and a command that would be left without any keeps those that it had.
 */
export const parseKeys = (node: Node | undefined, problems: ProblemList): readonly KeyOverride[] => {
  if (node === undefined || isNull(node)) return []
  if (node.kind !== 'map') {
    problems.warn(node, 'settings/bad-value', '"keys" is written as "command: [key, key]", one command a line.', {
      path: 'keys',
    })
    return []
  }
  const written = [...node.entries].flatMap(([name, { key, value }]) => {
    const command = commandNames.find((one) => one === name)
    if (command !== undefined) return readCommand(command, value, problems)
    problems.warn(key, 'settings/unknown-name', `There is no command "${name}".`, {
      path: `keys.${name}`,
      hint: () => didYouMean(name, commandNames) ?? `Commands are ${commandNames.join(', ')}.`,
    })
    return []
  })
  return settle(written, problems)
}

const readCommand = (command: UiCommand, value: Node, problems: ProblemList): readonly Written[] => {
  const path = `keys.${command}`
  if (value.kind !== 'map') return toWritten({ command }, { value, path, problems })
  return [...value.entries].flatMap(([name, entry]) => {
    const scopes = scopesOf(command)
    const scope = keyScopes.find((one) => one === name)
    if (scope !== undefined && scopes.includes(scope))
      return toWritten({ command, scope }, { value: entry.value, path: `${path}.${name}`, problems })
    problems.warn(entry.key, 'settings/unknown-name', `"${command}" has no keys in "${name}".`, {
      path: `${path}.${name}`,
      hint: () => didYouMean(name, scopes) ?? `It has keys in ${scopes.join(', ')}.`,
    })
    return []
  })
}

const scopesOf = (command: UiCommand) =>
  keyScopes.filter((scope) => keymap.some((row) => row.command === command && row.when.includes(scope)))

type Value = { readonly value: Node; readonly path: string; readonly problems: ProblemList }

const toWritten = (override: Omit<KeyOverride, 'keys'>, { value, path, problems }: Value): readonly Written[] => {
  if (isNull(value)) return []
  const nodes = value.kind === 'seq' ? value.items : [value]
  const keys = nodes.flatMap((node) => readKey(node, override, { path, problems }))
  // A list without a key takes all keys away; one whose keys are all wrong says nothing.
  return nodes.length > 0 && keys.length === 0 ? [] : [{ override, keys }]
}

const readKey = (
  node: Node,
  { command, scope }: Omit<KeyOverride, 'keys'>,
  { path, problems }: Pick<Value, 'path' | 'problems'>,
): readonly WrittenKey[] => {
  // A digit is a number to YAML.
  const text = node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined
  const key = text === undefined ? undefined : parseKey(text)
  if (text === undefined || key === undefined) {
    const name = text === undefined ? 'This' : `"${text}"`
    problems.warn(node, 'settings/unknown-key', `${name} is no key.`, {
      path,
      hint: () => {
        const near = text === undefined ? undefined : nearestKey(text)
        return near === undefined
          ? 'Keys are written as r, R, ?, ctrl-r, alt-r, enter, esc, tab, space, up, pageup, home, …'
          : `Did you mean "${near}"?`
      },
    })
    return []
  }
  const scopes = scope === undefined ? scopesOf(command) : [scope]
  if (isText(key) && scopes.every((one) => one === 'typing')) {
    problems.warn(node, 'settings/unknown-key', `"${text}" is text where one types, and no key of "${command}".`, {
      path,
      hint: 'Take one that types nothing: enter, esc, tab, ctrl-x, …',
    })
    return []
  }
  return [{ key, place: node, path }]
}

/** Takes keys away until none means two commands. */
const settle = (written: readonly Written[], problems: ProblemList): readonly KeyOverride[] => {
  const overrides = written.map(({ override, keys }) => ({ ...override, keys: keys.map(({ key }) => key) }))
  for (const clash of findClashes(createKeymap(overrides))) {
    const holders = written.filter(
      ({ override, keys }) =>
        clash.commands.includes(override.command) &&
        (override.scope === undefined || override.scope === clash.scope) &&
        keys.some(({ key }) => key === clash.key),
    )
    const loser = holders.at(-1)
    const lost = loser?.keys.find(({ key }) => key === clash.key)
    if (loser === undefined || lost === undefined) continue
    tellClash(clash, { loser, lost, first: holders.length > 1 ? holders[0] : undefined, overrides }, problems)
    const kept = loser.keys.filter((one) => one !== lost)
    return settle(
      written.flatMap((one) => (one !== loser ? [one] : kept.length === 0 ? [] : [{ ...one, keys: kept }])),
      problems,
    )
  }
  return overrides
}

type Loss = {
  readonly loser: Written
  readonly lost: WrittenKey
  /** The other one, where it is written in the same file. */
  readonly first: Written | undefined
  readonly overrides: readonly KeyOverride[]
}

const tellClash = (
  { key, commands }: KeyClash,
  { loser, lost, first, overrides }: Loss,
  problems: ProblemList,
): void => {
  const { command } = loser.override
  const other = commands.find((one) => one !== command) ?? command
  const place = first?.keys.find((one) => one.key === key)?.place
  const others = createKeymap(overrides)
    .filter((row) => row.command === other)
    .flatMap(({ keys }) => keys)
    .filter((one) => one !== key)
  problems.warn(lost.place, 'settings/key-taken', `"${toText(key)}" means "${other}" already.`, {
    path: lost.path,
    hint: toHint({ command, other, kept: [...new Set(others)] }),
    ...(place === undefined ? {} : { related: [{ place, message: 'it is written here' }] }),
  })
}

const toHint = ({
  command,
  other,
  kept,
}: {
  readonly command: UiCommand
  readonly other: UiCommand
  readonly kept: readonly string[]
}): string => {
  if (other === 'interrupt') return 'Ctrl-C always stops.'
  const instead = kept.length === 0 ? 'another one, too' : `others: ${other}: [${kept.map(toText).join(', ')}]`
  return `Take another key for "${command}", or give "${other}" ${instead}.`
}

const toText = (key: string): string => (key === ' ' ? 'space' : key)
