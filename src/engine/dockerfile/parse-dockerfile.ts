import { StackError } from '../../core/errors/stack-error.ts'

/** One instruction of a Dockerfile. */
export type Instruction = {
  /** From 1: where it begins. */
  readonly line: number
  /** In capitals: `COPY`. */
  readonly keyword: string
  /** `--from=x`, by name; one without a value has an empty one. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  /** What follows the flags, continued lines joined. */
  readonly rest: string
  /** The JSON form: `["node", "x.js"]`. */
  readonly list?: readonly string[]
  readonly heredocs: readonly { readonly name: string; readonly text: string }[]
  /** Of `ONBUILD`. */
  readonly trigger?: Instruction
  /** To be shown, on one line. */
  readonly text: string
}

export type Dockerfile = {
  readonly instructions: readonly Instruction[]
  /** What continues a line and takes a character's meaning. */
  readonly escape: string
}

const keywords: ReadonlySet<string> = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
)
const withFlags: ReadonlySet<string> = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN'])
const withHeredocs: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN'])

/**
 * The instructions of a Dockerfile, as BuildKit's own frontend divides them. Nothing is expanded.
 *
 * @throws `file/bad-dockerfile`
 */
export const parseDockerfile = (text: string): Dockerfile => {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
  const { escape, syntax } = readDirectives(lines)
  if (syntax !== undefined && !/(?:^|\/)docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/.test(syntax))
    throw notUnderstood(1, `it is written in the syntax of ${syntax}, which is not known here`)
  return { instructions: readInstructions(lines, escape), escape }
}

/** With the line that is at fault. */
export const notUnderstood = (line: number, why: string): StackError =>
  new StackError('file/bad-dockerfile', { line, why })

/** `# escape=` and `# syntax=` count only before everything else, comments and empty lines included. */
const readDirectives = (lines: readonly string[]): { readonly escape: string; readonly syntax?: string } => {
  const found = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^\s*#\s*([a-z]+)\s*=\s*(.+?)\s*$/i.exec(line) ?? []
    if (name === undefined || value === undefined) break
    found.set(name.toLowerCase(), value)
  }
  const escape = found.get('escape') ?? '\\'
  if (escape !== '\\' && escape !== '`') throw notUnderstood(1, `"${escape}" cannot be an escape character`)
  const syntax = found.get('syntax')
  return { escape, ...(syntax === undefined ? {} : { syntax }) }
}

const isNothing = (line: string): boolean => /^\s*(?:#.*)?$/.test(line)

const readInstructions = (lines: readonly string[], escape: string): readonly Instruction[] => {
  const instructions: Instruction[] = []
  const continued = escape === '\\' ? /(?<=^|[^\\])\\[ \t]*$/ : /(?<=^|[^`])`[ \t]*$/
  let next = 0
  while (next < lines.length) {
    const start = next
    next += 1
    if (isNothing(lines[start]!)) continue
    let text = lines[start]!
    while (continued.test(text) && next < lines.length) {
      text = text.replace(continued, '')
      // Comments and empty lines between continued lines are none of it.
      while (next < lines.length && isNothing(lines[next]!)) next += 1
      text += lines[next] ?? ''
      next += 1
    }
    const plain = readInstruction(text.replace(continued, ''), start + 1)
    const { heredocs, end } = readHeredocs(plain, { lines, from: next })
    instructions.push({ ...plain, heredocs })
    next = end
  }
  return instructions
}

const readInstruction = (text: string, line: number): Instruction => {
  const [, word = '', after = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(text) ?? []
  const keyword = word.toUpperCase()
  if (!keywords.has(keyword)) throw notUnderstood(line, `"${word}" is no instruction that is known here`)
  const shown = `${keyword} ${after.replaceAll(/\s+/g, ' ')}`
  if (keyword === 'ONBUILD') {
    const trigger = readInstruction(after, line)
    return { line, keyword, flags: new Map(), rest: after, heredocs: [], trigger, text: shown }
  }
  const { flags, rest } = withFlags.has(keyword) ? readFlags(after) : { flags: new Map(), rest: after }
  const list = readList(rest)
  return { line, keyword, flags, rest, heredocs: [], text: shown, ...(list === undefined ? {} : { list }) }
}

const readFlags = (text: string): { readonly flags: ReadonlyMap<string, readonly string[]>; readonly rest: string } => {
  const flags = new Map<string, readonly string[]>()
  let rest = text
  for (;;) {
    const found = /^--([a-z][a-z-]*)(?:=("[^"]*"|\S*))?(?:\s+|$)/.exec(rest)
    if (found === null) return { flags, rest }
    const [whole, name = '', value = ''] = found
    flags.set(name, [...(flags.get(name) ?? []), value.replaceAll('"', '')])
    rest = rest.slice(whole.length)
  }
}

const readList = (text: string): readonly string[] | undefined => {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

type Place = { readonly lines: readonly string[]; readonly from: number }

/** The texts that `<<EOF` announces, and the line after the last one. */
const readHeredocs = (
  { keyword, rest, list, line, trigger }: Instruction,
  { lines, from }: Place,
): { readonly heredocs: Instruction['heredocs']; readonly end: number } => {
  const heredocs: { name: string; text: string }[] = []
  let end = from
  if (!withHeredocs.has(trigger?.keyword ?? keyword) || list !== undefined) return { heredocs, end }
  for (const [, dash, , name = ''] of rest.matchAll(/(?<=^|\s)\d*<<(-?)(["']?)([A-Za-z_][\w.]*)\2/g)) {
    const toLine = (text: string): string => (dash === '-' ? text.replace(/^\t+/, '') : text)
    const close = lines.findIndex((text, index) => index >= end && toLine(text) === name)
    if (close < 0) throw notUnderstood(line, `the text <<${name} has no end`)
    heredocs.push({ name, text: lines.slice(end, close).map(toLine).join('\n') })
    end = close + 1
  }
  return { heredocs, end }
}
