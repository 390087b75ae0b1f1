import { lineAt, lineStarts } from './line-starts.ts'
import { interpolateText, referenceLength } from './template.ts'

export type EnvFileOptions = {
  /** The project's environment: a bare `KEY` takes its value from here, and `${…}` looks here before the file itself. */
  readonly lookup: (name: string) => string | undefined
  /** `raw`: `KEY=value` lines as they are; no quotes, escapes or variables. */
  readonly format?: 'raw'
  /** The values of the files before this one, which its variables see when the environment has none. */
  readonly known?: ReadonlyMap<string, string>
  /** Values of variables that nothing gives one, where the text has no default. */
  readonly implied?: (name: string) => string | undefined
}

/** A variable that had no value where one was used, and the place of its use. */
type MissingInFile = {
  readonly name: string
  readonly line: number
  readonly column: number
  readonly length: number
}

export type EnvFile =
  | {
      readonly ok: true
      readonly values: ReadonlyMap<string, string>
      /** Names that stand alone on a line, whether they have a value in the environment or not. */
      readonly inherited: readonly string[]
      readonly missing: readonly MissingInFile[]
    }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string }

type Failure = Extract<EnvFile, { ok: false }>
type Reader = {
  readonly text: string
  /** Where each line starts; known when the first place is asked for. */
  starts: readonly number[] | undefined
  readonly lookup: (name: string) => string | undefined
  readonly known: ReadonlyMap<string, string> | undefined
  readonly implied: ((name: string) => string | undefined) | undefined
  readonly values: Map<string, string>
  readonly inherited: string[]
  readonly missing: MissingInFile[]
  /** Characters of all values so far: a few that stand for each other grow without end. */
  size: number
  at: number
}

const maxValues = 64 * 1024 * 1024

/** Reads an env file (`.env`, `env_file`, `label_file`): the grammar of compose-go's dotenv, or `raw`, Docker's own. */
export const parseEnvFile = (text: string, options: EnvFileOptions): EnvFile => {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (options.format === 'raw') return parseRaw(body, options.lookup)
  const reader: Reader = {
    text: body,
    starts: undefined,
    lookup: options.lookup,
    known: options.known,
    implied: options.implied,
    values: new Map(),
    inherited: [],
    missing: [],
    size: 0,
    at: 0,
  }
  while (skipToStatement(reader)) {
    const failure = readStatement(reader)
    if (failure !== undefined) return failure
  }
  return { ok: true, values: reader.values, inherited: reader.inherited, missing: reader.missing }
}

const isSpace = (char: string): boolean => /[\t\v\f\r \u0085\u00A0]/.test(char)
const isAnySpace = (char: string): boolean => char === '\n' || isSpace(char) || /\p{White_Space}/u.test(char)

/** Over blank lines and comments; `false` at the end of the file. */
const skipToStatement = (reader: Reader): boolean => {
  for (;;) {
    while (reader.at < reader.text.length && isAnySpace(reader.text[reader.at] ?? '')) reader.at += 1
    if (reader.at >= reader.text.length) return false
    if (reader.text[reader.at] !== '#') return true
    const end = reader.text.indexOf('\n', reader.at)
    reader.at = end === -1 ? reader.text.length : end
  }
}

const readStatement = (reader: Reader): Failure | undefined => {
  const exported = /export\s+/y
  exported.lastIndex = reader.at
  if (exported.test(reader.text)) {
    reader.at += 'export'.length
    skipSpaces(reader)
  }
  const start = reader.at
  const key = readKey(reader)
  if (typeof key !== 'string') return key
  if (key.includes(' ')) return fail(reader, start, 'A name in an env file cannot hold a space.')
  const separator = reader.text[reader.at]
  reader.at += 1
  // A name that the file ends with is a bare one too; the reference takes it for a value without a name.
  if (separator === undefined || separator === '\n') {
    reader.inherited.push(key)
    const value = reader.lookup(key)
    if (value !== undefined) reader.values.set(key, value)
    return undefined
  }
  skipSpaces(reader)
  const value = readValue(reader)
  if (typeof value !== 'string') return value
  reader.values.set(key, value)
  return undefined
}

const skipSpaces = (reader: Reader): void => {
  while (reader.at < reader.text.length && isSpace(reader.text[reader.at] ?? '')) reader.at += 1
}

/** Up to `=`, `:` or the end of the line, which stays unread. */
const readKey = (reader: Reader): string | Failure => {
  const start = reader.at
  for (const char of reader.text.slice(start)) {
    if (char === '=' || char === ':' || char === '\n') break
    if (!isSpace(char) && !/[_.\-[\]\p{L}\p{N}]/u.test(char)) {
      return fail(reader, reader.at, `The character ${JSON.stringify(char)} cannot stand in a variable's name.`)
    }
    reader.at += char.length
  }
  return reader.text.slice(start, reader.at).trimEnd()
}

