import { expect, test } from 'vitest'
import { countProblems, limitProblems } from '../../../src/core/errors/limit-problems.ts'
import type { Problem } from '../../../src/core/errors/problem.ts'
import { toProblemLines, type ProblemOptions } from '../../../src/report/problems.ts'

const source = [
  'name: shop',
  'services:',
  '  # the page',
  '  web:',
  '    prots: [80]',
  `    image: ${'x'.repeat(120)}/page:latest`,
].join('\n')
const render = (problems: readonly Problem[], options: ProblemOptions = {}): string =>
  toProblemLines(problems, {
    readSource: (file) => (file === '/shop/stack.yaml' ? source : undefined),
    showPath: (file) => file.replace('/shop/', ''),
    ...options,
  }).join('\n')

const unknownKey: Problem = {
  severity: 'error',
  code: 'file/unknown-key',
  message: 'Unknown key "prots" in services.web.',
  hint: 'Did you mean "ports"?',
  span: { file: '/shop/stack.yaml', line: 5, column: 5, length: 5 },
}

test('a problem shows its place, the line before it, a mark, and what to do', () => {
  expect(render([unknownKey])).toMatchInlineSnapshot(`
    "error[file/unknown-key]: Unknown key "prots" in services.web.
      ╭─ stack.yaml:5:5
    4 │   web:
    5 │     prots: [80]
      │     ^^^^^
      ╰─ Did you mean "ports"?"
  `)
})

test('a file that cannot be read is named without a frame', () => {
  expect(render([{ ...unknownKey, span: { file: '/shop/gone.yaml', line: 12, column: 3, length: 1 } }]))
    .toMatchInlineSnapshot(`
    "error[file/unknown-key]: Unknown key "prots" in services.web.
       ╭─ gone.yaml:12:3
       ╰─ Did you mean "ports"?"
  `)
})

test('a problem without a place, with several lines, and a warning', () => {
  const far: Problem = {
    severity: 'warning',
    code: 'plan/orphans',
    message: 'Found containers of services that are not in the file: old-1.\nThey keep running.',
    hint: 'Run this command with --remove-orphans.',
  }
  expect(render([far, { ...far, severity: 'error', code: 'x/y', message: 'Second.' }])).toMatchInlineSnapshot(`
    "warning[plan/orphans]: Found containers of services that are not in the file: old-1.
      They keep running.
      Run this command with --remove-orphans.
    error[x/y]: Second.
      Run this command with --remove-orphans."
  `)
})

test('a long line is cut around its mark', () => {
  const late: Problem = {
    severity: 'error',
    code: 'file/bad-image',
    message: 'This is no image.',
    span: { file: '/shop/stack.yaml', line: 6, column: 125, length: 11 },
  }
  const lines = render([late], { width: 60 }).split('\n')
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "error[file/bad-image]: This is no image.
      ╭─ stack.yaml:6:125
    5 │     prots: [80]
    6 │ …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/page:latest
      │                             ^^^^^^^^^^^"
  `)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
})

test('another place that explains the problem has a frame of its own', () => {
  const twice: Problem = {
    ...unknownKey,
    related: [{ message: 'first defined here', span: { file: '/shop/stack.yaml', line: 4, column: 3, length: 3 } }],
  }
  expect(render([twice])).toMatchInlineSnapshot(`
    "error[file/unknown-key]: Unknown key "prots" in services.web.
      ╭─ stack.yaml:5:5
    4 │   web:
    5 │     prots: [80]
      │     ^^^^^
      ╰─ Did you mean "ports"?
      first defined here
      ╭─ stack.yaml:4:3
    3 │   # the page
    4 │   web:
      │   ^^^"
  `)
})

test('a hundred problems are told and the rest is counted', () => {
  const many = Array.from({ length: 250 }, (_, index): Problem => ({
    severity: 'error',
    code: 'x/y',
    message: `Number ${index}.`,
  }))
  const lines = render(many).split('\n')
  expect(lines).toHaveLength(102)
  expect(lines.slice(99)).toEqual([
    'error[x/y]: Number 99.',
    'error[problems/more]: There are 150 more errors.',
    '  Those above come first.',
  ])
  expect(countProblems(limitProblems(many))).toBe(250)
  expect(render(many.slice(0, 101))).toContain('There is 1 more error.')
})

test('of a line of 50,000 characters the part around the mark is shown, and no secret that began before it', () => {
  const frameOf = (line: string, column: number): string =>
    toProblemLines([{ ...unknownKey, span: { file: 'f', line: 1, column, length: 5 } }], { readSource: () => line })[2]!
  expect(frameOf(`prots: ${'x'.repeat(50_000)}`, 1)).toBe(`1 │ prots: ${'x'.repeat(993)}…`)
  const word = frameOf(`a: ${'b'.repeat(25_000)}prots${'c'.repeat(25_000)}`, 25_004)
  expect(word).toBe(`1 │ …${'b'.repeat(499)}prots${'c'.repeat(495)}…`)
  for (const start of ['PASSWORD: ', 'url: postgres://app:'])
    expect(frameOf(`${start}${'s3cret'.repeat(1000)}prots@${'s3cret'.repeat(1000)}`, 6001)).not.toMatch(
      start.startsWith('url') ? /s3cret.*prots@/ : /s3cret/,
    )
})
