const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  brightRed: [91, 39],
  brightGreen: [92, 39],
  brightYellow: [93, 39],
  brightBlue: [94, 39],
  brightMagenta: [95, 39],
  brightCyan: [96, 39],
} as const

export type Style = keyof typeof codes

/** Text in a style, or the text alone where colours are not wanted. */
export type Paint = (style: Style, text: string) => string

export const noPaint: Paint = (_, text) => text

const ansiPaint: Paint = (style, text) => `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m`

export const createPaint = ({ colors }: { readonly colors: boolean }): Paint => (colors ? ansiPaint : noPaint)