const readValue = (reader: Reader): string | Failure => {
  const quote = reader.text[reader.at]
  if (quote === '"' || quote === "'") return readQuoted(reader, quote)
  const start = reader.at
  const end = reader.text.indexOf('\n', start)
  const line = reader.text.slice(start, end === -1 ? reader.text.length : end)
  reader.at = end === -1 ? reader.text.length : end + 1
  const comment = line.indexOf(' #')
  return expand(reader, (comment === -1 ? line : line.slice(0, comment)).trimEnd(), start)
}

/** To the closing quote, over line breaks too. A backslash escapes the quote itself and is kept before anything else. */
const readQuoted = (reader: Reader, quote: '"' | "'"): string | Failure => {
  const start = reader.at
  let value = ''
  let isEscape = false
  for (let i = start + 1; i < reader.text.length; i += 1) {
    const char = reader.text[i] ?? ''
    if (char === quote && !isEscape) {
      reader.at = i + 1
      return quote === '"' ? expand(reader, unescape(value), start + 1) : value
    }
    if (char !== quote && !isEscape && char === '\\') {
      isEscape = true
      continue
    }
    if (char !== quote && isEscape) value += '\\'
    isEscape = false
    value += char
  }
  return fail(reader, start, `The quote that opens here is never closed.`)
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  $: '$$',
}

/**
 * The escapes of double quotes; `\$` becomes `$$`, which interpolation reads as a plain `$`. An octal one has three digits
 * after its zero; of any other the reference leaves the digits alone and takes the zero away.
 */
const unescape = (value: string): string =>
  value.replace(
    /\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g,
    (match, letter: string | undefined, octal: string | undefined) => {
      if (letter !== undefined) return escapes[letter] ?? match
      const isCharacter = octal !== undefined && /^[0-7]{3}$/.test(octal) && parseInt(octal, 8) <= 255
      return isCharacter ? String.fromCharCode(parseInt(octal, 8)) : `\\${octal ?? ''}`
    },
  )

const expand = (reader: Reader, value: string, at: number): string | Failure => {
  const result = interpolateText(
    value,
    (name) => reader.lookup(name) ?? reader.values.get(name) ?? reader.known?.get(name),
    reader.implied,
  )
  // Escapes move what follows them.
  if (!result.ok) return fail(reader, reader.text.startsWith(value, at) ? at + result.offset : at, result.message)
  reader.size += result.value.length
  if (reader.size > maxValues)
    return fail(reader, at, `The values of this file are longer than ${maxValues / 1024 / 1024} MB.`)
  if (result.missing.length > 0)
    for (const place of placesOfUses(reader, { value, at, uses: result.missing })) reader.missing.push(place)
  return result.value
}

const use = /\$\{?([A-Za-z_]\w*)/g

type Uses = {
  readonly value: string
  readonly at: number
  readonly uses: readonly { readonly name: string; readonly offset: number }[]
}

/** Where a value that begins at `at` uses variables: escapes may have moved the uses, but not their order. */
const placesOfUses = (reader: Reader, { value, at, uses }: Uses): readonly MissingInFile[] => {
  use.lastIndex = 0
  const order = new Map([...value.matchAll(use)].map(({ index }, count) => [index, count]))
  const written: number[] = []
  use.lastIndex = at
  while (written.length < order.size) {
    const found = use.exec(reader.text)
    if (found === null) break
    written.push(found.index)
  }
  return uses.map(({ name, offset }) => {
    const start = written[order.get(offset) ?? -1]
    if (start === undefined) return { name, ...position(reader, at), length: 1 }
    return { name, ...position(reader, start), length: referenceLength(reader.text, start) }
  })
}

const fail = (reader: Reader, at: number, message: string): Failure => ({
  ok: false,
  ...position(reader, at),
  message,
})

const position = (reader: Reader, at: number): { line: number; column: number } => {
  const starts = (reader.starts ??= lineStarts(reader.text))
  const line = lineAt(starts, at)
  return { line: line + 1, column: at - starts[line]! + 1 }
}

/** Docker's own format: every line that is no comment is `KEY=value` or a bare `KEY`, and all of it is literal. */
const parseRaw = (text: string, lookup: (name: string) => string | undefined): EnvFile => {
  const values = new Map<string, string>()
  const inherited: string[] = []
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.replace(/\r$/, '').replace(/^[ \t]+/, '')
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const key = equals === -1 ? line : line.slice(0, equals)
    const column = written.length - written.trimStart().length + 1
    if (key === '')
      return { ok: false, line: index + 1, column, message: 'A line of an env file needs a name before its "=".' }
    if (/[ \t]/.test(key))
      return { ok: false, line: index + 1, column, message: `The name "${key}" in an env file holds a space.` }
    if (equals !== -1) {
      values.set(key, line.slice(equals + 1))
      continue
    }
    inherited.push(key)
    const value = lookup(key)
    if (value !== undefined) values.set(key, value)
  }
  return { ok: true, values, inherited, missing: [] }
}
