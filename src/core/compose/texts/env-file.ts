import { interpolateText } from './template.ts'

export type EnvFileOptions = {
  /** The project's environment: a bare `KEY` takes its value from here, and `${…}` looks here before the file itself. */
  readonly lookup: (name: string) => string | undefined
  /** `raw`: `KEY=value` lines as they are; no quotes, escapes or variables. */
  readonly format?: 'raw'
  /** The values of the files before this one, which its variables see when the environment has none. */
  readonly known?: ReadonlyMap<string, string>
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
  readonly lookup: (name: string) => string | undefined
  readonly known: ReadonlyMap<string, string> | undefined
  readonly values: Map<string, string>
  readonly inherited: string[]
  readonly missing: MissingInFile[]
  at: number
}

/** Reads an env file (`.env`, `env_file`, `label_file`): the grammar of compose-go's dotenv, or `raw`, Docker's own. */
export const parseEnvFile = (text: string, options: EnvFileOptions): EnvFile => {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (options.format === 'raw') return parseRaw(body, options.lookup)
  const reader: Reader = {
    text: body,
    lookup: options.lookup,
    known: options.known,
    values: new Map(),
    inherited: [],
    missing: [],
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
  )
  if (!result.ok) return fail(reader, at, result.message)
  for (const { name, offset } of result.missing)
    reader.missing.push({ name, ...placeOfUse(reader, { name, at, nth: countDollars(value, name, offset) }) })
  return result.value
}

const signOf = (name: string): RegExp => new RegExp(`\\$\\{?${name}`, 'g')

/** How many times a text uses a variable before an offset. */
const countDollars = (value: string, name: string, offset: number): number =>
  [...value.slice(0, offset).matchAll(signOf(name))].length

/** The place of the nth use of a variable in a value that begins at `at`: escapes may have moved it, but not its order. */
const placeOfUse = (
  { text }: Reader,
  { name, at, nth }: { name: string; at: number; nth: number },
): Omit<MissingInFile, 'name'> => {
  const sign = signOf(name)
  sign.lastIndex = at
  let found = sign.exec(text)
  for (let count = 0; count < nth && found !== null; count += 1) found = sign.exec(text)
  if (found === null) return { ...position(text, at), length: 1 }
  const isBraced = found[0].startsWith('${')
  const close = isBraced ? text.indexOf('}', found.index) : -1
  const end = close === -1 ? found.index + found[0].length : close + 1
  return { ...position(text, found.index), length: end - found.index }
}

const fail = (reader: Reader, at: number, message: string): Failure => ({
  ok: false,
  ...position(reader.text, at),
  message,
})

const position = (text: string, at: number): { line: number; column: number } => {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
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
