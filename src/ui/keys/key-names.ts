import type { Key } from 'ink'

const shown: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  enter: 'enter',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
  'shift-tab': '',
}
const shownAscii: Readonly<Record<string, string>> = { ...shown, up: 'Up', down: 'Down' }

/** A key as people write it. */
export const toKeyLabel = (key: string, unicode: boolean): string => (unicode ? shown : shownAscii)[key] ?? key

/** The name of a key that is not just text; undefined for text. */
export const toKeyName = (input: string, key: Key): string | undefined => {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
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
