/** Terminal cells of a text without escape codes: wide characters take two, marks that join take none. */
export const countCells = (text: string): number => {
  let cells = 0
  for (const character of text) cells += cellsOf(character.codePointAt(0) ?? 0)
  return cells
}

/** The text cut to so many cells, with `…` in the place of what is missing. */
export const cutToCells = (text: string, width: number): string => {
  if (text.length <= width && isNarrow(text)) return text
  if (countCells(text) <= width) return text
  let kept = ''
  let cells = 0
  for (const character of text) {
    cells += cellsOf(character.codePointAt(0) ?? 0)
    if (cells > width - 1) break
    kept += character
  }
  return width < 1 ? '' : `${kept}…`
}

export const padToCells = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - countCells(text)))

const isNarrow = (text: string): boolean => /^[\x20-\x7E]*$/.test(text)

const cellsOf = (code: number): number => {
  if (code < 0x300) return code < 0x20 || code === 0x7f ? 0 : 1
  if (/\p{M}|\p{Cf}/u.test(String.fromCodePoint(code))) return 0
  return isWide(code) ? 2 : 1
}

const isWide = (code: number): boolean =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe6f) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0xffe0 && code <= 0xffe6) ||
  (code >= 0x1f300 && code <= 0x1faff) ||
  (code >= 0x20000 && code <= 0x3fffd)
