import {
  columnOf,
  isBlank,
  isBlankOrEnd,
  isBreak,
  type Scanner,
  skipBreak,
  type Token,
  yamlFault,
} from './yaml-scanner-state.ts'

const isDocumentMark = (scanner: Scanner): boolean => {
  const { text, at } = scanner
  if (at !== scanner.lineStart) return false
  const mark = text.slice(at, at + 3)
  return (mark === '---' || mark === '...') && isBlankOrEnd(text, at + 3)
}

/** How line breaks between words of a scalar read: one is a space, more are one less. */
const folded = (first: string, more: string): string => (first === '\n' ? (more === '' ? ' ' : more) : first + more)

/** `|` and `>` with their marks for indentation and for the last line breaks. */
export const scanBlockScalar = (scanner: Scanner): Token => {
  const { text } = scanner
  const start = scanner.at
  const isLiteral = text[start] === '|'
  scanner.at += 1
  const header = /([+-]?)([0-9]?)([+-]?)/y
  header.lastIndex = scanner.at
  const [all = '', before = '', digit = '', after = ''] = header.exec(text) ?? []
  if (digit === '0') throw yamlFault(scanner.at, 'The indentation of a block is 1 to 9.')
  const chomp = before === '' ? after : before
  scanner.at += before !== '' && after !== '' ? all.length - 1 : all.length
  endHeader(scanner)
  const block = { indent: digit === '' ? 0 : Math.max(scanner.indent, 0) + Number(digit) }
  let value = ''
  let first = ''
  let more = readEmptyLines(scanner, block)
  let wasBlank = false
  let end = scanner.at
  while (columnOf(scanner) === block.indent && scanner.at < text.length) {
    const isBlankLine = isBlank(text.charCodeAt(scanner.at))
    value += !isLiteral && first === '\n' && !wasBlank && !isBlankLine ? (more === '' ? ' ' : '') : first
    value += more
    wasBlank = isBlankLine
    const from = scanner.at
    while (scanner.at < text.length && !isBreak(text.charCodeAt(scanner.at))) scanner.at += 1
    value += text.slice(from, scanner.at)
    first = skipBreak(scanner)
    end = scanner.at
    more = readEmptyLines(scanner, block)
    if (chomp === '+') end = scanner.lineStart
  }
  if (chomp !== '-') value += first
  if (chomp === '+') value += more
  return { type: 'scalar', start, end: Math.max(end, start + 1), value, isPlain: false }
}

const endHeader = (scanner: Scanner): void => {
  const { text } = scanner
  while (isBlank(text.charCodeAt(scanner.at))) scanner.at += 1
  if (text[scanner.at] === '#')
    while (scanner.at < text.length && !isBreak(text.charCodeAt(scanner.at))) scanner.at += 1
  if (scanner.at < text.length && !isBreak(text.charCodeAt(scanner.at))) {
    throw yamlFault(scanner.at, 'The text of a block begins on the next line.')
  }
  skipBreak(scanner)
}

/** Empty lines, and the indentation of the line after them, which is the block's where none was given. */
const readEmptyLines = (scanner: Scanner, block: { indent: number }): string => {
  const { text } = scanner
  let breaks = ''
  let deepest = 0
  for (;;) {
    while ((block.indent === 0 || columnOf(scanner) < block.indent) && text.charCodeAt(scanner.at) === 32)
      scanner.at += 1
    deepest = Math.max(deepest, columnOf(scanner))
    const code = text.charCodeAt(scanner.at)
    if ((block.indent === 0 || columnOf(scanner) < block.indent) && code === 9)
      throw yamlFault(scanner.at, 'Blocks are indented with spaces, and here is a tab.')
    if (!isBreak(code)) break
    breaks += skipBreak(scanner)
  }
  if (block.indent === 0) block.indent = Math.max(deepest, scanner.indent + 1, 1)
  return breaks
}

const escapes: Readonly<Record<string, string>> = {
  ...{
    0: '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    '\t': '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    ' ': ' ',
    '"': '"',
    "'": "'",
    '/': '/',
    '\\': '\\',
  },
  ...{ N: '\u0085', _: '\u00a0', L: '\u2028', P: '\u2029' },
}
const digitsOf: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

const readEscape = (scanner: Scanner): string => {
  const { text, at } = scanner
  const char = text[at + 1] ?? ''
  const simple = escapes[char]
  if (simple !== undefined) {
    scanner.at += 2
    return simple
  }
  const count = digitsOf[char]
  if (count === undefined) throw yamlFault(at, `There is no escape "\\${char}" in a text in double quotes.`)
  const digits = text.slice(at + 2, at + 2 + count)
  const value = /^[0-9A-Fa-f]+$/.test(digits) && digits.length === count ? Number.parseInt(digits, 16) : Number.NaN
  if (Number.isNaN(value)) throw yamlFault(at, `"\\${char}" is followed by ${count} hexadecimal digits.`)
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
    throw yamlFault(at, `"\\${char}${digits}" is no character.`)
  scanner.at += 2 + count
  return String.fromCodePoint(value)
}

