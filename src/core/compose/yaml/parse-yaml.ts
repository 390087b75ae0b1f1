import { type Document, Lexer, parseAllDocuments, visit } from 'yaml'
import type { Node, Place, SourceText } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { parseYamlFast } from './parse-yaml-fast.ts'
import { createYamlState } from './yaml-state.ts'
import { maxExpanded, toNode } from './yaml-to-node.ts'

/** Nesting of collections that is still read: real files stay below twenty; the limit keeps recursion off the stack's end. */
const maxDepth = 500

/** UTF-16 units that the library is given: it reads about 1 MB a second, and takes 200 times as much memory. */
const maxLibraryText = 4_000_000

/** One YAML document. `undefined` stands for an empty one. */
export type ParsedDocument = { readonly root: Node | undefined; readonly place: Place }

/**
 * Reads the documents of a text. Values are those of the YAML reader that Compose uses (see `resolvePlainScalar`), aliases
 * and merge keys are resolved, equal keys and keys that are no text are problems. `!reset` and `!override` become marks.
 */
export const parseYaml = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] | undefined => {
  const deep = tooDeep(source)
  if (deep !== undefined) {
    problems.error(deep, 'yaml/too-deep', `Collections are nested more than ${maxDepth} deep.`)
    return undefined
  }
  const root = parseYamlFast(source, createYamlState(maxExpanded))
  if (root !== undefined) return [{ root, place: root }]
  return parseInFull(source, problems)
}

/** As `parseYaml`, by the library alone: for everything that the fast reader leaves to it, and to compare the two. */
export const parseInFull = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] | undefined => {
  const held: Parameters<ProblemList['error']>[] = []
  const before = problems.errorCount()
  const holding: ProblemList = {
    ...problems,
    error: (...problem) => void held.push(problem),
    errorCount: () => before + held.length,
  }
  const documents = readInFull(source, holding)
  const template = held.map(([place]) => templateMark(place)).find((mark) => mark !== undefined)
  if (template === undefined) for (const problem of held) problems.error(...problem)
  else
    problems.error(
      template,
      'yaml/template',
      'This is a template and no YAML: what stands between "{{" and "}}" or "{%" and "%}" is for another program.',
      { hint: 'Have that program fill it in (Jinja, Helm, Ansible, gomplate, …), and load what comes out.' },
    )
  return held.length > 0 ? undefined : documents
}

/** The mark of a template language where YAML cannot be read: at the begin of a line, or of what a key or a dash has behind it. */
const templateMark = (place: Place | undefined): Place | undefined => {
  if (place === undefined) return undefined
  const { source, start } = place
  const from = source.text.lastIndexOf('\n', start - 1) + 1
  const end = source.text.indexOf('\n', start)
  const line = source.text.slice(from, end === -1 ? undefined : end)
  const found = /^[ \t]*(?:-[ \t]+)*(?:[^\s"'#:]+:[ \t]+)?(?=\{[{%])/.exec(line)
  if (found === null) return undefined
  const at = from + found[0].length
  return { source, start: at, end: at + 2 }
}

const readInFull = (source: SourceText, problems: ProblemList): readonly ParsedDocument[] => {
  const before = problems.errorCount()
  const found = readForbidden(source, problems) ? [] : readDocuments(source.text)
  for (const document of found) reportSyntax(document, source, problems)
  if (problems.errorCount() === before) reportStrictness(found, source, problems)
  if (problems.errorCount() > before) return []
  return found.map(({ contents, range: [start, end] }) => {
    const root = contents === null ? undefined : toNode(contents, { source, problems, ...createYamlState(maxExpanded) })
    const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null)
    return { root: isEmpty ? undefined : root, place: { source, start, end } }
  })
}

/** To the reference's reader a lone carriage return ends a line as well. */
const readDocuments = (text: string): readonly Document.Parsed[] => {
  // Each mistake is an error object to the library: without its stack it takes a third of the time.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const documents = parseAllDocuments(text.replaceAll(/\r(?!\n)/g, '\n'), {
      schema: 'failsafe',
      version: '1.2',
      uniqueKeys: false,
      prettyErrors: false,
      strict: true,
      logLevel: 'silent',
      resolveKnownTags: false,
    })
    return Array.isArray(documents) ? documents : []
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const reportSyntax = (document: Document.Parsed, source: SourceText, problems: ProblemList): void => {
  const quotes = document.errors.some(({ message }) => openQuote.test(message)) ? quotesByEnd(document) : undefined
  for (const { pos, message, code } of document.errors) {
    // The library gives up where its recursion meets the end of the stack.
    if (code === 'RESOURCE_EXHAUSTION') {
      problems.error({ source, start: pos[0], end: pos[1] }, 'yaml/too-deep', 'Collections are nested too deep.')
      return
    }
    // The reference's reader takes a comment right behind a quote or a bracket.
    if (message.startsWith('Comments must be separated')) continue
    const quote = openQuote.exec(message)?.[1]
    const start = quote === undefined ? pos[0] : (quotes?.get(pos[0]) ?? pos[0])
    const place = { source, start, end: quote === undefined ? pos[1] : start + 1 }
    if (quote === undefined) problems.error(place, 'yaml/syntax', sentence(message), yamlHint(code))
    else
      problems.error(place, 'yaml/syntax', `The ${quote} that opens here is never closed.`, {
        hint: 'Close it, or put a text that holds such a mark in quotes of the other kind.',
      })
  }
}

