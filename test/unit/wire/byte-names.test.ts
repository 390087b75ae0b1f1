import { expect, test } from 'vitest'
import { fromNameBytes, isByteName, toNameBytes } from '../../../src/wire/byte-names.ts'

const names: readonly (readonly [string, readonly number[]])[] = [
  ['text', [0x61, 0x2f, 0x62]],
  ['two to four bytes a character', [...new TextEncoder().encode('ä€😀')]],
  ['Latin-1', [0x63, 0x61, 0x66, 0xe9]],
  ['a broken character at the end', [0x61, 0xe2, 0x82]],
  ['a surrogate in UTF-8', [0xed, 0xb2, 0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['a mark of the order of bytes', [0xef, 0xbb, 0xbf, 0x61]],
  ['bytes before and after a character', [0xff, 0xf0, 0x9f, 0x98, 0x80, 0xfe]],
]

test.each(names)('%s keeps its bytes', (_title, bytes) => {
  expect([...toNameBytes(fromNameBytes(Uint8Array.from(bytes)))]).toEqual(bytes)
})

test('every byte alone is a name of its own', () => {
  const texts = new Set(Array.from({ length: 256 }, (_none, byte) => fromNameBytes(Uint8Array.of(byte))))
  expect(texts.size).toBe(256)
})

test('only bytes that are not UTF-8 make a byte name', () => {
  expect(isByteName('ä😀.txt')).toBe(false)
  expect(isByteName(fromNameBytes(Uint8Array.of(0x61, 0xe9)))).toBe(true)
  expect(isByteName(fromNameBytes(Uint8Array.of(0xf0, 0x9f, 0x98, 0x80, 0xe9)))).toBe(true)
})
