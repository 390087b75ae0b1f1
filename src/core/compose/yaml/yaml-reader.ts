import type { SourceText } from '../tree/node.ts'
import type { YamlState } from './yaml-state.ts'

/** Thrown to give up. */
export const unusual = new Error('This text is for the full grammar.')

export type Reader = {
  readonly source: SourceText
  readonly text: string
  readonly state: YamlState
  /** The first character on the current line that is not read yet. */
  at: number
  lineStart: number
  /** Of the current line, or of what a dash on it left. */
  indent: number
}

export const space = 32
export const hash = 35
export const dash = 45
export const colon = 58

export const atEnd = (reader: Reader): boolean => reader.at >= reader.text.length

/** On to the next line that says something; `false` at the end. */
export const nextLine = (reader: Reader): boolean => {
  const { text } = reader
  let start = reader.at
  while (start < text.length) {
    let first = start
    while (text.charCodeAt(first) === space) first += 1
    const code = text.charCodeAt(first)
    if (first < text.length && code !== 10 && code !== hash) {
      reader.lineStart = start
      reader.at = first
      reader.indent = first - start
      return true
    }
    const end = text.indexOf('\n', first)
    start = end === -1 ? text.length : end + 1
  }
  reader.at = text.length
  reader.lineStart = text.length
  reader.indent = -1
  return false
}

/** Over spaces and a comment to the start of the next line that says something. What else stands there is unusual. */
export const endLine = (reader: Reader): void => {
  const { text } = reader
  let at = reader.at
  while (text.charCodeAt(at) === space) at += 1
  if (at < text.length && text.charCodeAt(at) !== 10) {
    if (text.charCodeAt(at) !== hash || at === reader.at) throw unusual
    at = text.indexOf('\n', at)
    if (at === -1) at = text.length
  }
  reader.at = Math.min(at + 1, text.length)
  nextLine(reader)
}

export const isBlank = (code: number): boolean => code === space || code === 10 || Number.isNaN(code)

/** The end of a value: a deeper line would go on with it, and is unusual. */
export const finishValue = (reader: Reader, parent: number): void => {
  endLine(reader)
  if (reader.indent > parent && !atEnd(reader)) throw unusual
}
