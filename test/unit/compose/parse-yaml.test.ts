import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Node, SourceText } from '../../../src/core/compose/tree/node.ts'
import { parseYamlFast } from '../../../src/core/compose/yaml/parse-yaml-fast.ts'
import { parseInFull, parseYaml } from '../../../src/core/compose/yaml/parse-yaml.ts'
import { createProblemList } from '../../../src/core/compose/tree/problem-list.ts'
import { toPlain } from '../../../src/core/compose/tree/to-plain.ts'
import { createYamlState } from '../../../src/core/compose/yaml/yaml-state.ts'
import { composeCases } from '../../support/compose-cases.ts'

const sourceOf = (text: string): SourceText => ({ file: '/stack.yaml', text })

/** Everything of a node that the steps after parsing can see. */
const shapeOf = (node: Node): unknown => {
  const marks = [node.marked ?? false, node.overrides ?? false]
  if (node.kind === 'scalar') return [node.type, String(node.value), node.type === 'null' ? 0 : [node.start, node.end]]
  if (node.kind === 'seq') return ['list', node.start, marks, node.items.map(shapeOf)]
  const entries = [...node.entries].map(([key, entry]) => [key, entry.key.start, entry.key.end, shapeOf(entry.value)])
  return ['map', node.start, marks, entries, [...(node.resets?.keys() ?? [])]]
}

/** How the fast reader and the full grammar differ on a text; undefined when they agree or the fast one leaves it to the other. */
const difference = (text: string): string | undefined => {
  const fast = parseYamlFast(sourceOf(text), createYamlState(100_000))
  if (fast === undefined) return undefined
  const problems = createProblemList()
  const documents = parseInFull(sourceOf(text), problems)
  const root = documents?.length === 1 ? documents[0]?.root : undefined
  if (root === undefined)
    return `only the fast reader takes it: ${problems
      .list('error', [])
      .map(({ message }) => message)
      .join(' / ')}`
  const [ours, theirs] = [JSON.stringify(shapeOf(fast)), JSON.stringify(shapeOf(root))]
  return ours === theirs ? undefined : `${ours}\n${theirs}`
}

const plain = (text: string): unknown => {
  const problems = createProblemList()
  const documents = parseYaml(sourceOf(text), problems)
  if (documents === undefined)
    return problems.list('error', []).map(({ message, span }) => `${span?.line}:${span?.column} ${message}`)
  return documents.map(({ root }) => (root === undefined ? undefined : toPlain(root)))
}

const texts = composeCases().map(({ files }) => files['compose.yaml'] ?? '')

test('the fast reader gives what the full grammar gives, and reads nearly everything', () => {
  const read = texts.filter((text) => parseYamlFast(sourceOf(text), createYamlState(100_000)) !== undefined)
  expect(read.length / texts.length).toBeGreaterThan(0.85)
  expect(texts.map(difference).filter((found) => found !== undefined)).toEqual([])
})

test.each([
  ['a: >\n  one\n  two\n\nb: >-\n  three\n', [{ a: 'one two\n', b: 'three' }]],
  ['a: >+\n  one\n\n\nb: |+\n  x\n\n', [{ a: 'one\n\n\n', b: 'x\n\n' }]],
  ['a:\n  - |\n    x\n      y\n\n    z\n\n  - b\n', [{ a: ['x\n  y\n\nz\n', 'b'] }]],
])('blocks of text: %j', (text, expected) => {
  expect(plain(text)).toEqual(expected)
  expect(difference(text)).toBeUndefined()
})

test.each(['a:\n  - { b: x, c: [y] } # z\n  - {b: }\n  - [d]\n', 'a: {b: , c: {d: }}\n', 'a:\n  - {b: x}\n  - c: y\n'])(
  'the fast reader takes flow collections: %j',
  (text) => {
    expect(parseYamlFast(sourceOf(text), createYamlState(100_000))).toBeDefined()
    expect(difference(text)).toBeUndefined()
  },
)

