import type { Binding } from './binding.ts'

export type ScreenCommand =
  | 'help'
  | 'palette'
  | 'find'
  | 'timeline'
  | 'graph'
  | 'reloads'
  | 'health'
  | 'builds'
  | 'objects'
  | 'changes'
  | 'commands'
  | 'nextService'
  | 'previousService'
  | 'refresh'
  | 'reveal'
  | 'mouse'

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
    command: 'timeline',
    keys: ['t'],
    when: ['main', 'screen'],
    hint: 'start-up',
    hintIn: 'services',
    help: 'How the stack came up, and what it waited for',
    group: 'Screen',
  },
  {
    command: 'graph',
    keys: ['g'],
    when: ['main'],
    pane: 'services',
    hint: 'graph',
    hintIn: 'services',
    help: 'Who depends on whom, and who waits for whom',
    group: 'Screen',
  },
  {
    command: 'reloads',
    keys: ['h'],
    when: ['main', 'screen'],
    hint: 'reloads',
    hintIn: 'services',
    help: 'What the saved files did, and what it cost',
    group: 'Screen',
  },
  {
    command: 'health',
    keys: ['H'],
    when: ['main', 'screen'],
    help: 'What the probes of its healthcheck said, and what they cost',
    group: 'Screen',
  },
  {
    command: 'builds',
    keys: ['b'],
    when: ['main', 'screen'],
    help: 'What was built and pulled, step by step, with what each wrote',
    group: 'Screen',
  },
  {
    command: 'objects',
    keys: ['v'],
    when: ['main', 'screen'],
    pane: 'services',
    help: 'Volumes, networks and images, with sizes and who uses them',
    group: 'Screen',
  },
  {
    command: 'changes',
    keys: ['D'],
    when: ['main', 'screen'],
    help: 'What an edit of the stack file would change, and why, before it does',
    group: 'Screen',
    commandLine: 'stack plan',
  },
  {
    command: 'nextService',
    keys: ['tab'],
    when: ['screen'],
    help: 'The next service, where a screen is about one',
    group: 'Screen',
  },
  {
    command: 'previousService',
    keys: ['shift-tab'],
    when: ['screen'],
    help: 'The service before it',
    group: 'Screen',
  },
  {
    command: 'commands',
    keys: ['L'],
    when: ['main', 'screen'],
    help: 'What was asked for here, with its command line and what came of it',
    group: 'Screen',
  },
  {
    command: 'refresh',
    keys: ['r'],
    when: ['screen'],
    help: 'Ask again for what is shown, or read the stack file again',
    group: 'Screen',
  },
  {
    command: 'reveal',
    keys: ['V'],
    when: ['main', 'screen'],
    help: 'Show hidden values in the details, or hide them again',
    group: 'Screen',
  },
  {
    command: 'mouse',
    keys: ['M'],
    when: ['main', 'screen'],
    help: 'Mouse: a click chooses, the wheel scrolls; or leave it to the terminal',
    group: 'Screen',
  },
]
export const paletteKeys: readonly Binding<ScreenCommand>[] = [
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
