import { describe, expect, test } from 'vitest'
import { createPaint, createUnsealer } from '../../../src/report/paint.ts'
import { toSafeOutput, toSameLengthText, toVisibleLine, toVisibleText } from '../../../src/wire/safe-text.ts'

/** All by which a terminal is told to do something, or a line is shown other than it is. */
const commands = [
  ['an escape', '\u001b[2J', '\\u001b[2J'],
  ['a title', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
  ['a colour', '\u001b[31mx', '\\u001b[31mx'],
  ['a carriage return', 'a\rb', 'a\\u000db'],
  ['a backspace', 'a\bb', 'a\\u0008b'],
  ['C1', '\u009b2J\u0085', '\\u009b2J\\u0085'],
  ['delete', '\u007f', '\\u007f'],
  ['a turn of direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['lines unseen', '\u2028\u2029', '\\u2028\\u2029'],
  ['tags', '\u{e0041}', '\\udb40\\udc41'],
  ['a NUL', '\0', '\\u0000'],
] as const

describe('what a terminal could be commanded with', () => {
  test.for(commands)('%s is shown, and in JSON it means the same', ([, text, shown]) => {
    expect(toVisibleText(text)).toBe(shown)
    expect(JSON.parse(toVisibleText(JSON.stringify({ text })))).toEqual({ text })
    expect(toSameLengthText(text)).toHaveLength(text.length)
    expect(toSameLengthText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2066]/)
  })

  test('is no word of any language, no picture, no line and no tab', () => {
    const text = 'é 漢字 שלום 👩‍👩‍👧 ❤️\tb\nc\r\nd'
    expect(toVisibleText(text)).toBe(text.replace('\r\n', '\n'))
    expect(toSameLengthText(text)).toBe(text)
    expect(toVisibleLine('a\nb\tc')).toBe('a\\nb c')
  })

  test('is left out of what a program wrote, with the states of a progress bar but the last', () => {
    expect(toSafeOutput('\u001b[31mERROR\u001b[0m 10%\r20%\r\n\u001b]0;x\u0007ok\u202e')).toBe('20%\nok')
  })
})

describe('colours', () => {
  const seal = '123456789'
  const paint = createPaint({ colors: true, seal })
  const unseal = createUnsealer(seal)

  test('of ours are passed on, those of others are not', () => {
    const text = paint('red', `a \u001b[31mb\u001b[0m ${paint('bold', 'c\u001b]0;x\u0007')}`)
    expect(unseal(text, toVisibleText)).toBe(
      '\u001b[31ma \\u001b[31mb\\u001b[0m \u001b[1mc\\u001b]0;x\\u0007\u001b[22m\u001b[39m',
    )
    expect(unseal(text, (part) => part)).toContain('\u001b[31mb\u001b[0m')
  })

  test('that bear another seal are those of others', () => {
    expect(unseal('\u001b[31;987654321m', toVisibleText)).toBe('\\u001b[31;987654321m')
  })
})
