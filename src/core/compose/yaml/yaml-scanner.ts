import {
  type Scanner,
  type SimpleKey,
  type Token,
  type TokenType,
  columnOf,
  isBlankOrEnd,
  isBreak,
  noKey,
  skipBreak,
  yamlFault,
} from './yaml-scanner-state.ts'
import { scanAnchor, scanDirective, scanTag } from './yaml-scan-properties.ts'
import { scanBlockScalar, scanPlain, scanQuoted } from './yaml-scan-scalar.ts'

/**
 * Tokens of a YAML text as libyaml finds them, the reader below the one that Docker Compose uses: YAML 1.1 with its own
 * ideas of where tabs, colons and dashes may stand. Read by the same rules, what the reference refuses is refused and what
 * it takes is taken.
 */
export const peekToken = (scanner: Scanner): Token => {
  fetchMore(scanner)
  return scanner.tokens[scanner.head]!
}

export const takeToken = (scanner: Scanner): Token => {
  const token = peekToken(scanner)
  scanner.head += 1
  scanner.taken += 1
  if (scanner.head > 64) {
    scanner.tokens.splice(0, scanner.head)
    scanner.head = 0
  }
  return token
}

/** Until the next token is sure: one that may turn out to be a key is not, until its colon is found or cannot come. */
const fetchMore = (scanner: Scanner): void => {
  for (;;) {
    if (scanner.head < scanner.tokens.length) {
      const pending = scanner.keys.find((key) => key.isPossible && key.token === scanner.taken)
      if (pending === undefined || !isValidKey(scanner, pending)) return
    }
    fetchNext(scanner)
  }
}

const isValidKey = (scanner: Scanner, key: SimpleKey): boolean => {
  if (!key.isPossible) return false
  if (key.line === scanner.line && key.at + 1024 >= scanner.at) return true
  if (key.isRequired) throw yamlFault(key.at, 'A ":" is missing after this.')
  key.isPossible = false
  return false
}

const push = (scanner: Scanner, type: TokenType, length: number): void => {
  scanner.tokens.push({ type, start: scanner.at, end: scanner.at + length })
  scanner.at += length
}

const saveKey = (scanner: Scanner): void => {
  if (!scanner.mayBeKey) return
  dropKey(scanner)
  const column = columnOf(scanner)
  scanner.keys[scanner.keys.length - 1] = {
    isPossible: true,
    isRequired: scanner.flow === 0 && scanner.indent === column,
    token: scanner.taken + scanner.tokens.length - scanner.head,
    at: scanner.at,
    line: scanner.line,
    column,
  }
}

const dropKey = (scanner: Scanner): void => {
  const key = scanner.keys.at(-1)!
  if (key.isPossible && key.isRequired) throw yamlFault(key.at, 'A ":" is missing after this.')
  key.isPossible = false
}

/** A deeper column opens a block collection, before the token with number `before` or at the end. */
const roll = (
  scanner: Scanner,
  column: number,
  { type, before, at }: { type: TokenType; before?: number; at: number },
): void => {
  if (scanner.flow > 0 || scanner.indent >= column) return
  scanner.indents.push(scanner.indent)
  scanner.indent = column
  const token: Token = { type, start: at, end: at }
  if (before === undefined) scanner.tokens.push(token)
  else scanner.tokens.splice(scanner.head + before - scanner.taken, 0, token)
}

const unroll = (scanner: Scanner, column: number): void => {
  if (scanner.flow > 0) return
  while (scanner.indent > column) {
    scanner.tokens.push({ type: 'block-end', start: scanner.at, end: scanner.at })
    scanner.indent = scanner.indents.pop()!
  }
}

/** Over spaces, comments and line breaks. Where a key may begin, a tab is no space. */
const skipToToken = (scanner: Scanner): void => {
  const { text } = scanner
  for (;;) {
    if (text.charCodeAt(scanner.at) === 0xfeff && scanner.at === scanner.lineStart) scanner.at += 1
    let code = text.charCodeAt(scanner.at)
    while (code === 32 || (code === 9 && (scanner.flow > 0 || !scanner.mayBeKey))) code = text.charCodeAt(++scanner.at)
    if (code === 35) {
      skipComments(scanner)
      code = text.charCodeAt(scanner.at)
    }
    if (!isBreak(code)) return
    skipBreak(scanner)
    if (scanner.flow === 0) scanner.mayBeKey = true
  }
}

