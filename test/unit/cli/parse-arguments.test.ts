import { expect, test } from 'vitest'
import type { FlagSet } from '../../../src/cli/arguments/flag.ts'
import { parseArguments } from '../../../src/cli/arguments/parse-arguments.ts'
import { parseInvocation } from '../../../src/cli/invocation.ts'

const flags = {
  detach: { kind: 'boolean', short: 'd', help: '' },
  'no-TTY': { kind: 'boolean', short: 'T', help: '' },
  orphans: { kind: 'boolean', default: true, help: '' },
  tail: { kind: 'string', short: 'n', value: 'N', help: '' },
  pull: { kind: 'string', value: 'WHEN', choices: ['always', 'never'], help: '' },
  timeout: { kind: 'number', short: 't', value: 'S', help: '' },
  env: { kind: 'strings', short: 'e', value: 'K=V', help: '' },
} as const satisfies FlagSet

/** What was written, and then the words. */
const parse = (line: string, stopAtWord = false): string => {
  const result = parseArguments(line === '' ? [] : line.split(' '), flags, { stopAtWord })
  if (!result.ok)
    return result.problem.near === undefined
      ? result.problem.detail
      : `${result.problem.detail} [${result.problem.near}]`
  const { given, words } = result.value
  const values = result.value.flags as Readonly<Record<string, unknown>>
  return [...[...given].map((name) => `${name}=${String(values[name])}`), ...words.map((word) => `'${word}'`)].join(' ')
}

test.for<[string, string]>([
  ['', ''],
  ['web db', "'web' 'db'"],
  ['-d web --tail 5', "detach=true tail=5 'web'"],
  ['--tail=5', 'tail=5'],
  ['-n5', 'tail=5'],
  ['-n=5', 'tail=5'],
  ['-n 5', 'tail=5'],
  ['-dT', 'detach=true no-TTY=true'],
  ['-dTn5 web', "detach=true no-TTY=true tail=5 'web'"],
  ['--no-tty', 'no-TTY=true'],
  ['--orphans=false', 'orphans=false'],
  ['-e A=1 -e B=2', 'env=A=1,B=2'],
  ['-t -1', 'timeout=-1'],
  ['-- -d', "'-d'"],
  ['- web', "'-' 'web'"],
  ['-t abc', 'The flag --timeout takes a whole number, not "abc".'],
  ['--orphans=maybe', 'The flag --orphans is a switch: true or false, not "maybe".'],
  ['--tail', 'The flag --tail needs a value.'],
  ['-n', 'The flag -n (--tail) needs a value.'],
  ['--pull allways', 'The flag --pull takes always or never, not "allways". [always]'],
  ['--detatch', 'Unknown flag --detatch. [--detach]'],
  ['-pull', 'Unknown flag -p in -pull. [--pull]'],
  ['-x', 'Unknown flag -x.'],
])('%s', ([line, result]) => expect(parse(line)).toBe(result))

test('flags behind the first word belong to it where they may', () => {
  expect(parse('-T web ls -d', true)).toBe("no-TTY=true 'web' 'ls' '-d'")
})

const invoke = (line: string): string => {
  const result = parseInvocation(line.split(' ').filter((word) => word !== ''))
  if ('failure' in result) return result.failure instanceof Error ? result.failure.message : String(result.failure)
  const { file, profile } = result.global
  const { 'project-name': name, progress, help, version } = result.global
  const global = Object.entries({ file, name, profile, progress, help, version }).flatMap(([key, value]) =>
    value === undefined || value === false || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${key}=${String(value)}`],
  )
  const own = [...result.parsed.given].filter(
    (key) => !['file', 'project-name', 'profile', 'progress', 'help', 'version'].includes(key),
  )
  return `${result.command?.name ?? '-'} [${global.join(' ')}] ${own.map((key) => `${key}=${String(result.parsed.flags[key])}`).join(' ')} ${result.parsed.words.join(' ')}`
    .replaceAll(/ +/g, ' ')
    .trim()
}

test.for<[string, string]>([
  ['up -d', 'up [] detach=true'],
  ['-f a.yaml -f b.yaml -p shop up web', 'up [file=a.yaml,b.yaml name=shop] web'],
  ['up -f a.yaml --profile x', 'up [file=a.yaml profile=x]'],
  ['-f a.yaml up -f b.yaml', 'up [file=a.yaml,b.yaml]'],
  ['logs -f web', 'logs [] follow=true web'],
  ['rm -f', 'rm [] force=true'],
  ['run -p 80:80 web', 'run [] publish=80:80 web'],
  ['exec -T web sh -c -p', 'exec [] no-tty=true web sh -c -p'],
  ['exec --no-tty web ls', 'exec [] no-tty=true web ls'],
  ['exec --no-TTY web ls', 'exec [] no-tty=true web ls'],
  ['run --no-tty web ls', 'run [] no-tty=true web ls'],
  ['run --no-TTY web ls --no-tty', 'run [] no-tty=true web ls --no-tty'],
  ['run --no-tty=false web', 'run [] no-tty=false web'],
  ['exec web ls --progress x', 'exec [] web ls --progress x'],
  ['convert', 'config []'],
  ['--help', '- [help=true]'],
  ['help up', 'up [help=true] help up'],
  ['up --help', 'up [help=true]'],
  ['-v', '- [version=true]'],
  ['dwon', 'There is no command "dwon". Did you mean "stack down"?'],
  ['--progres up', 'Unknown flag --progres. Did you mean --progress?'],
  ['up --abort-on-container', 'Unknown flag --abort-on-container. Did you mean --abort-on-container-exit?'],
])('stack %s', ([line, result]) => expect(invoke(line)).toBe(result))

test('help of a command that does not exist is wrong usage, with the one that was meant', () => {
  const invocation = parseInvocation(['help', 'losg'])
  expect('failure' in invocation ? invocation.failure : undefined).toMatchObject({
    code: 'cli/bad-usage',
    exit: 2,
    message: expect.stringContaining('There is no command "losg".'),
  })
  expect(parseInvocation(['help', 'logs'])).toMatchObject({ command: { name: 'logs' }, global: { help: true } })
})
