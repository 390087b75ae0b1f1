import { charWidth, textWidth } from './cell-width.ts'

export type Ellipsis = '…' | '~'

/** Cuts a plain text to at most so many cells; what is cut shows by its last character. */
export const cut = (text: string, width: number, ellipsis: string = '…'): string => {
  if (width <= 0) return ''
  if (textWidth(text) <= width) return text
  let used = 0
  let kept = ''
  for (const char of text) {
    const cells = charWidth(char)
    if (used + cells > width - 1) break
    used += cells
    kept += char
  }
  return kept + ellipsis
}

/** Cuts or fills a plain text to exactly so many cells. */
export const fit = (
  text: string,
  width: number,
  options: { readonly align?: 'left' | 'right'; readonly ellipsis?: string } = {},
): string => {
  const short = cut(text, width, options.ellipsis)
  const space = ' '.repeat(Math.max(0, width - textWidth(short)))
  return options.align === 'right' ? space + short : short + space
}

/** Breaks a plain text into lines of at most so many cells, between words where it can. */
export const wrapWords = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
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
        const part = takeCells(line, width)
        lines.push(part)
        line = line.slice(part.length)
      }
    }
    lines.push(line)
  }
  return lines
}

const takeCells = (text: string, width: number): string => {
  let used = 0
  let kept = ''
  for (const char of text) {
    used += charWidth(char)
    if (used > width && kept !== '') break
    kept += char
  }
  return kept
}
