import { keyScopes, type Binding, type KeyScope } from './binding.ts'
import { isText } from './key-names.ts'
import { keymap, type Keymap, type UiCommand } from './keymap.ts'

/** Keys that a person has given to a command: wherever it means something, or scope by scope. */
export type KeyOverride = {
  readonly command: UiCommand
  /** Absent: in every scope of the command. */
  readonly scope?: KeyScope
  /** As `parseKey` gives them; none: the palette alone reaches it. */
  readonly keys: readonly string[]
}

type Row = Binding<UiCommand>

/** The way out of everything keeps its key, whatever a person has chosen. */
const lasting: Readonly<Partial<Record<UiCommand, readonly string[]>>> = { interrupt: ['ctrl-c'] }

/**
 * The table of keys with a person's own in it. Keys of a command take the place of all that it has, in the scopes that
 * are meant; where one types, a character stays text.
 */
export const createKeymap = (overrides: readonly KeyOverride[] = []): Keymap =>
  overrides.reduce<Keymap>((keys, override) => withOverride(keys, override), keymap)

const withOverride = (keys: Keymap, { command, scope, keys: chosen }: KeyOverride): Keymap => {
  const all = [...chosen, ...(lasting[command] ?? []).filter((key) => !chosen.includes(key))]
  const done = new Set<KeyScope>()
  return keys.flatMap((row): readonly Row[] => {
    if (row.command !== command) return [row]
    const meant = row.when.filter((one) => (scope === undefined || one === scope) && takes(one, all))
    const others = row.when.filter((one) => !meant.includes(one))
    const fresh = meant.filter((one) => !done.has(one))
    for (const one of fresh) done.add(one)
    // Its first row in a scope stands for the others there: they differ in their keys alone.
    const { pane, ...anywhere } = row
    return [
      ...(fresh.length === 0 ? [] : [{ ...anywhere, when: fresh, keys: keysIn(fresh, all) }]),
      ...(others.length === 0 ? [] : [{ ...row, when: others }]),
    ]
  })
}

/** Where one types, keys that are characters are left out, and a command that would have no other keeps those it has. */
const takes = (scope: KeyScope, keys: readonly string[]): boolean =>
  scope !== 'typing' || keys.length === 0 || keys.some((key) => !isText(key))

const keysIn = (scopes: readonly KeyScope[], keys: readonly string[]): readonly string[] =>
  scopes.length === 1 && scopes[0] === 'typing' ? keys.filter((key) => !isText(key)) : keys

/** A key that means two commands at one place. */
export type KeyClash = {
  readonly key: string
  readonly scope: KeyScope
  readonly commands: readonly [UiCommand, UiCommand]
}

/** Every key that means two commands in one scope and one pane, each pair of commands once. */
export const findClashes = (keys: Keymap): readonly KeyClash[] => {
  const found = keyScopes.flatMap((scope) => {
    const valid = keys.filter((row) => row.when.includes(scope))
    return valid.flatMap((row, index) => valid.slice(index + 1).flatMap((other) => clashesOf(row, other, scope)))
  })
  return [...new Map(found.map((clash) => [`${clash.key} ${clash.commands.join(' ')}`, clash])).values()]
}

const clashesOf = (one: Row, other: Row, scope: KeyScope): readonly KeyClash[] =>
  one.command === other.command || isApart(one, other, scope)
    ? []
    : one.keys
        .filter((key) => other.keys.includes(key) && !(scope === 'typing' && isText(key)))
        .map((key) => ({ key, scope, commands: [one.command, other.command] }))

const isApart = (one: Row, other: Row, scope: KeyScope): boolean =>
  scope === 'main' && one.pane !== undefined && other.pane !== undefined && one.pane !== other.pane
