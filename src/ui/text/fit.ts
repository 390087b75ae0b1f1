import { cutToCells, padToCells, takeCells, textWidth } from '../../wire/cell-width.ts'
import { toVisibleLine } from '../../wire/safe-text.ts'

export type Ellipsis = '…' | '~'

/** Cuts or fills a plain text to exactly so many cells. */
export const fit = (
  text: string,
  width: number,
  options: { readonly align?: 'left' | 'right'; readonly ellipsis?: string } = {},
): string => {
  const short = cutToCells(toVisibleLine(text), width, options.ellipsis)
  return options.align === 'right'
    ? ' '.repeat(Math.max(0, width - textWidth(short))) + short
    : padToCells(short, width)
}

/** Breaks a plain text into lines of at most so many cells, between words where it can. */
export const wrapWords = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const paragraph of text.split('\n').map(toVisibleLine)) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      const joined = line === '' ? word : `${line} ${word}`
      if (textWidth(joined) <= width) {
        line = joined
        continue
      }
      if (line !== '') lines.push(line)
      line = word
      while (textWidth(line) > width && width > 0) {
        const part = takeCells(line, width) || [...line].slice(0, 1).join('')
        lines.push(part)
        line = line.slice(part.length)
      }
    }
    lines.push(line)
  }
  return lines
}
