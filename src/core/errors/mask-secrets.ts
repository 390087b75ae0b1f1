/** Names of which the value is a credential, in an environment, a label, an argument or an env file. */
const secretName =
  /(?:^|[_.-])(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|CREDENTIALS?)$/i

export const isSecretName = (name: string): boolean => secretName.test(name)

/** Whether a credential would be given away by showing this value: not by a flag, nor by the path of the secret. */
export const isSecretValue = (text: string): boolean =>
  text !== '' && !/^(?:true|false|\d|\/run\/secrets\/.*)$/i.test(text)

const anySecretName = /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL/i

/** Where a text first has a word of which names of credentials are made; -1 where it has none. */
export const findSecretWord = (text: string): number => text.search(anySecretName)

/**
 * A line of a file with each credential in it as asterisks, as many as it has characters, so that columns stay. `above` are
 * the lines before it, which say whether it goes on with a text that they began, and `isCut` says that there were more of them. Variables are shown: they give nothing away.
 */
export const maskSecrets = (line: string, above: readonly string[] = [], isCut: boolean = false): string =>
  goesOnWithSecret(line, above, isCut) ? maskText(line) : maskAddresses(maskPairs(line))

const pair = /(?<![\w.-])(?<name>[\w.-]+)["']?(?<sign>:[ \t]+|=)/g

const maskPairs = (line: string): string => {
  let masked = line
  for (const found of line.matchAll(pair)) {
    if (!isSecretName(found.groups?.['name'] ?? '')) continue
    const from = found.index + found[0].length
    const { start, end } = valueAt(line, from, found.groups?.['sign'] === '=')
    if (isSecretValue(line.slice(start, end)))
      masked = masked.slice(0, start) + maskText(masked.slice(start, end)) + masked.slice(end)
  }
  return masked
}

/** A secret or a config that bears such a name itself, and says where its content is. */
const definition =
  /^\{\s*(?:\}|["']?(?:file|environment|external|name|driver|driver_opts|labels|template_driver|source|target|uid|gid|mode)["']?\s*:)/

/** Where a value ends: at its closing quote or bracket, at the end of its item of a list in brackets, at a comment, or with the line. */
const valueAt = (line: string, from: number, isItem: boolean): { readonly start: number; readonly end: number } => {
  const quote = line[from]
  if (quote === '"' || quote === "'") return { start: from + 1, end: closingQuote(line, from + 1, quote) }
  const open = isItem ? openQuote(line.slice(0, from)) : undefined
  if (open !== undefined) return { start: from, end: closingQuote(line, from, open) }
  if (quote === '[') return { start: from + 1, end: closingQuote(line, from + 1, ']') }
  if (quote === '{' && !definition.test(line.slice(from)))
    return { start: from + 1, end: closingQuote(line, from + 1, '}') }
  if (/^(?:[{&*!~]|[|>][-+\d]*\s*$)/.test(line.slice(from))) return { start: from, end: from }
  return { start: from, end: from + plainLength(line.slice(from), /[{[]/.test(line.slice(0, from))) }
}

/** How long a value without quotes is: to a comment, to the end, or in brackets to what ends its item. */
const plainLength = (rest: string, isInBrackets: boolean): number => {
  let isVariable = false
  for (let at = 0; at < rest.length; at += 1) {
    const letter = rest[at]!
    if (letter === '#' && /\s/.test(rest[at - 1] ?? '')) return rest.slice(0, at).trimEnd().length
    if (isInBrackets && !isVariable && (letter === ',' || letter === '}' || letter === ']')) return at
    if (letter === '}') isVariable = false
    else if (letter === '$' && rest[at + 1] === '{') isVariable = true
  }
  return rest.trimEnd().length
}

const closingQuote = (line: string, from: number, quote: string): number => {
  if (quote === ']' || quote === '}') return line.includes(quote, from) ? line.lastIndexOf(quote) : line.length
  for (let at = from; at < line.length; at += 1) {
    const isEscape = quote === '"' ? line[at] === '\\' : line[at] === quote && line[at + 1] === quote
    if (isEscape) at += 1
    else if (line[at] === quote) return at
  }
  return line.length
}

/** The quote that a text leaves open. */
const openQuote = (text: string): string | undefined => {
  let open: string | undefined
  for (const letter of text) {
    if (open === undefined ? letter === '"' || letter === "'" : letter === open)
      open = open === undefined ? letter : undefined
  }
  return open
}

const maskAddresses = (line: string): string =>
  line.replace(
    /([a-z][\w+.-]*:\/\/[^\s/:@"']*:)((?:\$\{[^}]*\}|(?!\$\{[^}]*\})[^\s@/"'])+)(?=@)/gi,
    (_, start: string, password: string) => start + maskText(password),
  )

const variable = /\$\{(?<name>\w+)(?:(?<sign>:?[-+])(?<fallback>[^}]*))?(?<end>\}|$)/
const shown = new RegExp(`${variable.source}|\\$\\{\\w+[^}]*\\}?|\\$\\w+|\\$\\$|\\S`, 'g')

/** Asterisks for all but blanks and variables; of a variable's default, asterisks too. */
export const maskText = (text: string): string =>
  text.replace(shown, (all) => {
    const found = variable.exec(all)?.groups
    if (found !== undefined)
      return `\${${found['name']}${found['sign'] ?? ''}${'*'.repeat(found['fallback']?.length ?? 0)}${found['end']}`
    return all.startsWith('$') && all !== '$$' && all !== '$' ? all : '*'.repeat(all.length)
  })

/** A line that belongs to a text begun above, below a key that names a credential. */
const goesOnWithSecret = (line: string, above: readonly string[], isCut: boolean): boolean => {
  const depth = indentOf(line)
  if (line.trim() === '' || depth === 0) return false
  const parent = above.findLast((other) => other.trim() !== '' && indentOf(other) < depth)
  // What it belongs to is too far above to be looked for: it may be anything.
  if (parent === undefined && isCut) return true
  const found = parent === undefined ? null : /^[\s-]*["']?([\w.-]+)["']?\s*:(?:\s+(.*))?$/.exec(parent)
  if (found === null || !isSecretName(found[1] ?? '')) return false
  const value = found[2] ?? ''
  if (/^[|>]/.test(value)) return true
  return !/^\s*(?:-\s|["']?[\w.-]+["']?\s*:(?:\s|$)|[#}\]])/.test(line) && !/^[{[]/.test(value)
}

const indentOf = (line: string): number => line.length - line.trimStart().length
