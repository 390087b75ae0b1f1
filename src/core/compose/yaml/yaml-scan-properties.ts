import { isBlank, isBlankOrEnd, isBreak, type Scanner, type Token, yamlFault } from './yaml-scanner-state.ts'

const word = /[0-9A-Za-z_-]*/y

const readWord = (scanner: Scanner): string => {
  word.lastIndex = scanner.at
  const [found = ''] = word.exec(scanner.text) ?? []
  scanner.at += found.length
  return found
}

/** `&name` or `*name`; a name has letters, digits, `_` and `-`. */
export const scanAnchor = (scanner: Scanner, type: 'anchor' | 'alias'): Token => {
  const start = scanner.at
  scanner.at += 1
  const value = readWord(scanner)
  if (value === '' || !(isBlankOrEnd(scanner.text, scanner.at) || '?:,]}%@`'.includes(scanner.text[scanner.at]!))) {
    throw yamlFault(start, `The name of an ${type} has letters, digits, "_" and "-" only.`)
  }
  return { type, start, end: scanner.at, value }
}

const uri = /(?:[0-9A-Za-z_;/?:@&=+$.,!~*'()[\]-]|%[0-9A-Fa-f]{2})*/y

const readUri = (scanner: Scanner): string => {
  uri.lastIndex = scanner.at
  const [found = ''] = uri.exec(scanner.text) ?? []
  scanner.at += found.length
  return found.includes('%') ? decodeURIComponent(found) : found
}

const tagMistake = 'This is no tag that can be read: write !name, !!name or !<name>.'

/** `!suffix`, `!!suffix`, `!handle!suffix`, `!<uri>`, or `!` alone. */
export const scanTag = (scanner: Scanner): Token => {
  const start = scanner.at
  const { text } = scanner
  let handle = ''
  let value: string
  if (text[start + 1] === '<') {
    scanner.at += 2
    value = readUri(scanner)
    if (value === '' || text[scanner.at] !== '>') throw yamlFault(start, tagMistake)
    scanner.at += 1
  } else {
    scanner.at += 1
    const name = readWord(scanner)
    if (text[scanner.at] === '!') {
      scanner.at += 1
      handle = `!${name}!`
      value = readUri(scanner)
      if (value === '') throw yamlFault(start, tagMistake)
    } else {
      handle = '!'
      value = name + readUri(scanner)
      if (value === '') [handle, value] = ['', '!']
    }
  }
  if (!isBlankOrEnd(text, scanner.at)) throw yamlFault(start, tagMistake)
  return { type: 'tag', start, end: scanner.at, value, handle }
}

/** `%YAML 1.1` or `%TAG handle prefix`: the reader of the reference knows no other. */
export const scanDirective = (scanner: Scanner): Token => {
  const { text } = scanner
  const start = scanner.at
  let end = start
  while (end < text.length && !isBreak(text.charCodeAt(end))) end += 1
  const line = text.slice(start, end)
  const version = /^%YAML[ \t]+(\d+)\.(\d+)(?=[ \t]|$)/.exec(line)
  const tag = /^%TAG[ \t]+(![0-9A-Za-z_-]*!|!)[ \t]+(\S+)(?=[ \t]|$)/.exec(line)
  const found = version ?? tag
  if (found === null) throw yamlFault(start, `"${line.slice(0, 40)}" is no directive that can be read.`)
  if (version !== null && (version[1] !== '1' || version[2] !== '1')) {
    throw yamlFault(start, `Docker Compose does not read files that begin with "${version[0]}".`)
  }
  scanner.at += found[0].length
  while (isBlank(text.charCodeAt(scanner.at))) scanner.at += 1
  if (scanner.at < end && text[scanner.at] !== '#')
    throw yamlFault(scanner.at, 'Nothing but a comment can stand after a directive.')
  scanner.at = end
  return version === null
    ? { type: 'tag-directive', start, end, handle: tag![1]!, value: tag![2]! }
    : { type: 'version', start, end }
}
