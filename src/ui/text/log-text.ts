import { charWidth } from '../../wire/cell-width.ts'
import { isPlain, toSafeText } from '../../wire/safe-text.ts'

export type LogTextOptions = {
  readonly width: number
  readonly colour: boolean
  readonly wrap: boolean
  readonly ellipsis: string
  /** Most lines that one wrapped line may take. */
  readonly maxLines?: number
  readonly find?: (text: string) => readonly (readonly [start: number, end: number])[]
}

type Mark = { readonly on: string; readonly off: string }
const mark: Mark = { on: '\u001b[7m', off: '\u001b[27m' }

/** A line of a program as one or, wrapped, several strings of at most `width` cells, each complete in its colours. */
export const toLogLines = (text: string, options: LogTextOptions): readonly string[] => {
  const safe = toSafeText(text, options.colour)
  const { width } = options
  if (width <= 0) return ['']
  if (options.find === undefined && safe.length <= width && isPlain(safe)) return [safe]
  const pieces = toPieces(safe)
  const plain = pieces.map((piece) => (piece.sgr ? '' : piece.text)).join('')
  return lay(pieces, { ...options, ranges: options.find?.(plain) ?? [] })
}

type Piece = { readonly text: string; readonly sgr: boolean }

const toPieces = (text: string): readonly Piece[] =>
  text.split(/(\u001b\[[\d;:]*m)/).map((part, index) => ({ text: part, sgr: index % 2 === 1 }))

type Ranges = readonly (readonly [start: number, end: number])[]

const lay = (pieces: readonly Piece[], options: LogTextOptions & { readonly ranges: Ranges }): readonly string[] => {
  const writer = createLineWriter(options)
  for (const piece of pieces) {
    if (piece.sgr) writer.style(piece.text)
    else if (!writer.write(piece.text))
      return writer.end().map((line, index, all) => (index === all.length - 1 ? endCut(line, options) : line))
  }
  return writer.end()
}

/** Lays characters into lines; each line begins with the style that the one before it had, and ends it. */
const createLineWriter = ({ width, wrap, maxLines, ranges }: LogTextOptions & { readonly ranges: Ranges }) => {
  const most = wrap ? (maxLines ?? 50) : 1
  const lines: string[] = []
  let line = ''
  let used = 0
  let index = 0
  let style = ''
  let marked = false

  const flush = () => {
    lines.push(line + (style !== '' || marked ? '\u001b[0m' : ''))
    line = style + (marked ? mark.on : '')
    used = 0
  }
  const put = (char: string) => {
    const inside = ranges.some(([start, end]) => index >= start && index < end)
    if (inside !== marked) line += inside ? mark.on : mark.off
    marked = inside
    line += char
    used += charWidth(char)
    index += char.length
  }
  return {
    style(sequence: string) {
      style = /^\u001b\[0*m$/.test(sequence) ? '' : style + sequence
      line += sequence + (marked ? mark.on : '')
    },
    /** False when there is no room for all of it. */
    write(text: string): boolean {
      for (const char of text) {
        if (used + charWidth(char) > width) {
          if (lines.length === most - 1) return false
          flush()
        }
        put(char)
      }
      return true
    },
    end() {
      flush()
      return lines
    },
  }
}

/** Puts the sign of a cut in place of the last characters of a full line, whatever colours stand between them. */
const endCut = (line: string, { ellipsis, width }: LogTextOptions): string => {
  const pieces = toPieces(line).map(({ text, sgr }) => ({ sgr, chars: sgr ? [text] : [...text] }))
  const texts = pieces.filter(({ sgr, chars }) => !sgr && chars.length > 0)
  const used = texts.flatMap(({ chars }) => chars).reduce((sum, char) => sum + charWidth(char), 0)
  let free = width - used
  let last = texts.pop()
  while (last !== undefined && free < 1) {
    free += charWidth(last.chars.pop() ?? '')
    if (last.chars.length === 0 && free < 1) last = texts.pop()
  }
  last?.chars.push(ellipsis)
  return pieces.map(({ chars }) => chars.join('')).join('')
}
