import { expect, test } from 'vitest'
import { parseEnvFile } from '../../../src/core/compose/texts/env-file.ts'

const environment: Readonly<Record<string, string>> = { SHELL_VAR: 'from shell' }

const show = (text: string, format?: 'raw'): string => {
  const result = parseEnvFile(text, {
    lookup: (name) => environment[name],
    ...(format === undefined ? {} : { format }),
  })
  if (!result.ok) return `${result.line}:${result.column} ${result.message}`
  return [...result.values].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ')
}

test('comments, quotes and spaces', () => {
  expect(show('# c\n\nA=1 # x\nB=a#b\nC="q # x" # y\n  D = two words  \nE=\nF=\'lit $A\'\n')).toMatchInlineSnapshot(
    `"A="1" B="a#b" C="q # x" D="two words" E="" F="lit $A""`,
  )
})

test('escapes belong to double quotes; a backslash before the quote to both', () => {
  expect(
    show(String.raw`A="a\nb\t\\\"\$x\101\0101\01"` + '\n' + String.raw`B='a\nb\'c'` + '\n' + String.raw`C=a\nb`),
  ).toMatchInlineSnapshot(`"A="a\\nb\\t\\\\\\"$x\\\\101A\\\\1" B="a\\\\nb'c" C="a\\\\nb""`)
})

test('quoted values span lines', () => {
  expect(show('A="one\ntwo"\nB=\'three\nfour\'\nC=x')).toMatchInlineSnapshot(`"A="one\\ntwo" B="three\\nfour" C="x""`)
})

test('variables see the environment first, then what stands above', () => {
  expect(show('A=1\nB=$A${A}\nC="${NONE:-d}"\nSHELL_VAR=file\nD=$SHELL_VAR\nE=$$A')).toMatchInlineSnapshot(
    `"A="1" B="11" C="d" SHELL_VAR="file" D="from shell" E="$A""`,
  )
})

test('export, colons, bare names, odd names, carriage returns and a byte order mark', () => {
  expect(
    show('\uFEFFexport A=1\r\nB: 2\r\nSHELL_VAR\r\nNOT_THERE\na.b-c[0]=3\nexported=4\nSHELL_VAR'),
  ).toMatchInlineSnapshot(`"A="1" B="2" SHELL_VAR="from shell" a.b-c[0]="3" exported="4""`)
})

test('what is wrong has a place', () => {
  const wrong = ['A=1\nB C=2', 'A@=1', 'A=1\nB="open\nC=2', "A='x", '  A=${', 'A=1\nB=${C?needed}']
  expect(wrong.map((text) => show(text)).join('\n')).toMatchInlineSnapshot(`
    "2:1 A name in an env file cannot hold a space.
    1:2 The character "@" cannot stand in a variable's name.
    2:3 The quote that opens here is never closed.
    1:3 The quote that opens here is never closed.
    1:5 "\${" is not a valid variable reference.
    2:3 The variable "C" is required and has no value: needed"
  `)
})

test('the raw format takes everything after the first "=" literally', () => {
  expect(show('# c\n  A="x" # y\nB=$A\nSHELL_VAR\nC= z \n', 'raw')).toMatchInlineSnapshot(
    `"A="\\"x\\" # y" B="$A" SHELL_VAR="from shell" C=" z ""`,
  )
  expect(show('A=1\n=x', 'raw')).toMatchInlineSnapshot(`"2:1 A line of an env file needs a name before its "="."`)
  expect(show('A B=1', 'raw')).toMatchInlineSnapshot(`"1:1 The name "A B" in an env file holds a space."`)
})
