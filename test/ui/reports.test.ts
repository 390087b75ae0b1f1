import { describe, expect, it } from 'vitest'
import { createReportReader, type TerminalReport } from '../../src/ui/terminal/reports.ts'

const read = (chunks: readonly string[]) => {
  const reader = createReportReader()
  const reports: TerminalReport[] = []
  const keys = chunks.map((chunk) => {
    const found = reader.read(chunk)
    reports.push(...found.reports)
    return found.keys
  })
  return { keys: keys.join(''), reports, due: reader.due(), left: reader.flush() }
}

const dark = '\u001b]11;rgb:1e1e/1e1e/2e2e\u001b\\'
const all: readonly (readonly [string, string, readonly TerminalReport[]])[] = [
  ['the terminal has the focus', '\u001b[I', [{ kind: 'focus', focused: true }]],
  ['the focus is elsewhere', '\u001b[O', [{ kind: 'focus', focused: false }]],
  ['a dark ground', dark, [{ kind: 'ground', light: false }]],
  ['a light ground, ended by a bell', '\u001b]11;rgb:ff/ff/dd\u0007', [{ kind: 'ground', light: true }]],
  ['a ground with alpha', '\u001b]11;rgba:fdfd/f6f6/e3e3/ffff\u001b\\', [{ kind: 'ground', light: true }]],
  ['another answer of that kind', '\u001b]10;rgb:ff/ff/ff\u0007', []],
  ['what kind of terminal it is', '\u001b[?62;22c', [{ kind: 'attributes' }]],
  ['its version, late, for somebody else', '\u001bP>|XTerm(390)\u001b\\', []],
  ['a click', '\u001b[<0;10;5M', [{ kind: 'click', x: 9, y: 4 }]],
  ['a click with control', '\u001b[<16;1;1M', [{ kind: 'click', x: 0, y: 0 }]],
  ['the end of a click', '\u001b[<0;10;5m', []],
  ['another button', '\u001b[<2;10;5M', []],
  ['a wheel that goes up', '\u001b[<64;300;70M', [{ kind: 'wheelUp', x: 299, y: 69 }]],
  ['a wheel that goes down', '\u001b[<65;3;7M', [{ kind: 'wheelDown', x: 2, y: 6 }]],
  ['a click as old terminals tell it', '\u001b[M !"', [{ kind: 'click', x: 0, y: 1 }]],
  ['a wheel as old terminals tell it', '\u001b[M`!!', [{ kind: 'wheelUp', x: 0, y: 0 }]],
]

describe('what a terminal says', () => {
  it.each(all)('%s', (_name, text, reports) => {
    expect(read([text])).toEqual({ keys: '', reports, due: undefined, left: '' })
    expect(read([`a${text}b\u001b[A${text}\u001b`])).toMatchObject({
      keys: 'ab\u001b[A',
      reports: [...reports, ...reports],
      left: '\u001b',
    })
  })

  it.each(all)('%s, in pieces cut anywhere', (_name, text, reports) => {
    for (let cut = 1; cut < text.length; cut += 1)
      expect(read([`x${text.slice(0, cut)}`, `${text.slice(cut)}y`])).toMatchObject({ keys: 'xy', reports })
    expect(read([...text])).toMatchObject({ keys: '', reports })
  })
})

describe('keys', () => {
  it.each([
    ...['j', '\u001b[A', '\u001bOA', '\u001b[5~', '\u001b[2~', '\u001b[15;2~', '\u001b[[A', '\u001b\u001b[A'],
    ...['\u001bx', '\u001b]x', '\u001bPx', '\u001b[?1u', '日本👩‍💻', '\u001b[1;5C'],
  ])('%j passes', (text) => {
    expect(read([text])).toEqual({ keys: text, reports: [], due: undefined, left: '' })
  })

  it.each(['\u001b', '\u001b[', '\u001b]', '\u001bP', '\u001b[2'])('%j alone comes a moment later', (text) => {
    expect(read([text])).toEqual({ keys: '', reports: [], due: 20, left: text })
  })

  it('a report that never ends is lost, and what follows is not', () => {
    const reader = createReportReader()
    expect(reader.read('\u001b]11;rgb:').keys).toBe('')
    expect(reader.due()).toBe(1000)
    expect(reader.flush()).toBe('')
    expect(reader.read('jk').keys).toBe('jk')
  })
})

describe('what is pasted', () => {
  const pasted = `\u001b[200~a\u001b[<0;1;1Mb${dark}\u001b[I\u001b[201~`

  it('is left as it is, in one piece or cut anywhere', () => {
    for (let cut = 0; cut < pasted.length; cut += 1) {
      const { keys, reports, left } = read([pasted.slice(0, cut), `${pasted.slice(cut)}\u001b[O`])
      expect([keys, reports, left]).toEqual([pasted, [{ kind: 'focus', focused: false }], ''])
    }
  })
})
