import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { cutToCells, padToCells, textWidth } from '../../../src/wire/cell-width.ts'

test.for([
  ['abc', 3], ['地図', 4], ['é', 1], ['e\u0301', 1], ['🚀', 2], ['✅', 2], ['⚠', 1], ['⚠️', 2], ['❤️', 2], ['👍🏽', 2],
  ['👩‍👩‍👧', 2], ['🇩🇪', 2], ['1️⃣', 1], ['한국', 4], ['한', 2], ['ｱ', 1], ['Ａ', 2], ['…●✖', 3], ['\u00ad', 0], ['', 0],
] as const)('%s takes %i, in tables as on the screen', ([text, cells]) => {
  expect(textWidth(text)).toBe(cells)
}) // prettier-ignore

/** Of what Ink measures with, which takes 15 to 50 ms to load and is kept out of every command for that. */
test('any character takes as many cells as Ink gives it', () => {
  const character = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
  const check = (text: string): void => {
    expect(textWidth(text), JSON.stringify(text)).toBe(stringWidth(text))
  }
  fc.assert(fc.property(character, check), { numRuns: 3000 })
})

test('what is cut and filled has the width that was asked for', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), (any, width) => {
      expect(textWidth(padToCells(cutToCells(any, width), width))).toBe(width)
    }),
  )
})
