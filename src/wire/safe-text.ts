/**
 * Texts of others on their way to a terminal. Names, labels, errors and paths come from images, containers, repositories and
 * servers: what a terminal would take for a command, or by which a line would look other than it is, is shown and not passed on.
 */

/** Control characters but tab and line feed, C1 controls, and what turns the direction of text or separates lines unseen. */
const commanding =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/gu

const toEscape = (text: string): string => {
  let escaped = ''
  for (let index = 0; index < text.length; index += 1)
    escaped += `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`
  return escaped
}

/** Each as its escape, `\u001b`, which in JSON means the same. */
export const toVisibleText = (text: string): string =>
  isPlain(text) ? text : text.replaceAll('\r\n', '\n').replace(commanding, toEscape)

/** The same of what is one line, whatever is in it. */
export const toVisibleLine = (text: string): string =>
  isPlain(text) ? text : text.replace(commanding, toEscape).replace(/\n/g, '\\n').replaceAll('\t', ' ')

/** As many characters as before, so that columns stay: each shows as the sign of what cannot be shown. */
export const toSameLengthText = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(commanding, (sign, at: number) =>
        sign === '\r' && text[at + 1] === '\n' ? sign : '\ufffd'.repeat(sign.length),
      )

const escapes = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~]?)/g
/** Control characters, and format characters by which a line could be shown other than it is or measured wrongly. */
const unprintable =
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\p{Variation_Selector}|[\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e0fff}]/gu

/**
 * What of a line of some program may reach the screen: printable characters and, where `colour` holds, its colours.
 * A carriage return starts the line anew, as in a terminal, so that of a progress bar the last state is shown.
 */
export const toSafeText = (text: string, colour: boolean): string => {
  const line = text.includes('\r') ? (text.split('\r').findLast((part) => part.trim() !== '') ?? '') : text
  if (isPlain(line)) return line
  return line
    .replace(escapes, (_whole, parameters: string | undefined, final: string | undefined) =>
      colour && final === 'm' && /^[\d;:]*$/.test(parameters ?? '') ? `\u001b[${parameters}m` : '',
    )
    .replaceAll('\t', '    ')
    .replace(unprintable, '')
}

/** What a program wrote, in an error: the text of its lines, without colours and the movements of a progress bar. */
export const toSafeOutput = (text: string): string =>
  text
    .split('\n')
    .map((line) => toSafeText(line, false))
    .join('\n')

/** Whether there is nothing but printable ASCII. */
export const isPlain = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}