const nextComment = /(?:[ \t]*(?:\r\n?|\n))+[ \t]*(?=#)/y

/** A comment; after one on its own line those on the next lines too, before which tabs may stand. */
const skipComments = (scanner: Scanner): void => {
  const { text } = scanner
  const isOnItsOwn = text.slice(scanner.lineStart, scanner.at).trim() === ''
  for (;;) {
    while (scanner.at < text.length && !isBreak(text.charCodeAt(scanner.at))) scanner.at += 1
    if (!isOnItsOwn) return
    nextComment.lastIndex = scanner.at
    const length = nextComment.exec(text)?.[0].length
    if (length === undefined) return
    const end = scanner.at + length
    while (scanner.at < end) if (skipBreak(scanner) === '') scanner.at += 1
  }
}

const fetchNext = (scanner: Scanner): void => {
  skipToToken(scanner)
  const { text, at } = scanner
  const column = columnOf(scanner)
  unroll(scanner, column)
  if (at >= text.length) return fetchEnd(scanner)
  const char = text[at]!
  if (column === 0) {
    if (char === '%') return fetchDirective(scanner)
    const marker = text.slice(at, at + 3)
    if ((marker === '---' || marker === '...') && isBlankOrEnd(text, at + 3)) return fetchDocumentMark(scanner, marker)
  }
  const isAlone = isBlankOrEnd(text, at + 1)
  if (char === '[' || char === '{') return fetchFlowStart(scanner, char)
  if (char === ']' || char === '}') return fetchFlowEnd(scanner, char)
  if (char === ',') return fetchFlowEntry(scanner)
  if (char === '-' && isAlone) return fetchBlockEntry(scanner, column)
  if (char === '?' && (scanner.flow > 0 || isAlone)) return fetchKey(scanner, column)
  if (char === ':' && (scanner.flow > 0 || isAlone)) return fetchValue(scanner, column)
  if (char === '*' || char === '&' || char === '!') return fetchProperty(scanner, char)
  if ((char === '|' || char === '>') && scanner.flow === 0) return fetchBlockScalar(scanner)
  if (char === "'" || char === '"') return fetchScalar(scanner, scanQuoted)
  const isIndicator = '\t -?:,[]{}#&*!|>\'"%@`'.includes(char)
  const isBlankNext = text[at + 1] === ' ' || text[at + 1] === '\t'
  if (
    !isIndicator ||
    (char === '-' && !isBlankNext) ||
    (scanner.flow === 0 && (char === '?' || char === ':') && !isAlone)
  ) {
    return fetchScalar(scanner, scanPlain)
  }
  throw yamlFault(at, char === '\t' ? 'A tab cannot stand here.' : `No value can begin with "${char}".`)
}

const fetchEnd = (scanner: Scanner): void => {
  // As if on a new line: what is open in an outer collection can be no key any more.
  scanner.line += 1
  scanner.lineStart = scanner.at
  unroll(scanner, -1)
  dropKey(scanner)
  scanner.mayBeKey = false
  scanner.tokens.push({ type: 'end', start: scanner.at, end: scanner.at })
}

const fetchDirective = (scanner: Scanner): void => {
  unroll(scanner, -1)
  dropKey(scanner)
  scanner.mayBeKey = false
  scanner.tokens.push(scanDirective(scanner))
}

const fetchDocumentMark = (scanner: Scanner, marker: string): void => {
  unroll(scanner, -1)
  dropKey(scanner)
  scanner.mayBeKey = false
  push(scanner, marker === '---' ? 'document-start' : 'document-end', 3)
}

const fetchFlowStart = (scanner: Scanner, type: '[' | '{'): void => {
  saveKey(scanner)
  scanner.keys.push(noKey())
  scanner.flow += 1
  scanner.mayBeKey = true
  push(scanner, type, 1)
}

const fetchFlowEnd = (scanner: Scanner, type: ']' | '}'): void => {
  dropKey(scanner)
  if (scanner.flow > 0) {
    scanner.flow -= 1
    scanner.keys.pop()
  }
  scanner.mayBeKey = false
  push(scanner, type, 1)
}

const fetchFlowEntry = (scanner: Scanner): void => {
  dropKey(scanner)
  scanner.mayBeKey = true
  push(scanner, ',', 1)
}

const fetchBlockEntry = (scanner: Scanner, column: number): void => {
  if (scanner.flow === 0) {
    if (!scanner.mayBeKey) throw yamlFault(scanner.at, 'A list item cannot begin here.')
    roll(scanner, column, { type: 'block-sequence', at: scanner.at })
  }
  dropKey(scanner)
  scanner.mayBeKey = true
  push(scanner, '-', 1)
}

const fetchKey = (scanner: Scanner, column: number): void => {
  if (scanner.flow === 0) {
    if (!scanner.mayBeKey) throw yamlFault(scanner.at, 'A key cannot begin here.')
    roll(scanner, column, { type: 'block-mapping', at: scanner.at })
  }
  dropKey(scanner)
  scanner.mayBeKey = scanner.flow === 0
  push(scanner, '?', 1)
}

const fetchValue = (scanner: Scanner, column: number): void => {
  const key = scanner.keys.at(-1)!
  if (isValidKey(scanner, key)) {
    scanner.tokens.splice(scanner.head + key.token - scanner.taken, 0, { type: '?', start: key.at, end: key.at })
    roll(scanner, key.column, { type: 'block-mapping', before: key.token, at: key.at })
    key.isPossible = false
    scanner.mayBeKey = false
  } else {
    if (scanner.flow === 0) {
      if (!scanner.mayBeKey)
        throw yamlFault(scanner.at, 'A value cannot begin here: the line has a ":" too many, or its text needs quotes.')
      roll(scanner, column, { type: 'block-mapping', at: scanner.at })
    }
    scanner.mayBeKey = scanner.flow === 0
  }
  push(scanner, ':', 1)
}

const fetchProperty = (scanner: Scanner, char: '*' | '&' | '!'): void => {
  saveKey(scanner)
  scanner.mayBeKey = false
  scanner.tokens.push(char === '!' ? scanTag(scanner) : scanAnchor(scanner, char === '*' ? 'alias' : 'anchor'))
}

const fetchBlockScalar = (scanner: Scanner): void => {
  dropKey(scanner)
  scanner.mayBeKey = true
  scanner.tokens.push(scanBlockScalar(scanner))
}

const fetchScalar = (scanner: Scanner, scan: (scanner: Scanner) => Token): void => {
  saveKey(scanner)
  scanner.mayBeKey = false
  scanner.tokens.push(scan(scanner))
}
