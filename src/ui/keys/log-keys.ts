import type { Binding } from './binding.ts'

export type LogCommand = 'follow' | 'filter' | 'wrap' | 'timestamps'

export const logKeys: readonly Binding<LogCommand>[] = [
  {
    command: 'follow',
    keys: ['f'],
    when: ['main'],
    hint: 'follow',
    hintIn: 'logs',
    help: 'Follow the newest lines, or stand still',
    group: 'Log',
  },
  {
    command: 'filter',
    keys: ['/'],
    when: ['main'],
    hint: 'filter',
    help: 'Show only lines with these words; !words hides them, /words/ is a regular expression',
    group: 'Log',
  },
  {
    command: 'wrap',
    keys: ['w'],
    when: ['main'],
    hint: 'wrap',
    hintIn: 'logs',
    help: 'Wrap long lines, or cut them',
    group: 'Log',
  },
  {
    command: 'timestamps',
    keys: ['T'],
    when: ['main'],
    hint: 'times',
    hintIn: 'logs',
    help: 'Show the time of each line, or not',
    group: 'Log',
  },
]
