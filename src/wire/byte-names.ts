/**
 * Names of files are bytes, and nearly all are UTF-8. A byte that is none stands as a lone surrogate (U+DC00 and the byte),
 * which no UTF-8 makes: so every name has one text, every text its name, and the same names are the same texts.
 */
const surrogate = 0xdc00
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const hasBytes = /[\udc80-\udcff](?<![\ud800-\udbff].)/

/** Whether a name, or a path, holds bytes that are not UTF-8. */
export const isByteName = (text: string): boolean => hasBytes.test(text)

export const fromNameBytes = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes)
  } catch {
    return toPieces(bytes)
  }
}

export const toNameBytes = (text: string): Uint8Array => {
  if (!isByteName(text)) return encoder.encode(text)
  const parts: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= surrogate + 0x80 && code <= surrogate + 0xff) parts.push(code - surrogate)
    else parts.push(...encoder.encode(character))
  }
  return Uint8Array.from(parts)
}

/** The longest pieces that are UTF-8, and the bytes between them. */
const toPieces = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = lengthOf(bytes, at)
    if (length === 0) {
      text += String.fromCharCode(surrogate + (bytes[at] ?? 0))
      at += 1
    } else {
      text += strict.decode(bytes.subarray(at, at + length))
      at += length
    }
  }
  return text
}

/** How many bytes the character that begins here has; 0 when none does. */
const lengthOf = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  try {
    strict.decode(bytes.subarray(at, at + length))
    return at + length > bytes.length ? 0 : length
  } catch {
    return 0
  }
}
