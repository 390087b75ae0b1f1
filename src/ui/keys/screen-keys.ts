import type { Binding } from './binding.ts'

export type ScreenCommand = 'help' | 'palette' | 'find'

/** Screens that take the place of table and log, and what is typed there. */
export const screenKeys: readonly Binding<ScreenCommand>[] = [
  {
    command: 'find',
    keys: ['/'],
    when: ['screen'],
    hint: 'find',
    help: 'Show only rows with these words',
    group: 'Screen',
  },
  {
    command: 'palette',
    keys: [':', 'ctrl-p'],
    when: ['main', 'screen'],
    hint: 'all actions',
    help: 'All actions, with their keys and command lines',
    group: 'Screen',
  },
]
export const helpKeys: readonly Binding<ScreenCommand>[] = [
  { command: 'help', keys: ['?'], when: ['main', 'screen'], hint: 'help', help: 'All keys', group: 'Screen' },
]
