import type { Node } from '../tree/node.ts'
import { atEnd, nextLine, type Reader, space, unusual } from './yaml-reader.ts'

const headerPattern = /([|>])([-+]?)(?: +#[^\n]*| *)\n/y

/** `|` and `>` with their endings, whose indentation is that of their first line; a folded one without gaps or deeper lines. */
export const readLiteral = (reader: Reader, parent: number): Node => {
  const { text, source, state } = reader
  const start = reader.at
  headerPattern.lastIndex = start
  const header = headerPattern.exec(text)
  if (header === null) throw unusual
  state.expanded += 1
  const first = start + header[0].length
  let column = -1
  const lines: string[] = []
  let at = first
  let contentEnd = first
  while (at < text.length) {
    let end = text.indexOf('\n', at)
    if (end === -1) end = text.length
    let content = at
    while (text.charCodeAt(content) === space) content += 1
    if (content >= end) {
      if (column === -1 ? content > at : content - at > column) throw unusual
      lines.push('')
    } else {
      if (column === -1) column = content - at
      if (content - at < column || column <= parent) break
      lines.push(text.slice(at + column, end))
      contentEnd = end + 1
    }
    at = end + 1
  }
  if (column === -1 || column <= parent) throw unusual
  let last = lines.length
  while (last > 0 && lines[last - 1] === '') last -= 1
  const kept = lines.slice(0, last)
  if (header[1] === '>' && kept.some((line) => line === '' || line.startsWith(' '))) throw unusual
  const body = kept.join(header[1] === '>' ? ' ' : '\n')
  // A text that ends without a line break is rare enough for the library.
  if (!text.endsWith('\n') && at > text.length) throw unusual
  const value =
    header[2] === '-' ? body : header[2] === '+' ? `${body}${'\n'.repeat(lines.length - last + 1)}` : `${body}\n`
  reader.at = Math.min(at, text.length)
  nextLine(reader)
  if (reader.indent > parent && !atEnd(reader)) throw unusual
  return {
    kind: 'scalar',
    source,
    start,
    end: Math.max(start + 1, Math.min(header[2] === '+' ? at : contentEnd, text.length)),
    type: 'str',
    value,
  }
}
