import type { Flag, FlagSet, ParsedArguments } from './flag.ts'
import { nearestName } from '../../core/errors/nearest-name.ts'

export type ParseOptions = {
  /** Stop at the first word that is no flag: what follows belongs to another command (`exec`, `run`, and the command itself). */
  readonly stopAtWord?: boolean
}

/** What is wrong with a command line, in a sentence, with what was probably meant. */
export type UsageProblem = { readonly detail: string; readonly near?: string }

export type ParseResult<S extends FlagSet> =
  | { readonly ok: true; readonly value: ParsedArguments<S> }
  | { readonly ok: false; readonly problem: UsageProblem }

type Found = { readonly name: string; readonly flag: Flag }
type Store = Map<string, boolean | number | string | readonly string[]>

/**
 * Words → flags and what is left, in the manner of Docker's own command line: `--flag value`, `--flag=value`, `-f value`, `-fvalue`,
 * `-f=value`, short switches together (`-Td`), switches turned off with `--flag=false`, and `--` before what is not to be read.
 */
export const parseArguments = <S extends FlagSet>(
  words: readonly string[],
  flags: S,
  options: ParseOptions = {},
): ParseResult<S> => {
  const values: Store = new Map()
  const rest: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--') {
      rest.push(...words.slice(at + 1))
      break
    }
    if (word === '-' || !word.startsWith('-')) {
      if (options.stopAtWord === true) {
        rest.push(...words.slice(at))
        break
      }
      rest.push(word)
      continue
    }
    const read = word.startsWith('--') ? readLong(word, words[at + 1], flags) : readShort(word, words[at + 1], flags)
    if ('detail' in read) return { ok: false, problem: read }
    for (const { name, flag, text } of read.found) {
      const problem = store(values, { name, flag }, text)
      if (problem !== undefined) return { ok: false, problem }
    }
    if (read.tookNext) at += 1
  }
  return {
    ok: true,
    value: { flags: withDefaults(values, flags) as never, given: new Set(values.keys()), words: rest },
  }
}

type Read = { readonly found: readonly (Found & { readonly text: string | undefined })[]; readonly tookNext: boolean }

const readLong = (word: string, next: string | undefined, flags: FlagSet): Read | UsageProblem => {
  const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const flag = findLong(name, flags)
  if (flag === undefined) return unknownFlag(`--${name}`, flags)
  if (flag.flag.kind === 'boolean' || attached !== undefined)
    return { found: [{ ...flag, text: attached }], tookNext: false }
  if (next === undefined) return { detail: `The flag --${name} needs a value.` }
  return { found: [{ ...flag, text: next }], tookNext: true }
}

/** `-Td`, `-fvalue`, `-f=value`: the first flag of the bundle that takes a value takes all that is left. */
const readShort = (word: string, next: string | undefined, flags: FlagSet): Read | UsageProblem => {
  const found: (Found & { text: string | undefined })[] = []
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? ''
    const entry = Object.entries(flags).find(([, flag]) => flag.short === letter)
    if (entry === undefined) return unknownFlag(`-${letter}`, flags, word)
    const [name, flag] = entry
    const left = word.slice(at + 1)
    if (left.startsWith('=')) return { found: [...found, { name, flag, text: left.slice(1) }], tookNext: false }
    if (flag.kind === 'boolean') {
      found.push({ name, flag, text: undefined })
      continue
    }
    if (left !== '') return { found: [...found, { name, flag, text: left }], tookNext: false }
    if (next === undefined) return { detail: `The flag -${letter} (--${name}) needs a value.` }
    return { found: [...found, { name, flag, text: next }], tookNext: true }
  }
  return { found, tookNext: false }
}

/** Docker's command line reads the name of a flag in any case (`--no-TTY`). */
const findLong = (name: string, flags: FlagSet): Found | undefined => {
  const exact = flags[name]
  if (exact !== undefined) return { name, flag: exact }
  const key = Object.keys(flags).find((each) => each.toLowerCase() === name.toLowerCase())
  const flag = key === undefined ? undefined : flags[key]
  return key === undefined || flag === undefined ? undefined : { name: key, flag }
}

const unknownFlag = (written: string, flags: FlagSet, word = written): UsageProblem => {
  const names = Object.entries(flags).flatMap(([name, flag]) => (flag.hidden === true ? [] : [`--${name}`]))
  // `-detach` is `--detach` with a hyphen forgotten far more often than `-d -e -t …`.
  const near = word.startsWith('--')
    ? nearestFlag(word, names)
    : word.length > 2
      ? names.find((name) => name === `-${word}`)
      : undefined
  return {
    detail: `Unknown flag ${word.startsWith('--') || word.length === 2 ? word : `${written} in ${word}`}.`,
    ...(near === undefined ? {} : { near }),
  }
}

/** `--abort-on-container` is a beginning, and far from the whole as distances go. */
const nearestFlag = (word: string, names: readonly string[]): string | undefined =>
  nearestName(word, names) ?? (word.length > 4 ? names.find((name) => name.startsWith(word)) : undefined)

const truths: Readonly<Record<string, boolean>> = { '1': true, t: true, true: true, '0': false, f: false, false: false }

const store = (values: Store, { name, flag }: Found, text: string | undefined): UsageProblem | undefined => {
  switch (flag.kind) {
    case 'boolean': {
      const value = text === undefined ? true : truths[text.toLowerCase()]
      if (value === undefined) return { detail: `The flag --${name} is a switch: true or false, not "${text}".` }
      values.set(name, value)
      return undefined
    }
    case 'number': {
      if (text === undefined || !/^[+-]?\d+$/.test(text))
        return { detail: `The flag --${name} takes a whole number, not "${text}".` }
      values.set(name, Number(text))
      return undefined
    }
    case 'string':
    case 'strings': {
      const value = text ?? ''
      const wrong = flag.choices !== undefined && !flag.choices.includes(value)
      if (wrong) return wrongChoice(name, value, flag.choices ?? [])
      if (flag.kind === 'string') values.set(name, value)
      else
        values.set(name, [
          ...((values.get(name) as readonly string[] | undefined) ?? []),
          ...(flag.commas === true ? value.split(',') : [value]),
        ])
      return undefined
    }
  }
}

const wrongChoice = (name: string, value: string, choices: readonly string[]): UsageProblem => {
  const near = nearestName(value, choices)
  return {
    detail: `The flag --${name} takes ${listOr(choices)}, not "${value}".`,
    ...(near === undefined ? {} : { near }),
  }
}

/** `a, b or c`. */
export const listOr = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const withDefaults = (values: Store, flags: FlagSet): Record<string, unknown> => {
  const complete: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) {
    const fallback = flag.kind === 'boolean' ? (flag.default ?? false) : flag.kind === 'strings' ? [] : undefined
    complete[name] = values.get(name) ?? fallback
  }
  return complete
}