const openQuote = /^Missing closing (["'])quote$/

/** Where the texts in quotes begin, by where they end, which is where the library misses a quote. Found in one walk for all. */
const quotesByEnd = (document: Document.Parsed): ReadonlyMap<number, number> => {
  const starts = new Map<number, number>()
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE') === true && range) starts.set(range[1], range[0])
    },
  })
  return starts
}

/** What the library takes and the reference's reader, which is libyaml's, does not. */
const reportStrictness = (documents: readonly Document.Parsed[], source: SourceText, problems: ProblemList): void => {
  const report = (start: number, message: string, hint: string): void =>
    problems.error({ source, start, end: start + 1 }, 'yaml/syntax', message, { hint })
  for (const [index, { directives, contents, warnings, range }] of documents.entries()) {
    for (const { pos, message, code } of warnings)
      if (code === 'BAD_DIRECTIVE') report(pos[0], sentence(message), 'Remove the line.')
    if (index > 0 && directives.docStart !== true)
      report(
        contents?.range[0] ?? range[0],
        'Nothing more can stand here: the text before is complete. Another document begins with "---".',
        'If this is meant as text, put it in quotes.',
      )
  }
  if (documents.some(({ directives }) => directives.yaml.explicit === true)) checkVersion(source, problems)
  const tab = findTabLine(source.text)
  if (tab !== undefined)
    report(
      tab,
      'Lines are indented with spaces, and here is a tab.',
      'YAML is indented with spaces only; a line that is empty but for a tab counts too.',
    )
}

/** A line that begins with a tab, outside of texts over several lines and but where one comment follows another. */
const findTabLine = (text: string): number | undefined => {
  if (!/^\t/m.test(text)) return undefined
  let at = 0
  for (const token of new Lexer().lex(text)) {
    if (/^[\x02\x18\x1f\ufeff]$/.test(token) && text[at] !== token) continue
    const isFirst = token.startsWith('\t') && (at === 0 || text[at - 1] === '\n')
    if (isFirst && !/^ *#/.test(text.slice(text.lastIndexOf('\n', at - 2) + 1, at))) return at
    at += token.length
  }
  return undefined
}

const forbidden =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** What stops the reading at once. */
const readForbidden = (source: SourceText, problems: ProblemList): boolean => {
  const { text } = source
  if (text.length > maxLibraryText) {
    problems.error(
      { source, start: 0, end: 1 },
      'yaml/too-large',
      'This file is too large: it is more than 4 MB of YAML that is not written in the usual block style, or is not valid.',
    )
    return true
  }
  const at = text.search(forbidden)
  if (at === -1) return false
  const code = text.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase()
  problems.error(
    { source, start: at, end: at + 1 },
    'yaml/syntax',
    `A control character (U+${code}) cannot stand in YAML.`,
    {
      hint: 'If this is meant as text, put it in quotes.',
    },
  )
  return true
}

/** The reference's reader knows YAML 1.1 by name only, so that a file with another version in it would not work there. */
const checkVersion = (source: SourceText, problems: ProblemList): void => {
  const found = /^%YAML[ \t]+(?!1\.1\b)\S+/m.exec(source.text)
  if (found === null) return
  const place = { source, start: found.index, end: found.index + found[0].length }
  problems.error(place, 'yaml/version', `Docker Compose does not read files that begin with "${found[0]}".`, {
    hint: 'Remove the line; it changes nothing here.',
  })
}

/** Where the text nests too deep for a recursive reader, found without one. Counts brackets and indentation, not meaning. */
const tooDeep = (source: SourceText): Place | undefined => {
  const { text } = source
  let flow = 0
  const indents: number[] = []
  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at)
    if (end === -1) end = text.length
    let first = at
    while (first < end && text.charCodeAt(first) === 32) first += 1
    let dashes = 0
    for (let mark = first; isMark(text, mark); dashes += 1) {
      mark += 2
      while (isSpace(text.charCodeAt(mark))) mark += 1
    }
    while (indents.length > 0 && indents.at(-1)! >= first - at) indents.pop()
    indents.push(first - at)
    for (let column = first; column < end; column += 1) {
      const code = text.charCodeAt(column)
      if (code === 91 || (code === 123 && text.charCodeAt(column - 1) !== 36)) flow += 1
      else if ((code === 93 || code === 125) && flow > 0) flow -= 1
      if (flow > maxDepth) return { source, start: column, end: column + 1 }
    }
    if (indents.length + dashes > maxDepth) return { source, start: first, end }
    at = end + 1
  }
  return undefined
}

const isSpace = (code: number): boolean => code === 32 || code === 9

/** Whether an item of a list or an explicit key begins there. */
const isMark = (text: string, at: number): boolean =>
  (text[at] === '-' || text[at] === '?') && isSpace(text.charCodeAt(at + 1))

const sentence = (message: string): string => {
  const text = message.trim()
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const yamlHint = (code: string): { hint?: string } => {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { hint: 'YAML is indented with spaces only.' }
    case 'MULTILINE_IMPLICIT_KEY':
      return { hint: 'A ":" may be missing on the line above, or the indentation is wrong.' }
    case 'BAD_INDENT':
      return { hint: 'Lines of one mapping or list start in the same column.' }
    default:
      return {}
  }
}
