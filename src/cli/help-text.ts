import { textWidth, padToCells } from '../wire/cell-width.ts'
import type { Paint } from '../report/paint.ts'
import type { Flag, FlagSet } from './arguments/flag.ts'
import { commandGroups, commands } from './table/commands.ts'
import type { CommandSpec } from './table/command-spec.ts'
import { globalFlags } from './table/global-flags.ts'

type HelpOptions = { readonly paint: Paint; readonly width: number }

const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['3', 'the stack file is wrong'],
  ['4', 'no engine answers'],
  ['5', 'another command changes the project'],
  ['130', 'ended with Ctrl-C (143: with SIGTERM)'],
]

export const toGeneralHelp = (options: HelpOptions): readonly string[] => {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2
  const title = (text: string): string => options.paint('bold', text)
  return [
    ...wrap('Bring a multi-container application up with one command, see it alive, reload it on save.', options.width),
    '',
    `${title('Usage:')} stack [OPTIONS] COMMAND`,
    ...commandGroups.flatMap((group) => [
      '',
      title(group),
      ...commands
        .filter((command) => command.group === group)
        .flatMap((command) => toRow(command.name, command.summary, { ...options, column: width })),
    ]),
    '',
    title('Options, for every command'),
    ...toFlagRows(globalFlags, options),
    '',
    ...wrap(
      'Stack files: stack.yaml, compose.yaml or docker-compose.yml, here or in a folder above. Every Compose file is one.',
      options.width,
    ),
    'More about a command: stack COMMAND --help',
  ]
}

export const toCommandHelp = (command: CommandSpec, options: HelpOptions): readonly string[] => {
  const title = (text: string): string => options.paint('bold', text)
  const usage = ['stack', command.name, Object.keys(command.flags).length > 0 ? '[OPTIONS]' : '', command.usage]
    .filter((word) => word !== '')
    .join(' ')
  const flagRows = toFlagRows(command.flags, options)
  const exits = [...exitCodes, ...(command.exits ?? [])]
  return [
    `${command.summary}.`,
    ...(command.detail === undefined ? [] : ['', ...wrap(command.detail, options.width)]),
    '',
    `${title('Usage:')} ${usage}`,
    ...(command.aliases === undefined
      ? []
      : [`${title('Also:')} ${command.aliases.map((alias) => `stack ${alias}`).join(', ')}`]),
    ...(flagRows.length === 0 ? [] : ['', title('Options'), ...flagRows]),
    ...(command.examples === undefined ? [] : ['', title('Examples'), ...toRows(command.examples, options)]),
    '',
    title('Exit codes'),
    ...wrap(exits.map(([code, meaning]) => `${code} ${meaning}`).join(' · '), options.width - 2).map(
      (line) => `  ${line}`,
    ),
    '',
    ...wrap('Options of every command (-f, -p, --profile, --progress, --dry-run …): stack --help', options.width),
  ]
}

const toFlagRows = (flags: FlagSet, options: HelpOptions): readonly string[] => {
  const visible = Object.entries(flags).filter(([, flag]) => flag.hidden !== true)
  return toRows(
    visible.map(([name, flag]) => [toFlagTitle(name, flag), flag.help] as const),
    options,
  )
}

const toFlagTitle = (name: string, flag: Flag): string =>
  `${flag.short === undefined ? '    ' : `-${flag.short}, `}--${name}${flag.kind === 'boolean' ? '' : ` ${flag.value}`}`

const toRows = (rows: readonly (readonly [string, string])[], options: HelpOptions): readonly string[] => {
  const column = Math.min(32, Math.max(0, ...rows.map(([left]) => textWidth(left))) + 2)
  return rows.flatMap(([left, right]) => toRow(left, right, { ...options, column }))
}

/** Two columns; what is too long for the first puts the second on the next line. */
const toRow = (
  left: string,
  right: string,
  { paint, width, column }: HelpOptions & { readonly column: number },
): readonly string[] => {
  const text = wrap(right, Math.max(20, width - column - 2))
  const indent = ' '.repeat(column + 2)
  const head = `  ${paint('cyan', left)}`
  if (textWidth(left) + 2 > column + 1) return [head, ...text.map((line) => indent + line)]
  const [first = '', ...more] = text
  return [
    `  ${paint('cyan', left)}${padToCells('', column - textWidth(left))}${first}`,
    ...more.map((line) => indent + line),
  ]
}

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
