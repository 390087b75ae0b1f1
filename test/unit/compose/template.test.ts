import { expect, test } from 'vitest'
import { interpolateText, variablesOf } from '../../../src/core/compose/texts/template.ts'

const values: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '' }
const lookup = (name: string): string | undefined => values[name]

const show = (text: string): string => {
  const result = interpolateText(text, lookup)
  if (!result.ok) return `${text} ✗ ${result.kind} at ${result.offset}: ${result.message}`
  const missing = result.missing.map(({ name, offset }) => ` (${name} at ${offset} is unset)`).join('')
  return `${text} → ${result.value}${missing}`
}

test('every operator, for a variable that is set, empty and unset', () => {
  const operators = [':-', '-', ':+', '+']
  const rows = ['SET', 'EMPTY', 'UNSET'].flatMap((name) =>
    operators.map((operator) => show(`[\${${name}${operator}other}]`)),
  )
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "[\${SET:-other}] → [value]
    [\${SET-other}] → [value]
    [\${SET:+other}] → [other]
    [\${SET+other}] → [other]
    [\${EMPTY:-other}] → [other]
    [\${EMPTY-other}] → []
    [\${EMPTY:+other}] → []
    [\${EMPTY+other}] → [other]
    [\${UNSET:-other}] → [other]
    [\${UNSET-other}] → [other]
    [\${UNSET:+other}] → []
    [\${UNSET+other}] → []"
  `)
})

test('dollar signs that start nothing stay, and two of them are one', () => {
  expect(['$', 'a$', '$1', '^x$', '$$', '$$$SET', '$${SET}', '$$$$', 'é$SET'].map(show).join('\n'))
    .toMatchInlineSnapshot(`
    "$ → $
    a$ → a$
    $1 → $1
    ^x$ → ^x$
    $$ → $
    $$$SET → $value
    $\${SET} → \${SET}
    $$$$ → $$
    é$SET → évalue"
  `)
})

test('operands nest to any depth, hold braces, and end where braces balance', () => {
  const texts = [
    '${UNSET:-${UNSET:-${SET}}}',
    '${UNSET:-{"a":{"b":1}}}',
    '${UNSET:-x}}',
    '${UNSET:-a-b:c?d}',
    '${UNSET:-{}}y',
    '${UNSET:-{a}\n}',
  ]
  expect(texts.map(show).join('\n')).toMatchInlineSnapshot(`
    "\${UNSET:-\${UNSET:-\${SET}}} → value
    \${UNSET:-{"a":{"b":1}}} → {"a":{"b":1}}
    \${UNSET:-x}} → x}
    \${UNSET:-a-b:c?d} → a-b:c?d
    \${UNSET:-{}}y → {}y
    \${UNSET:-{a}
    } → {a
    }"
  `)
})

test('what is unset is told with its place, but not in a branch that is not taken', () => {
  expect(
    ['a $ONE ${TWO} $ONE', '${SET:-$ONE}', '${UNSET:-x $ONE}', '${SET:+$ONE}', '${UNSET+$ONE}'].map(show).join('\n'),
  ).toMatchInlineSnapshot(`
    "a $ONE \${TWO} $ONE → a    (ONE at 2 is unset) (TWO at 7 is unset) (ONE at 14 is unset)
    \${SET:-$ONE} → value
    \${UNSET:-x $ONE} → x  (ONE at 11 is unset)
    \${SET:+$ONE} →  (ONE at 7 is unset)
    \${UNSET+$ONE} → "
  `)
})

test('a required variable says why it is needed', () => {
  expect(
    ['${UNSET?}', '${UNSET:?set it to $SET}', '${EMPTY:?x}', '${EMPTY?x}', '${SET:-${UNSET?even here}}']
      .map(show)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "\${UNSET?} ✗ required at 0: The variable "UNSET" is required and has no value
    \${UNSET:?set it to $SET} ✗ required at 0: The variable "UNSET" is required and has no value: set it to value
    \${EMPTY:?x} ✗ required at 0: The variable "EMPTY" is required and has no value: x
    \${EMPTY?x} → 
    \${SET:-\${UNSET?even here}} ✗ required at 7: The variable "UNSET" is required and has no value: even here"
  `)
})

test('what is no reference is refused where it starts', () => {
  const texts = ['a ${', '${}', '${ A}', '${A!}', '${A.b}', '${1}', '${A:}', '${A', '${UNSET:-${}', '${UNSET:-a\nb}']
  expect(texts.map(show).join('\n')).toMatchInlineSnapshot(`
    "a \${ ✗ invalid at 2: "\${" is not a valid variable reference.
    \${} ✗ invalid at 0: "\${}" is not a valid variable reference.
    \${ A} ✗ invalid at 0: "\${ A}" is not a valid variable reference.
    \${A!} ✗ invalid at 0: "\${A!}" is not a valid variable reference.
    \${A.b} ✗ invalid at 0: "\${A.b}" is not a valid variable reference.
    \${1} ✗ invalid at 0: "\${1}" is not a valid variable reference.
    \${A:} ✗ invalid at 0: "\${A:}" is not a valid variable reference.
    \${A ✗ invalid at 0: "\${A" is not a valid variable reference.
    \${UNSET:-\${} ✗ invalid at 9: "\${" is not a valid variable reference.
    \${UNSET:-a
    b} ✗ invalid at 0: "\${UNSET:-a" is not a valid variable reference."
  `)
})

test('the variables of a text with what they have to say', () => {
  expect(variablesOf('$A ${B:-b} ${C?must} ${D+d} $$E')).toEqual([
    { name: 'A', default: '', alternate: '', required: false },
    { name: 'B', default: 'b', alternate: '', required: false },
    { name: 'C', default: '', alternate: '', required: true },
    { name: 'D', default: '', alternate: 'd', required: false },
  ])
})

test('the variables inside of defaults, replacements and messages are variables of the text too', () => {
  const names = (text: string): string =>
    variablesOf(text)
      .map(({ name, required }) => name + (required ? '!' : ''))
      .join(' ')
  expect(names('${A:-$B}')).toBe('A B')
  expect(names('${A-${B:-${C}}}')).toBe('A B C')
  expect(names('${A:+${C}} ${D+$E-$F}')).toBe('A C D E F')
  expect(names('${A:?$D} ${G?ask ${H} $$I}')).toBe('A! D G! H')
  expect(names('${A:-${B:?$C}}')).toBe('A B! C')
})

test('defaults nest as deep as one likes, and a value has an end', () => {
  const depth = 50_000
  const text = `${'${A:-'.repeat(depth)}x$B${'}'.repeat(depth)}`
  expect(interpolateText(text, () => undefined)).toEqual({
    ok: true,
    value: 'x',
    missing: [{ name: 'B', offset: 5 * depth + 1 }],
    used: ['A', 'B'],
  })
  const long = 'x'.repeat(1_000_000)
  expect(interpolateText('$A'.repeat(17), () => long)).toMatchObject({ ok: false, kind: 'too-long' })
})
