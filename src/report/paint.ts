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

/**
 * With a seal, a number that nobody else can know, each colour bears it: that is how whoever writes to the terminal tells our
 * colours from those of others, which are not passed on.
 */
export const createPaint = ({ colors, seal }: { readonly colors: boolean; readonly seal?: string }): Paint => {
  if (!colors) return noPaint
  const end = seal === undefined ? 'm' : `;${seal}m`
  return (style, text) => `\u001B[${codes[style][0]}${end}${text}\u001B[${codes[style][1]}${end}`
}

/** Everything but our colours made visible by `show`, and the seal taken off these. */
export const createUnsealer = (seal: string): ((text: string, show: (text: string) => string) => string) => {
  const sealed = new RegExp(`(\u001B\\[\\d+);${seal}m`)
  return (text, show) =>
    text.includes(seal)
      ? text
          .split(sealed)
          .map((part, index) => (index % 2 === 1 ? `${part}m` : show(part)))
          .join('')
      : show(text)
}
