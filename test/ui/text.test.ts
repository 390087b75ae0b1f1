import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layout, type LayoutInput } from '../../src/ui/layout.ts'
import { cutToCells, textWidth } from '../../src/wire/cell-width.ts'
import { composeRow } from '../../src/ui/text/compose-row.ts'
import { fit, wrapWords } from '../../src/ui/text/fit.ts'
import { formatAge, formatBytes, formatCost, formatCount, untilNextAge } from '../../src/ui/text/format.ts'
import { toLogLines } from '../../src/ui/text/log-text.ts'
import { toSafeText, toVisibleLine } from '../../src/wire/safe-text.ts'

const withoutColour = (text: string) => text.replaceAll(/\u001b\[[\d;:]*m/g, '')
const anyText = fc.string({ unit: 'grapheme', maxLength: 60 })
const printable = anyText.map((text) => toSafeText(text, false))

describe('cells', () => {
  it.each([
    ['abc', 3],
    ['地図', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['🚀', 2],
    ['✅', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['🇩🇪', 2],
    ['한국', 4],
    ['…●✖', 3],
    ['', 0],
    ['─'.repeat(5), 5],
  ])('%j takes %i', (text, cells) => {
    expect(textWidth(text)).toBe(cells)
  })

  it('are never more than asked for, and exactly as many when a row is fitted', () => {
    fc.assert(
      fc.property(printable, fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(textWidth(cutToCells(text, width))).toBeLessThanOrEqual(width)
        expect(textWidth(fit(text, width))).toBe(width)
        expect(textWidth(fit(text, width, { align: 'right' }))).toBe(width)
      }),
    )
  })

  it('fill a composed row exactly', () => {
    fc.assert(
      fc.property(
        fc.array(printable, { maxLength: 4 }),
        fc.array(printable, { maxLength: 3 }),
        fc.integer({ min: 1, max: 100 }),
        (left, right, width) => {
          const row = composeRow(
            left.map((text) => ({ text, paint: (one: string) => `\u001b[1m${one}\u001b[22m` })),
            { width, ellipsis: '…', right: right.map((text) => ({ text })) },
          )
          expect(textWidth(withoutColour(row))).toBe(width)
        },
      ),
    )
  })

  it('bound wrapped words, of which none is lost', () => {
    fc.assert(
      fc.property(printable, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrapWords(text, width)
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
        // What commands a terminal is wrapped as the escape that stands for it.
        expect(lines.join('').replaceAll(' ', '')).toBe(toVisibleLine(text).replaceAll(' ', ''))
      }),
    )
  })
})

describe('a line of a program', () => {
  const noise = fc
    .array(
      fc.oneof(
        anyText,
        fc.constantFrom(
          '\u001b[31m',
          '\u001b[0m',
          '\u001b[2J',
          '\u001b]8;;http://x\u0007',
          '\t',
          '\r',
          '\u0007',
          '\u001b',
          '地',
        ),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''))
  const options = { colour: true, ellipsis: '…', wrap: false }

  it('never takes more cells than there are, cut or wrapped', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 2, max: 50 }), fc.boolean(), (text, width, wrap) => {
        for (const line of toLogLines(text, {
          ...options,
          width,
          wrap,
          find: (plain) => [[1, Math.max(1, plain.length - 2)]],
        })) {
          expect(textWidth(withoutColour(line))).toBeLessThanOrEqual(width)
          expect(withoutColour(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        }
      }),
    )
  })

  it('cuts back to a character that takes room, past a mark and a highlight behind it', () => {
    const find = () => [[1, 2]] as const
    expect(toLogLines('か\u3099𐀀', { ...options, width: 2, wrap: false, find }).map(withoutColour)).toEqual(['…'])
  })

  it('loses nothing when it is wrapped', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 2, max: 50 }), (text, width) => {
        const lines = toLogLines(text, { ...options, width, wrap: true, maxLines: 1000 })
        expect(lines.map(withoutColour).join('')).toBe(toSafeText(text, false))
      }),
    )
  })

  it('keeps its colours on each line that it is wrapped into, and ends them', () => {
    expect(toLogLines('\u001b[31mabcdef\u001b[0mgh', { ...options, width: 4, wrap: true })).toEqual([
      '\u001b[31mabcd\u001b[0m',
      '\u001b[31mef\u001b[0mgh',
    ])
  })

  it('says that it was cut', () => {
    expect(toLogLines('abcdefgh', { ...options, width: 4 })).toEqual(['abc…'])
    expect(toLogLines('\u001b[31mabcdefgh', { ...options, width: 4 })).toEqual(['\u001b[31mabc…\u001b[0m'])
    expect(toLogLines('地図地図', { ...options, width: 5 })).toEqual(['地図…'])
    expect(toLogLines('abcd', { ...options, width: 4 })).toEqual(['abcd'])
  })

  it('shows where a filter matches', () => {
    expect(toLogLines('one two', { ...options, width: 10, find: () => [[4, 7]] })).toEqual([
      'one \u001b[7mtwo\u001b[0m',
    ])
  })
})

