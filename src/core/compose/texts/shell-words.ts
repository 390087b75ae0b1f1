export type ShellWords =
  | { readonly ok: true; readonly words: string[] }
  | { readonly ok: false; readonly message: string }

type Quote = 'single' | 'double' | 'backtick' | 'dollar'
type Scan = {
  readonly words: string[]
  word: string
  /** Whether there is a word, an empty quoted one included. */
  hasWord: boolean
  isEscaped: boolean
  quote: Quote | undefined
}

/**
 * Splits a command line into words as Compose does it (its rules are those of mattn/go-shellwords without environment
 * and backticks): quotes and backslashes are taken off, nothing is expanded, and everything from an unquoted `;`, `&`,
 * `|`, `<` or `>` on is left out, since no shell reads it.
 */
export const parseShellWords = (text: string): ShellWords => {
  const scan: Scan = { words: [], word: '', hasWord: false, isEscaped: false, quote: undefined }
  for (const char of text) {
    const outcome = scan.isEscaped ? takeEscaped(scan, char) : takeChar(scan, char)
    if (outcome === 'stop') break
    if (outcome === 'invalid') return failure('a parenthesis outside quotes has no meaning here; quote it')
  }
  if (scan.hasWord) scan.words.push(scan.word)
  if (scan.isEscaped) return failure('it ends in a backslash')
  if (scan.quote !== undefined) return failure(unclosed[scan.quote])
  return { ok: true, words: scan.words }
}

const unclosed: Readonly<Record<Quote, string>> = {
  single: 'a single quote is never closed',
  double: 'a double quote is never closed',
  backtick: 'a backtick is never closed',
  dollar: 'a "$(" is never closed',
}

const failure = (why: string): ShellWords => ({ ok: false, message: `The command cannot be split into words: ${why}.` })

const append = (scan: Scan, text: string): 'go' => {
  scan.word += text
  scan.hasWord = true
  return 'go'
}

const takeEscaped = (scan: Scan, char: string): 'go' => {
  scan.isEscaped = false
  if (scan.quote === 'backtick' || scan.quote === 'dollar') return append(scan, `\\${char}`)
  return append(scan, char)
}

const takeChar = (scan: Scan, char: string): 'go' | 'stop' | 'invalid' => {
  if (char === '\\') {
    if (scan.quote === 'single') scan.word += char
    else scan.isEscaped = true
    return 'go'
  }
  if (char === ' ' || char === '\t' || char === '\r' || char === '\n') return takeSpace(scan, char)
  switch (char) {
    case "'":
      return takeQuote(scan, char, 'single')
    case '"':
      return takeQuote(scan, char, 'double')
    case '`':
      return takeBacktick(scan)
    case '(':
    case ')':
      return takeParenthesis(scan, char)
    case ';':
    case '&':
    case '|':
    case '<':
    case '>':
      return takeOperator(scan, char)
    default:
      return append(scan, char)
  }
}

const takeSpace = (scan: Scan, char: string): 'go' => {
  if (scan.quote !== undefined) {
    scan.word += char
  } else if (scan.hasWord) {
    scan.words.push(scan.word)
    scan.word = ''
    scan.hasWord = false
  }
  return 'go'
}

const takeQuote = (scan: Scan, char: string, quote: 'single' | 'double'): 'go' => {
  if (scan.quote === undefined) {
    scan.quote = quote
    return 'go'
  }
  if (scan.quote !== quote) return append(scan, char)
  scan.quote = undefined
  scan.hasWord = true
  return 'go'
}

const takeBacktick = (scan: Scan): 'go' => {
  if (scan.quote === undefined) scan.quote = 'backtick'
  else if (scan.quote === 'backtick') scan.quote = undefined
  return append(scan, '`')
}

const takeParenthesis = (scan: Scan, char: string): 'go' | 'invalid' => {
  if (scan.quote === 'single' || scan.quote === 'double' || scan.quote === 'backtick') return append(scan, char)
  if (char === ')') {
    // Outside of everything it opens what only another one closes: an oddity of the reference.
    scan.quote = scan.quote === 'dollar' ? undefined : 'dollar'
    return append(scan, char)
  }
  if (scan.quote === 'dollar' || !scan.word.endsWith('$')) return 'invalid'
  scan.quote = 'dollar'
  scan.word += char
  return 'go'
}

const takeOperator = (scan: Scan, char: string): 'go' | 'stop' => {
  if (scan.quote !== undefined) return append(scan, char)
  // `2>` belongs to the redirection, not to the words before it.
  if (char === '>' && /^[0-9]+$/.test(scan.word)) scan.hasWord = false
  return 'stop'
}
