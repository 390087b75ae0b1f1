import { resolvePlainScalar, timeText } from '../tree/yaml-scalar.ts'

/** Plain data as YAML in the style of `docker compose config`: two spaces, no folding, quotes only where they are needed. */
export const writeYaml = (value: unknown): string => {
  const lines: string[] = []
  if (isCollection(value) && !isEmpty(value)) writeBlock(value, '', lines)
  else lines.push(inline(value, ''))
  return `${lines.join('\n')}\n`
}

type Collection = readonly unknown[] | Readonly<Record<string, unknown>>

const isCollection = (value: unknown): value is Collection =>
  typeof value === 'object' && value !== null && !(value instanceof Date)
const isEmpty = (value: Collection): boolean => (Array.isArray(value) ? value : Object.keys(value)).length === 0

const writeBlock = (value: Collection, indent: string, lines: string[]): void => {
  if (Array.isArray(value)) {
    for (const item of value) writeItem(item, indent, lines)
    return
  }
  for (const [key, item] of Object.entries(value)) writePair(key, item, { indent, lines })
}

const writePair = (key: string, value: unknown, { indent, lines }: { indent: string; lines: string[] }): void => {
  const start = `${indent}${writeText(key, indent)}:`
  if (!isCollection(value) || isEmpty(value)) {
    lines.push(`${start} ${inline(value, indent)}`)
    return
  }
  lines.push(start)
  writeBlock(value, `${indent}  `, lines)
}

/** The first line of what an item holds stands behind its dash. */
const writeItem = (value: unknown, indent: string, lines: string[]): void => {
  if (!isCollection(value) || isEmpty(value)) {
    lines.push(`${indent}- ${inline(value, indent)}`)
    return
  }
  const inner: string[] = []
  writeBlock(value, `${indent}  `, inner)
  lines.push(`${indent}- ${inner[0]!.slice(indent.length + 2)}`, ...inner.slice(1))
}

const inline = (value: unknown, indent: string): string => {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return timeText(value.toISOString().replace(/\.\d+Z$/, 'Z'))
  if (Array.isArray(value)) return '[]'
  if (typeof value === 'object') return '{}'
  if (typeof value === 'string') return writeText(value, indent)
  return typeof value === 'number' ? numberOf(value) : String(value)
}

const numberOf = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return Number.isInteger(value) && Math.abs(value) < 1e21
    ? String(value)
    : String(value).replace(/e([+-]?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}0${digit}`)
}

/** Words that older readers of YAML take for booleans. */
const oldBooleans = new Set([
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  'on',
  'On',
  'ON',
  'n',
  'N',
  'no',
  'No',
  'NO',
  'off',
  'Off',
  'OFF',
])
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const indicatorFirst = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?:\s|$)|---|\.\.\.)/
// What YAML calls printable, of which the writer that the reference uses leaves out what needs two UTF-16 units.
const unprintable = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/

const writeText = (text: string, indent: string): string => {
  if (text === '' || oldBooleans.has(text) || base60.test(text) || resolvePlainScalar(text).type !== 'str')
    return doubleQuoted(text)
  if (unprintable.test(text) || /[\t\x85\u2028\u2029]/.test(text)) return doubleQuoted(text)
  if (text.includes('\n')) return / \n/.test(text) || text.endsWith(' ') ? doubleQuoted(text) : literal(text, indent)
  const isPlain = !indicatorFirst.test(text) && !/: |:$| #|^ | $/.test(text)
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`
}

const literal = (text: string, indent: string): string => {
  const body = text.replace(/\n+$/, '')
  const breaks = text.length - body.length
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const chomp = breaks === 0 ? '-' : breaks === 1 && body !== '' ? '' : '+'
  const lines = (chomp === '+' ? text.slice(0, -1) : body)
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}  ${line}`))
  return `|${hint}${chomp}\n${lines.join('\n')}`
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

const doubleQuoted = (text: string): string => {
  let quoted = ''
  for (const char of text) quoted += escapes[char] ?? (unprintable.test(char) ? escapeCode(char.codePointAt(0)!) : char)
  return `"${quoted}"`
}

const escapeCode = (code: number): string => {
  const digits = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}
