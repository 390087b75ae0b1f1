/** The value of a variable, if it has one. */
export type Lookup = (name: string) => string | undefined
type Options = { readonly lookup: Lookup; readonly escape: string }

/** One word of a Dockerfile with its variables put in and its quotes taken off, as BuildKit's `shell` package does it. */
export const expandWord = (word: string, options: Options): string => {
  let result = ''
  let index = 0
  let isQuoted = false
  while (index < word.length) {
    const char = word[index]!
    if (char === options.escape && index + 1 < word.length) {
      // Within quotes only what means something there can lose its meaning.
      const next = word[index + 1]!
      result += isQuoted && !['"', '$', options.escape].includes(next) ? char + next : next
      index += 2
    } else if (char === "'" && !isQuoted) {
      const end = word.indexOf("'", index + 1)
      result += word.slice(index + 1, end < 0 ? undefined : end)
      index = end < 0 ? word.length : end + 1
    } else if (char === '"') {
      isQuoted = !isQuoted
      index += 1
    } else if (char === '$') {
      const { value, length } = expandVariable(word.slice(index), options)
      result += value
      index += length
    } else {
      result += char
      index += 1
    }
  }
  return result
}

type Expanded = { readonly value: string; readonly length: number }

const expandVariable = (text: string, options: Options): Expanded => {
  const plain = /^\$([A-Za-z_]\w*|\d)/.exec(text)
  if (plain !== null) return { value: options.lookup(plain[1]!) ?? '', length: plain[0].length }
  const [head, name] = /^\$\{([A-Za-z_]\w*)/.exec(text) ?? []
  const end = head === undefined ? -1 : findBrace(text)
  if (head === undefined || name === undefined || end < 0) return { value: '$', length: 1 }
  return { value: toValue(options, name, text.slice(head.length, end)), length: end + 1 }
}

/** Where the brace closes that the text begins with; braces within are counted. */
const findBrace = (text: string): number => {
  let depth = 0
  for (const [index, char] of [...text].entries()) {
    if (char === '{') depth += 1
    if (char === '}') depth -= 1
    if (char === '}' && depth === 0) return index
  }
  return -1
}

const toValue = (options: Options, name: string, modifier: string): string => {
  const value = options.lookup(name)
  const [, operator = '', argument = ''] = /^(:?[-+?]|##?|%%?|\/\/?)(.*)$/s.exec(modifier) ?? []
  const other = (): string => expandWord(argument, options)
  const isThere = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  switch (operator.replace(':', '')) {
    case '-':
      return isThere ? (value ?? '') : other()
    case '+':
      return isThere ? other() : ''
    case '#':
    case '##':
      return (value ?? '').replace(toExpression(other(), { from: '^', isLazy: operator === '#' }), '')
    case '%':
    case '%%':
      return cutEnd(value ?? '', toExpression(other(), { from: '^', to: '$', isLazy: false }), operator === '%%')
    case '/':
    case '//': {
      const [pattern = '', replacement = ''] = argument.split(/(?<!\\)\/(.*)/s)
      const expression = toExpression(expandWord(pattern, options), { flags: operator === '//' ? 'g' : '' })
      return (value ?? '').replace(expression, () => expandWord(replacement, options))
    }
    default:
      return value ?? ''
  }
}

/** The shortest end that matches goes, or the longest one. */
const cutEnd = (value: string, pattern: RegExp, isGreedy: boolean): string => {
  const lengths = [...Array(value.length + 1).keys()]
  const length = (isGreedy ? lengths.toReversed() : lengths).find((one) =>
    pattern.test(value.slice(value.length - one)),
  )
  return value.slice(0, value.length - (length ?? 0))
}

type Shape = { readonly from?: string; readonly to?: string; readonly isLazy?: boolean; readonly flags?: string }

const toExpression = (glob: string, { from = '', to = '', isLazy = false, flags = '' }: Shape): RegExp =>
  new RegExp(
    `${from}${glob.replaceAll(/[.*+?^${}()|[\]\\]/g, (char) =>
      char === '*' ? (isLazy ? '.*?' : '.*') : char === '?' ? '.' : `\\${char}`,
    )}${to}`,
    `s${flags}`,
  )

/** The words of `ENV` and `ARG`, divided at blanks outside of quotes, which stay. */
export const splitWords = (text: string, escape: string): readonly string[] => {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]!
    if (char === escape && quote !== "'") {
      word += char + (text[index + 1] ?? '')
      index += 1
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word)
      word = ''
    } else {
      if (char === quote) quote = ''
      else if (quote === '' && (char === '"' || char === "'")) quote = char
      word += char
    }
  }
  return word === '' ? words : [...words, word]
}
