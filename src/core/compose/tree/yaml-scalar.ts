import type { ScalarType, ScalarValue } from './node.ts'

type Resolved = { readonly type: ScalarType; readonly value: ScalarValue }

const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const digitsOf: Readonly<Record<string, RegExp>> = { x: /^[0-9a-fA-F]+$/, o: /^[0-7]+$/, b: /^[01]+$/ }
const wordFirst = /^[~nNtTfF.]/
const numberFirst = /^[-+.0-9]/
const datePattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?)?$/

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Resolved] => [word, { type: 'null', value: null }]),
  ...['true', 'True', 'TRUE'].map((word): [string, Resolved] => [word, { type: 'bool', value: true }]),
  ...['false', 'False', 'FALSE'].map((word): [string, Resolved] => [word, { type: 'bool', value: false }]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, Resolved] => [word, { type: 'float', value: Number.NaN }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, Resolved] => [
    word,
    { type: 'float', value: Infinity },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, Resolved] => [word, { type: 'float', value: -Infinity }]),
])

/**
 * What a plain (unquoted) scalar stands for. The rule is that of the YAML reader that Compose uses: YAML 1.2 words for
 * booleans, but YAML 1.1 numbers (`0644` is octal, `0b11` binary, `1_000` has a thousands mark), exact up to 64 bits.
 */
export const resolvePlainScalar = (text: string): Resolved => {
  if (text === '' || wordFirst.test(text) || text.endsWith('f') || text.endsWith('F')) {
    const word = words.get(text)
    if (word !== undefined) return word
  }
  if (!numberFirst.test(text)) return { type: 'str', value: text }
  if (datePattern.test(text) && isRealDate(text)) return { type: 'time', value: text }
  return resolveNumber(text) ?? { type: 'str', value: text }
}

const resolveNumber = (text: string): Resolved | undefined => {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const integer = parseInteger(plain)
  if (integer !== undefined) return { type: 'int', value: integer }
  if (floatPattern.test(plain)) return { type: 'float', value: Number(plain) }
  return undefined
}

/** As Go's `strconv.ParseInt(text, 0, 64)` reads it, then `ParseUint`: undefined when it is no integer or is too large. */
export const parseInteger = (text: string): number | bigint | undefined => {
  const sign = text[0] === '-' || text[0] === '+' ? text[0] : ''
  const body = sign === '' ? text : text.slice(1)
  const digits = integerDigits(body)
  if (digits === undefined) return undefined
  const size = BigInt(digits)
  if (sign === '-' ? size > 2n ** 63n : size >= (sign === '' ? 2n ** 64n : 2n ** 63n)) return undefined
  const value = sign === '-' ? -size : size
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** The digits in a form that `BigInt` reads, by the prefix that they carry. */
const integerDigits = (body: string): string | undefined => {
  if (body.length > 70 || body === '') return undefined
  if (body[0] !== '0' || body.length === 1) return /^[0-9]+$/.test(body) ? body : undefined
  const base = body[1]!.toLowerCase()
  if (digitsOf[base] !== undefined) return digitsOf[base].test(body.slice(2)) ? `0${base}${body.slice(2)}` : undefined
  return digitsOf['o']!.test(body.slice(1)) ? `0o${body.slice(1)}` : undefined
}

const isRealDate = (text: string): boolean => {
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = datePattern.exec(text)!
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return (
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  )
}

/** A time of YAML as RFC 3339 text, the form in which Compose prints it. */
export const timeText = (text: string): string => {
  const found = datePattern.exec(text)
  if (found === null) return text
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found
  const two = (part: string): string => part.padStart(2, '0')
  const rest = fraction.replace(/0+$/, '').slice(0, 9)
  return `${year}-${two(month!)}-${two(day!)}T${two(hour)}:${two(minute)}:${two(second)}${rest === '' ? '' : `.${rest}`}${zone}`
}

/** A time of YAML as Go's `%v` writes it, which is what it becomes in a mapping that is merged with a list. */
export const goTimeText = (text: string): string => {
  const [, date = '', time = '', offset = ''] = /^(.+)T(.+?)(Z|[+-].{5})$/.exec(timeText(text)) ?? []
  const zone = offset.replace(':', '')
  return `${date} ${time} ${offset === 'Z' ? '+0000 UTC' : `${zone} ${zone}`}`
}

/** A floating-point number as Go prints it (`%v`): shortest digits, exponent below 1e-4 and from 1e6 on, of at least two digits. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  return Object.is(value, -0) ? '-0' : String(value)
}
