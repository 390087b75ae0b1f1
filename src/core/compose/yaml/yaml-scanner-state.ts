export type TokenType =
  | 'end'
  | 'version'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence'
  | 'block-mapping'
  | 'block-end'
  | '['
  | ']'
  | '{'
  | '}'
  | '-'
  | ','
  | '?'
  | ':'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

export type Token = {
  readonly type: TokenType
  readonly start: number
  readonly end: number
  /** The text of a scalar, the name of an anchor or alias, the suffix of a tag, the prefix of a tag directive. */
  readonly value?: string
  /** Of a tag or a tag directive. */
  readonly handle?: string
  readonly isPlain?: boolean
}

export type SimpleKey = {
  isPossible: boolean
  readonly isRequired: boolean
  readonly token: number
  readonly at: number
  readonly line: number
  readonly column: number
}

export type Scanner = {
  readonly text: string
  at: number
  line: number
  lineStart: number
  /** Found and not yet taken, from `head` on. */
  readonly tokens: Token[]
  head: number
  taken: number
  indent: number
  readonly indents: number[]
  /** Whether a key may begin at the next token. */
  mayBeKey: boolean
  flow: number
  /** What may turn out to be a key, one for each flow collection around. */
  readonly keys: SimpleKey[]
}

export const noKey = (): SimpleKey => ({ isPossible: false, isRequired: false, token: 0, at: 0, line: 0, column: 0 })

export const createScanner = (text: string): Scanner => ({
  text,
  // A byte order mark before everything takes no column.
  at: text.startsWith('\uFEFF') ? 1 : 0,
  line: 0,
  lineStart: text.startsWith('\uFEFF') ? 1 : 0,
  tokens: [],
  head: 0,
  taken: 0,
  indent: -1,
  indents: [],
  mayBeKey: true,
  flow: 0,
  keys: [noKey()],
})

/** Thrown where a text is no YAML; `at` is the place. */
export type YamlFault = Error & { readonly at: number }
export const yamlFault = (at: number, message: string): YamlFault => Object.assign(new Error(message), { at })
export const isYamlFault = (error: unknown): error is YamlFault =>
  error instanceof Error && 'at' in error && typeof error.at === 'number'

export const columnOf = (scanner: Scanner): number => scanner.at - scanner.lineStart
/** Line feed, carriage return, next line, line and paragraph separator. */
export const isBreak = (code: number): boolean =>
  code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029
export const isBlank = (code: number): boolean => code === 32 || code === 9
export const isBlankOrEnd = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return at >= text.length || code === 32 || code === 9 || isBreak(code)
}

/** Over a line break; what it stands for in a scalar. */
export const skipBreak = (scanner: Scanner): string => {
  const code = scanner.text.charCodeAt(scanner.at)
  if (scanner.at >= scanner.text.length || !isBreak(code)) return ''
  scanner.at += code === 13 && scanner.text.charCodeAt(scanner.at + 1) === 10 ? 2 : 1
  scanner.line += 1
  scanner.lineStart = scanner.at
  return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n'
}
