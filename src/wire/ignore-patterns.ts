import { StackError } from '../core/errors/stack-error.ts'

/** Compiled patterns of a `.dockerignore`. Paths are relative to its folder, with `/`. */
export type IgnoreRules = {
  /** Whether a path, or a folder that it is in, is left out. */
  readonly ignores: (path: string) => boolean
  /** Whether an exception (`!…`) may bring something back below a folder that is left out. */
  readonly mayHoldException: (folder: string) => boolean
}

/** The patterns of a `.dockerignore`, as the engine reads it: `#` is a comment at the very beginning of a line only. */
export const readIgnoreFile = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => {
      const pattern = line.trim()
      const isException = pattern.startsWith('!')
      const path = isException ? pattern.slice(1).trim() : pattern
      return `${isException ? '!' : ''}${path === '' ? '' : cleanPath(path).replace(/^\/(?=.)/, '')}`
    })

/**
 * Patterns in their order, each of which overrules those before it. The rules, odd ones included, are those of
 * moby/patternmatcher, by which the engine's builder and its clients match.
 *
 * @throws `file/bad-ignore-pattern`
 */
export const createIgnoreRules = (patterns: readonly string[]): IgnoreRules => {
  const rules = patterns.flatMap((pattern) => (pattern.trim() === '' ? [] : [compileRule(pattern.trim())]))
  // What `**` may match ends nowhere.
  const exceptions = rules.flatMap(({ isException, pattern }) =>
    isException ? [pattern.slice(0, /[^/]*\*\*|$/.exec(pattern)?.index).split('/')] : [],
  )
  return {
    ignores: createMatcher(rules),
    mayHoldException: (folder) => {
      const segments = folder.split('/')
      return exceptions.some((exception) => segments.every((segment, index) => couldMatch(exception[index], segment)))
    },
  }
}

/** A wildcard may match anything: only pruning depends on it. */
const couldMatch = (pattern: string | undefined, segment: string): boolean =>
  pattern === undefined || pattern === '' || /[*?[\\]/.test(pattern) || pattern === segment

type Rule = { readonly pattern: string; readonly isException: boolean; readonly matches: (path: string) => boolean }

/**
 * Folder by folder, as the engine walks: what matched a folder matches all below it. An exception is not even asked where
 * nothing is left out, so that one for a folder brings nothing back that is left out below by name.
 */
const createMatcher = (rules: readonly Rule[]): ((path: string) => boolean) => {
  let last: { readonly folder: string; readonly results: Results } | undefined
  const match = (path: string): Results => {
    const slash = path.lastIndexOf('/')
    const folder = path.slice(0, Math.max(0, slash))
    if (slash > 0 && last?.folder !== folder) last = { folder, results: match(folder) }
    const above = slash > 0 ? last?.results.matched : undefined
    let isIgnored = false
    const matched = rules.map(({ isException, matches }, index) => {
      const isMatch = above?.[index] === true || (isException === isIgnored && matches(path))
      if (isMatch) isIgnored = !isException
      return isMatch
    })
    return { isIgnored, matched }
  }
  return (path) => match(path).isIgnored
}

type Results = { readonly isIgnored: boolean; /** For each rule. */ readonly matched: readonly boolean[] }

const compileRule = (text: string): Rule => {
  const cleaned = cleanPath(text)
  const isException = cleaned.startsWith('!')
  const pattern = isException ? cleaned.slice(1) : cleaned
  if (pattern === '' || !isWellFormed(pattern)) throw new StackError('file/bad-ignore-pattern', { pattern: text })
  return { pattern, isException, matches: compilePattern(pattern, text) }
}

/** Go's `path.Clean`. */
const cleanPath = (path: string): string => {
  const kept: string[] = []
  const isRooted = path.startsWith('/')
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isRooted) kept.push(segment)
  }
  return `${isRooted ? '/' : ''}${kept.join('/')}` || '.'
}

/** What Go's `filepath.Match` takes for a pattern: sets are closed and not empty, and a backslash has something to escape. */
const isWellFormed = (pattern: string): boolean => {
  const single = String.raw`(?:\\.|[^\\\]-])`
  const set = String.raw`\[\^?(?:${single}(?:-${single})?)+\]`
  return new RegExp(String.raw`^(?:[^\\[]|\\.|${set})*$`, 'su').test(pattern)
}

/** Go's `.`. That of JavaScript stops at other ends of lines too, such as U+2028. */
const anything = String.raw`[^\n]`

/** Letters that mean something to Go's regular expressions when escaped, which is how the engine escapes. */
const escapedLetters: Readonly<Record<string, string>> = { a: '\\x07', A: '^', z: '$' }

/**
 * Without wildcards the whole path is compared, with `**` at one end alone the other end; what is left becomes a regular
 * expression, in which `^` is not escaped, there as here.
 */
const compilePattern = (pattern: string, text: string): ((path: string) => boolean) => {
  const characters = [...pattern]
  let kind: 'exact' | 'prefix' | 'suffix' | 'expression' = 'exact'
  let source = ''
  let inSet = false
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? ''
    if (character === '*' && characters[index + 1] === '*') {
      const isFirst = index === 0
      index += characters[index + 2] === '/' ? 2 : 1
      const isLast = index === characters.length - 1
      if (!isLast || kind !== 'exact') source += isLast ? `${anything}*` : `(${anything}*/)?`
      kind = isFirst ? 'suffix' : isLast && kind === 'exact' ? 'prefix' : 'expression'
    } else if (character === '*' || character === '?') {
      source += character === '*' ? '[^/]*' : '[^/]'
      kind = 'expression'
      inSet = false
    } else if (character === '\\') {
      index += 1
      const escaped = characters[index] ?? ''
      source += escapedLetters[escaped] ?? (/[_\s"#%&',:;<=>@`~!-]/.test(escaped) ? toCode(escaped) : `\\${escaped}`)
      kind = 'expression'
    } else if (character === '[' || character === ']') {
      source += character === ']' && !inSet ? '\\]' : character
      inSet = character === '['
      kind = 'expression'
    } else source += /[.+()|{}$]/.test(character) ? `\\${character}` : character
  }
  switch (kind) {
    case 'exact':
      return (path) => path === pattern
    case 'prefix':
      return (path) => path.startsWith(pattern.slice(0, -2))
    case 'suffix':
      return (path) => path.endsWith(pattern.slice(2)) || (pattern[2] === '/' && path === pattern.slice(3))
    case 'expression': {
      const expression = toExpression(source, text)
      return (path) => expression.test(path)
    }
  }
}

const toCode = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`

const toExpression = (source: string, pattern: string): RegExp => {
  try {
    return new RegExp(`^${source}$`, 'u')
  } catch {
    throw new StackError('file/bad-ignore-pattern', { pattern })
  }
}
