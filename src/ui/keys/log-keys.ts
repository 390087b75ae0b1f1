import type { Binding } from './binding.ts'

export type LogCommand =
  | 'follow'
  | 'filter'
  | 'search'
  | 'turnTyping'
  | 'nextMatch'
  | 'previousMatch'
  | 'nextError'
  | 'previousError'
  | 'level'
  | 'wrap'
  | 'timestamps'
  | 'json'
  | 'unfold'
  | 'mark'
  | 'clearLog'
  | 'showAll'
  | 'select'
  | 'copyLog'
  | 'saveLog'

const inLog = { when: ['main'], group: 'Log' } as const

export const logKeys: readonly Binding<LogCommand>[] = [
  {
    ...inLog,
    command: 'follow',
    keys: ['f'],
    hint: 'follow',
    hintIn: 'logs',
    help: 'Follow the newest lines, or pause',
  },
  { ...inLog, command: 'follow', keys: [' '], pane: 'logs', help: 'Pause, or follow again' },
  {
    ...inLog,
    command: 'filter',
    keys: ['/'],
    hint: 'filter',
    help: 'Show only lines with these words; !word, /expression/, service:api, level:warn',
  },
  { ...inLog, command: 'search', keys: ['#'], help: 'Search: mark lines with these words and show all others, too' },
  {
    command: 'turnTyping',
    keys: ['tab'],
    when: ['typing'],
    hint: 'filter or search',
    help: 'Search instead of filtering, or the other way round',
    group: 'Log',
  },
  {
    ...inLog,
    command: 'nextMatch',
    keys: ['n'],
    hint: 'next',
    hintIn: 'logs',
    help: 'The next line that is searched; without a search, the next error',
  },
  {
    ...inLog,
    command: 'previousMatch',
    keys: ['N'],
    help: 'The line before that is searched, or that tells of an error',
  },
  { ...inLog, command: 'nextError', keys: ['E'], help: 'The next error' },
  { ...inLog, command: 'previousError', keys: [], help: 'The error before' },
  { ...inLog, command: 'level', keys: ['l'], help: 'Show all levels, info, warnings, or errors alone' },
  {
    ...inLog,
    command: 'unfold',
    keys: ['enter'],
    pane: 'logs',
    help: 'Unfold the stack trace, or all, and fold again',
  },
  { ...inLog, command: 'select', keys: ['v'], pane: 'logs', help: 'Select lines: move, and copy them with y' },
  {
    ...inLog,
    command: 'copyLog',
    keys: ['y'],
    pane: 'logs',
    hint: 'copy',
    help: 'Copy the line with its stack trace, or what is selected',
  },
  { ...inLog, command: 'saveLog', keys: ['S'], pane: 'logs', help: 'Save the log, as it is filtered, to a file' },
  {
    ...inLog,
    command: 'wrap',
    keys: ['w'],
    hint: 'wrap',
    hintIn: 'logs',
    help: 'Wrap long lines, or cut them',
  },
  {
    ...inLog,
    command: 'timestamps',
    keys: ['T'],
    hint: 'times',
    hintIn: 'logs',
    help: 'Times of day, how long ago, or no times',
  },
  {
    ...inLog,
    command: 'json',
    keys: ['J'],
    help: 'Show JSON as message and fields, a row for each field, or as it is',
  },
  { ...inLog, command: 'mark', keys: ['m'], pane: 'logs', help: 'Draw a line behind the last one, to find it again' },
  { ...inLog, command: 'clearLog', keys: ['C'], pane: 'logs', help: 'Clear: begin anew with what comes from now on' },
  { ...inLog, command: 'showAll', keys: [], help: 'Show again what was cleared' },
]
