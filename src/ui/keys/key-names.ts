import type { Key } from 'ink'
import { nearestName } from '../../core/errors/nearest-name.ts'

const shown: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: 'enter',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
  ' ': 'space',
}
const shownAscii: Readonly<Record<string, string>> = { ...shown, up: 'Up', down: 'Down', left: 'Left', right: 'Right' }

/** A key as people write it. */
export const toKeyLabel = (key: string, unicode: boolean): string => (unicode ? shown : shownAscii)[key] ?? key

/** The name of a key that is not just text; undefined for text. */
export const toKeyName = (input: string, key: Key): string | undefined => {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pageup'
  if (key.pageDown) return 'pagedown'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'esc'
  if (key.tab) return key.shift ? 'shift-tab' : 'tab'
  if (key.backspace) return 'backspace'
  if (key.delete) return 'delete'
  if (key.ctrl && input !== '') return `ctrl-${input}`
  if (key.meta && [...input].length === 1) return `alt-${input}`
  return undefined
}

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
}

/** The name of a key that came as a control character in the midst of text. */
export const toControlName = (char: string): string | undefined =>
  controls[char] ??
  (/^[\u0001-\u001a]$/.test(char) ? `ctrl-${String.fromCharCode(char.charCodeAt(0) + 96)}` : undefined)

/** Keys that are no text, as they are written in a file of settings. */
const named = [
  ...['up', 'down', 'left', 'right', 'pageup', 'pagedown', 'home', 'end'],
  ...['enter', 'esc', 'tab', 'shift-tab', 'backspace', 'delete', 'space'],
]
const otherNames: Readonly<Record<string, string>> = {
  pgup: 'pageup',
  'page-up': 'pageup',
  pgdn: 'pagedown',
  pgdown: 'pagedown',
  'page-down': 'pagedown',
  return: 'enter',
  escape: 'esc',
  del: 'delete',
  backtab: 'shift-tab',
  // What a terminal sends for these is the same as for those.
  'ctrl-i': 'tab',
  'ctrl-m': 'enter',
  'ctrl-j': 'enter',
  'ctrl-h': 'backspace',
  'ctrl-[': 'esc',
}

/** The key that a text names: `ctrl-r`, `PgUp`, `F5`, `?`; undefined for what is no key. */
export const parseKey = (text: string): string | undefined => {
  if ([...text].length === 1) return /\p{Cc}/u.test(text) ? undefined : text
  const plain = text.toLowerCase().replaceAll('+', '-')
  const name = otherNames[plain] ?? plain
  if (name === 'space') return ' '
  if (named.includes(name)) return name
  if (/^ctrl-[a-z]$/.test(name)) return name
  // Alt and a capital letter is another key than Alt and a small one.
  const alt = /^alt[-+](.)$/iu.exec(text)?.[1]
  return alt === undefined ? undefined : `alt-${alt}`
}

/** The name of a key that was probably meant. */
export const nearestKey = (text: string): string | undefined =>
  nearestName(text, [...named, `ctrl-${text.at(-1)}`, `alt-${text.at(-1)}`])

/** Whether a key is a character that can be typed. */
export const isText = (key: string): boolean => [...key].length === 1
