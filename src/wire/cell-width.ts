import { eastAsianWidth } from 'get-east-asian-width'

const simple = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2500-\u25a0…·→↑↓×●○✔✖◐▸]*$/
/** Marks, format characters, and the vowels and final letters of Korean, which stand within what is before them. */
const joining = /^[\p{Mn}\p{Me}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7fb]$/u
const pictograph = /^\p{Extended_Pictographic}$/u

/** Cells of one character (a code point) on its own: 0, 1 or 2. */
export const charWidth = (char: string): number => {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad ? 0 : 1
  return joining.test(char) ? 0 : eastAsianWidth(code)
}

const toPicture = 0xfe0f
const joiner = 0x200d

/** Cells that each character adds to those before it: emoji may consist of several. */
const createCounter = (): ((char: string) => number) => {
  let base = ''
  let width = 0
  let isJoined = false
  return (char) => {
    const code = char.codePointAt(0) ?? 0
    const wasJoined = isJoined
    isJoined = false
    if (code >= 0x300 && pictograph.test(base)) {
      isJoined = code === joiner
      if (isJoined || (code >= 0x1f3fb && code <= 0x1f3ff) || (wasJoined && pictograph.test(char))) return 0
      if (code === toPicture) {
        const more = Math.max(0, 2 - width)
        width = 2
        return more
      }
    }
    const cells = charWidth(char)
    if (cells > 0) [base, width] = [char, cells]
    return cells
  }
}

/** Terminal cells of a text without escape codes, as Ink counts them: wide characters take two, marks that join none. */
export const textWidth = (text: string): number => {
  if (simple.test(text)) return text.length
  const count = createCounter()
  let width = 0
  for (const char of text) width += count(char)
  return width
}

/** The first characters of a text, as many as so many cells hold. */
export const takeCells = (text: string, width: number): string => {
  const count = createCounter()
  let left = width
  let kept = ''
  for (const char of text) {
    left -= count(char)
    if (left < 0) break
    kept += char
  }
  return kept
}

/** The text cut to at most so many cells; what is cut shows by its last character. */
export const cutToCells = (text: string, width: number, ellipsis: string = '…'): string => {
  if (width < 1) return ''
  return textWidth(text) <= width ? text : takeCells(text, width - 1) + ellipsis
}

/** The text filled with spaces to so many cells. */
export const padToCells = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - textWidth(text)))