/** A text in single or double quotes, over several lines too. */
export const scanQuoted = (scanner: Scanner): Token => {
  const { text } = scanner
  const start = scanner.at
  const quote = text[start]!
  let value = ''
  scanner.at += 1
  for (;;) {
    if (isDocumentMark(scanner) || scanner.at >= text.length)
      throw yamlFault(start, `The ${quote} that opens here is never closed.`)
    const part = readQuotedPart(scanner, quote)
    value += part.value
    if (text[scanner.at] === quote) break
    value += readGap(scanner, { isBroken: part.isEscapedBreak, noTabs: 0 }).value
  }
  scanner.at += 1
  return { type: 'scalar', start, end: scanner.at, value, isPlain: false }
}

/** Up to a blank, a line break or the closing quote; a backslash before a line break takes the break away. */
const readQuotedPart = (
  scanner: Scanner,
  quote: string,
): { readonly value: string; readonly isEscapedBreak: boolean } => {
  const { text } = scanner
  let value = ''
  while (!isBlankOrEnd(text, scanner.at)) {
    const char = text[scanner.at]!
    if (char === quote && (quote === '"' || text[scanner.at + 1] !== quote)) break
    if (char === quote) {
      value += quote
      scanner.at += 2
    } else if (char !== '\\' || quote === "'") {
      const from = scanner.at
      while (!isBlankOrEnd(text, scanner.at) && text[scanner.at] !== quote && text[scanner.at] !== '\\') scanner.at += 1
      if (scanner.at === from) scanner.at += 1
      value += text.slice(from, scanner.at)
    } else if (isBreak(text.charCodeAt(scanner.at + 1))) {
      scanner.at += 1
      skipBreak(scanner)
      return { value, isEscapedBreak: true }
    } else value += readEscape(scanner)
  }
  return { value, isEscapedBreak: false }
}

type Gap = { readonly value: string; readonly isBroken: boolean }

/** Blanks and line breaks between words, and what they stand for. Left of the column `noTabs` no tab can stand. */
const readGap = (scanner: Scanner, { isBroken: wasBroken, noTabs }: { isBroken: boolean; noTabs: number }): Gap => {
  const { text } = scanner
  let isBroken = wasBroken
  let blanks = ''
  let first = ''
  let more = ''
  for (;;) {
    const code = text.charCodeAt(scanner.at)
    if (isBlank(code)) {
      if (isBroken && code === 9 && columnOf(scanner) < noTabs)
        throw yamlFault(scanner.at, 'Lines are indented with spaces, and here is a tab.')
      if (!isBroken) blanks += text[scanner.at]
      scanner.at += 1
    } else if (isBreak(code)) {
      if (isBroken) more += skipBreak(scanner)
      else first = skipBreak(scanner)
      isBroken = true
    } else return { value: isBroken ? folded(first, more) : blanks, isBroken }
  }
}

/** A text without quotes, over several lines too. */
export const scanPlain = (scanner: Scanner): Token => {
  const { text } = scanner
  const start = scanner.at
  const indent = scanner.indent + 1
  let value = ''
  let gap = ''
  let end = start
  let isBroken = false
  for (;;) {
    if (isDocumentMark(scanner) || text[scanner.at] === '#') break
    const from = scanner.at
    while (!isBlankOrEnd(text, scanner.at) && !endsPlain(scanner)) scanner.at += 1
    if (scanner.at > from) {
      value += gap + text.slice(from, scanner.at)
      end = scanner.at
      isBroken = false
      gap = ''
    }
    const code = text.charCodeAt(scanner.at)
    if (scanner.at >= text.length || !(isBlank(code) || isBreak(code))) break
    ;({ value: gap, isBroken } = readGap(scanner, { isBroken: false, noTabs: indent }))
    if (scanner.flow === 0 && columnOf(scanner) < indent) break
  }
  if (isBroken) scanner.mayBeKey = true
  return { type: 'scalar', start, end, value, isPlain: true }
}

const endsPlain = (scanner: Scanner): boolean => {
  const char = scanner.text[scanner.at]!
  if (char === ':') return isBlankOrEnd(scanner.text, scanner.at + 1)
  return scanner.flow > 0 && ',?[]{}'.includes(char)
}
