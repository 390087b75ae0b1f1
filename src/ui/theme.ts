import type { Tone } from '../core/state/service-status.ts'
import type { ThemeName } from './settings.ts'

/**
 * Colours and symbols in one place. Unasked, only the sixteen colours that a terminal's own theme defines are used, so
 * that light and dark both work. Nothing is said by colour alone: each tone has a symbol, and a word stands beside it.
 */
export type Theme = {
  readonly colour: boolean
  readonly symbols: Symbols
  readonly accent: (text: string) => string
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly tone: (tone: Tone, text: string) => string
  readonly warn: (text: string) => string
  /** The text as a link to an address, where the terminal is known to make one of it. */
  readonly link: (url: string, text: string) => string
  /** The colour of a service's name in the log, by its place in the stack file. */
  readonly service: (index: number, text: string) => string
}

export type Symbols = {
  readonly tones: Readonly<Record<Tone, string>>
  readonly selected: string
  readonly rule: string
  readonly ellipsis: string
  readonly reload: string
  readonly warning: string
  readonly dot: string
  readonly arrow: string
  readonly bar: { readonly full: string; readonly empty: string }
  readonly column: string
  readonly vertical: string
  /** A service that the next action is for, too. */
  readonly marked: string
  /** Heights of a line of bars, lowest first. */
  readonly levels: string
  /** Beside lines of the log that tell of an error. */
  readonly grave: string
  readonly branch: string
  /** Before the least level that is shown, and before what is searched. */
  readonly least: string
  readonly find: string
  readonly lastBranch: string
}

const unicodeSymbols: Symbols = {
  tones: { good: '●', busy: '◐', bad: '✖', done: '✔', calm: '○' },
  selected: '▸',
  rule: '─',
  ellipsis: '…',
  reload: '↻',
  warning: '▲',
  dot: '·',
  arrow: '→',
  bar: { full: '━', empty: '─' },
  column: '│',
  vertical: '↑↓',
  marked: '◆',
  levels: '▁▂▃▄▅▆▇█',
  grave: '▌',
  branch: '├',
  least: '≥',
  find: '⌕',
  lastBranch: '└',
}

const asciiSymbols: Symbols = {
  tones: { good: '*', busy: '~', bad: 'x', done: '+', calm: '-' },
  selected: '>',
  rule: '-',
  ellipsis: '~',
  reload: 'reload',
  warning: '!',
  dot: '-',
  arrow: '->',
  bar: { full: '#', empty: '.' },
  column: '|',
  vertical: 'up/down',
  marked: '#',
  levels: '_.:-=+*#',
  grave: '!',
  branch: '|',
  least: '>=',
  find: 'search',
  lastBranch: '|',
}

/** Colours as what stands in an escape sequence: of the terminal's own sixteen, or fixed ones of the 256 that all have. */
export type Palette = {
  readonly accent: string
  readonly warn: string
  readonly tones: Readonly<Record<Exclude<Tone, 'calm'>, string>>
  /** One service after the other. */
  readonly services: readonly string[]
}

const fixed = (code: number): string => `38;5;${code}`

/** Of the fixed ones each is read on its ground with a contrast of 4.5 or more, as WCAG asks for; a test holds them to it. */
export const palettes: Readonly<Record<'own' | 'dark' | 'light', Palette>> = {
  own: {
    accent: '36',
    warn: '33',
    tones: { good: '32', busy: '33', bad: '31', done: '32' },
    services: ['36', '35', '34', '33', '32', '96', '95', '94', '93', '92'],
  },
  dark: {
    accent: fixed(80),
    warn: fixed(215),
    tones: { good: fixed(114), busy: fixed(221), bad: fixed(203), done: fixed(114) },
    services: [80, 176, 75, 221, 114, 211, 152, 186, 147, 215].map(fixed),
  },
  light: {
    accent: fixed(24),
    warn: fixed(94),
    tones: { good: fixed(22), busy: fixed(94), bad: fixed(160), done: fixed(22) },
    services: [24, 127, 26, 94, 22, 161, 54, 58, 25, 88].map(fixed),
  },
}

export type ThemeOptions = {
  readonly colour: boolean
  readonly unicode: boolean
  /** Absent: the terminal's own colours. */
  readonly palette?: Palette
  /** The terminal is known to show links (OSC 8). */
  readonly links?: boolean
}

export const createTheme = ({ colour, unicode, palette = palettes.own, links = false }: ThemeOptions): Theme => {
  const paint = (on: string, text: string, off = '0') => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`)
  const dye = (code: string | undefined, text: string) =>
    colour && code !== undefined ? paint(code, text, '39') : text
  return {
    colour,
    symbols: unicode ? unicodeSymbols : asciiSymbols,
    accent: (text) => dye(palette.accent, text),
    bold: (text) => paint('1', text, '22'),
    dim: (text) => paint('2', text, '22'),
    tone: (tone, text) => (tone === 'calm' ? paint('2', text, '22') : dye(palette.tones[tone], text)),
    warn: (text) => dye(palette.warn, text),
    link: (url, text) =>
      links && text.trim() !== '' ? `\u001b]8;;${encodeURI(url)}\u001b\\${text}\u001b]8;;\u001b\\` : text,
    service: (index, text) => dye(palette.services[index % palette.services.length], text),
  }
}

type Ground = Omit<ThemeOptions, 'palette'> & {
  /** The terminal is known to have a light ground. */
  readonly isLight?: boolean | undefined
}

/** The theme of that name, on the terminal that there is. */
export const createChosenTheme = (name: ThemeName, { isLight = false, colour, ...terminal }: Ground): Theme =>
  createTheme({
    ...terminal,
    colour: colour && name !== 'mono',
    palette:
      name === 'dark' || name === 'light' ? palettes[name] : name === 'auto' && isLight ? palettes.light : palettes.own,
  })