describe('the layout', () => {
  const input = fc.record<LayoutInput>({
    columns: fc.integer({ min: 20, max: 240 }),
    rows: fc.integer({ min: 6, max: 70 }),
    services: fc.nat(40),
    activities: fc.nat(20),
    problem: fc.boolean(),
    prompt: fc.nat(6),
    overlay: fc.boolean(),
    pane: fc.constantFrom('services', 'logs'),
  })

  it('never fills the last row, always has a header, and shows what it can', () => {
    fc.assert(
      fc.property(input, (one) => {
        const { header, gap, table, activities, logGap, logs, overlay, prompt, problem, hints, inspector } = layout(one)
        const heights = [header, gap, table, activities, logGap, logs, overlay, prompt, problem, hints]
        expect(Math.min(...heights)).toBeGreaterThanOrEqual(0)
        expect(heights.reduce((sum, height) => sum + height, 0)).toBeLessThanOrEqual(one.rows - 1)
        expect(header).toBe(1)
        expect(inspector).toBeLessThan(one.columns / 2)
        if (one.overlay) expect(table + logs).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('gives the log most of the room', () => {
    expect(
      layout({
        columns: 80,
        rows: 24,
        services: 3,
        activities: 0,
        problem: false,
        prompt: 0,
        overlay: false,
        pane: 'services',
      }),
    ).toMatchObject({ table: 4, logs: 16, hints: 1, gap: 1, inspector: 0 })
    expect(
      layout({
        columns: 80,
        rows: 24,
        services: 30,
        activities: 0,
        problem: true,
        prompt: 0,
        overlay: false,
        pane: 'services',
      }),
    ).toMatchObject({ table: 7, logs: 12 })
    expect(
      layout({
        columns: 160,
        rows: 48,
        services: 6,
        activities: 4,
        problem: false,
        prompt: 0,
        overlay: false,
        pane: 'services',
      }),
    ).toMatchObject({ table: 7, activities: 5, inspector: 48 })
  })
})

describe('numbers', () => {
  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_599_000, '59m'],
    [3_600_000, '1h'],
    [48 * 3_600_000, '2d'],
    [-5, '0s'],
  ])('an age of %i is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text)
  })

  it('an age does not change before it is said to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 * 3_600_000 }), (ms) => {
        const wait = untilNextAge(ms)
        expect(formatAge(ms + wait - 1)).toBe(formatAge(ms))
        expect(formatAge(ms + wait)).not.toBe(formatAge(ms))
      }),
    )
  })

  it('cost, bytes, counts', () => {
    expect([formatCost(61), formatCost(1400), formatCost(125_000)]).toEqual(['61 ms', '1.4 s', '2m 5s'])
    expect([formatBytes(999), formatBytes(42_000_000), formatBytes(123_456)]).toEqual(['999 B', '42.0 MB', '123 kB'])
    expect([formatCount(12), formatCount(1234), formatCount(1_234_567)]).toEqual(['12', '1,234', '1,234,567'])
  })
})

describe('names and messages of others', () => {
  it('command no terminal in any row, and take no second line', () => {
    const evil = 'a\u001b]0;x\u0007\u001b[2J\rb\nc\u202e\u009b31m'
    const options = { width: 30, ellipsis: '…' }
    const rows = [
      composeRow([{ text: evil }], options),
      composeRow([{ text: 'x' }], { ...options, right: [{ text: evil.slice(0, 3) }], fill: { text: '-' } }),
      fit(evil, 30),
      ...wrapWords(evil, 30),
    ]
    for (const row of rows) expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })
})
