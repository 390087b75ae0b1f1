import { expect, test } from 'vitest'
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