test('the fast reader agrees with the full grammar on texts with mistakes in them', () => {
  const pieces = [
    ' ',
    '\n',
    '  ',
    ':',
    ': ',
    '- ',
    '#',
    ' #',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '!reset ',
    '!override ',
    '|',
    '|-',
    '>',
    '<<: ',
    '~',
    '- - ',
    '? ',
    '\n\n',
    '%',
    '...',
    '---',
    '\\',
    '\n  - b: c',
  ]
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(4),
    piece: fc.constantFrom('', ...pieces),
  })
  const mutated = fc
    .tuple(
      fc.constantFrom(...texts.filter((text) => text.length < 2000)),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
    )
    .map(([text, edits]) =>
      edits.reduce((current, { at, cut, piece }) => {
        const start = Math.floor(at * current.length)
        return current.slice(0, start) + piece + current.slice(start + cut)
      }, text),
    )
  fc.assert(
    fc.property(mutated, (text) => {
      expect(difference(text)).toBeUndefined()
    }),
    { numRuns: 3000, seed: 7 },
  )
})

test.each([
  ['a: 0644\nb: 0o17\nc: 0b11\nd: 0x10\ne: 1_000\nf: 08', { a: 420, b: 15, c: 3, d: 16, e: 1000, f: 8 }],
  ['a: yes\nb: on\nc: True\nd: ~\ne:\nf: null', { a: 'yes', b: 'on', c: true, d: null, e: null, f: null }],
  ['a: 22:22\nb: 3.10\nc: 1e3\nd: .5\ne: 1.2.3', { a: '22:22', b: 3.1, c: 1000, d: 0.5, e: '1.2.3' }],
  ['a: "0644"\nb: !!str 5\nc: !!int "7"', { a: '0644', b: '5', c: 7 }],
  ['x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3', { x: { a: 1, b: 2 }, y: { b: 3, a: 1 } }],
  ['x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny:\n  <<: [*x, *z]', { x: { a: 1 }, z: { a: 2, c: 3 }, y: { a: 1, c: 3 } }],
  ['__proto__: {polluted: 1}', JSON.parse('{"__proto__": {"polluted": 1}}')],
])('reads %j as the reference does', (text, expected) => {
  expect(plain(text)).toEqual([expected])
})

test.each([
  ['a: 1\na: 2', ['2:1 The key "a" is given twice in this mapping.']],
  ['a: {1: x}', ['1:5 The key 1 is not a text.']],
  ['a: *b', ['1:4 There is no anchor "&b" before this alias.']],
  ['a: &a\n  b: *a', ['2:6 The alias "*a" is inside of what it stands for.']],
  ['a: &a x\nb:\n  <<: *a', ['1:7 A merge key "<<" takes a mapping or a list of mappings.']],
  ['%YAML 1.2\n---\na: 1', ['1:1 Docker Compose does not read files that begin with "%YAML 1.2".']],
])('says what is wrong with %j', (text, expected) => {
  expect(plain(text)).toEqual(expected)
})

test('aliases that multiply, and nesting without end, stop early', () => {
  const bomb = `a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(', ')}]`).join('\n')}`
  expect((plain(bomb) as string[])[0]).toMatch(
    /^\d+:\d+ The aliases of this document stand for more than \d+ values\.$/,
  )
  expect(plain(`a: ${'['.repeat(100_000)}`)).toEqual(['1:504 Collections are nested more than 500 deep.'])
  expect(plain(Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'))).toEqual([
    '501:501 Collections are nested more than 500 deep.',
  ])
  for (const mark of ['- ', '-  ', '-\t', '? '])
    expect(plain(`${mark.repeat(10_000)}a`)).toEqual(['1:1 Collections are nested more than 500 deep.'])
  const deeper = Array.from({ length: 20 }, (_, line) => `${' '.repeat(line * 800)}${'- '.repeat(400)}`).join('\n')
  expect(plain(`a: !!str x\nb:\n${deeper}`)).toEqual([expect.stringMatching(/ Collections are nested too deep\.$/)])
})

test('every quote that is not closed is told where it opens, in one walk for all', () => {
  expect(plain('a: "x\nb: "y\nc: 1')).toEqual([
    '1:4 The " that opens here is never closed.',
    '2:4 The " that opens here is never closed.',
  ])
  expect(plain('b: "x\n'.repeat(20_000))).toHaveLength(101)
})
