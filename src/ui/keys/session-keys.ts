import type { Binding, KeyScope } from './binding.ts'

export type SessionCommand =
  | 'yes'
  | 'no'
  | 'fallback'
  | 'stopAll'
  | 'detach'
  | 'confirm'
  | 'cancel'
  | 'accept'
  | 'clear'
  | 'erase'
  | 'apply'
  | 'readAgain'
  | 'prune'
  | 'takeDown'
  | 'interrupt'
  | 'suspend'
  | 'projects'
  | 'quit'

const anywhere: readonly KeyScope[] = ['main', 'screen', 'typing', 'quit', 'confirm', 'question']

/** What waits for an answer, and who types: these stand first in the bar. */
export const answerKeys: readonly Binding<SessionCommand>[] = [
  { command: 'yes', keys: ['y'], when: ['question'], hint: 'yes', help: 'Yes', group: 'Session' },
  { command: 'no', keys: ['n', 'esc'], when: ['question'], hint: 'no', help: 'No', group: 'Session' },
  {
    command: 'fallback',
    keys: ['enter'],
    when: ['question'],
    hint: 'default',
    help: 'What would be done if nobody were asked',
    group: 'Session',
  },
  {
    command: 'detach',
    keys: ['enter', 'd'],
    when: ['quit'],
    hint: 'leave them running',
    help: 'Leave the services running and go',
    group: 'Session',
  },
  {
    command: 'stopAll',
    keys: ['s'],
    when: ['quit'],
    hint: 'stop everything',
    help: 'Stop all services and leave',
    group: 'Session',
    commandLine: 'stack stop',
  },
  {
    command: 'confirm',
    keys: ['y', 'enter'],
    when: ['confirm'],
    hint: 'yes',
    help: 'Do it',
    group: 'Session',
  },
  {
    command: 'cancel',
    keys: ['esc', 'n'],
    when: ['quit', 'confirm'],
    hint: 'stay here',
    help: 'Stay here',
    group: 'Session',
  },
  { command: 'accept', keys: ['enter'], when: ['typing'], hint: 'keep', help: 'Keep what was typed', group: 'Session' },
  { command: 'clear', keys: ['esc'], when: ['typing'], hint: 'clear', help: 'Clear what was typed', group: 'Session' },
  { command: 'erase', keys: ['backspace', 'delete'], when: ['typing'], help: 'Erase a character', group: 'Session' },
  {
    command: 'apply',
    keys: ['u'],
    when: ['main', 'screen'],
    hint: 'apply the edit',
    help: 'Apply what an edit of the stack file would change',
    group: 'Session',
    commandLine: 'stack up --detach',
  },
]

export const sessionKeys: readonly Binding<SessionCommand>[] = [
  {
    command: 'detach',
    keys: ['d'],
    when: ['main'],
    hint: 'detach',
    help: 'Leave the services running and go; "stack ui" comes back',
    group: 'Session',
  },
  {
    command: 'interrupt',
    keys: ['ctrl-c'],
    when: anywhere,
    help: 'Stop all services, a second time kill them; after "stack ui" just leave',
    group: 'Session',
    commandLine: 'stack stop',
  },
  {
    command: 'readAgain',
    keys: ['U'],
    when: ['main'],
    help: 'Read stack file and environment again, and apply what has changed',
    group: 'Session',
    commandLine: 'stack up --detach',
  },
  {
    command: 'prune',
    keys: ['X'],
    when: ['main'],
    help: 'Remove the containers that have ended, after a question',
    group: 'Session',
    commandLine: 'stack rm --force',
  },
  {
    command: 'takeDown',
    keys: ['ctrl-x'],
    when: ['main'],
    help: 'Take the project down, after a question that says what stays',
    group: 'Session',
    commandLine: 'stack down',
  },
  {
    command: 'projects',
    keys: ['P'],
    when: ['main', 'screen'],
    help: 'All projects of this engine, to look at another',
    group: 'Session',
    commandLine: 'stack ui --all',
  },
  {
    command: 'suspend',
    keys: ['ctrl-z'],
    when: anywhere,
    help: 'Back to the shell for a while; "fg" there comes back',
    group: 'Session',
  },
]

export const quitKeys: readonly Binding<SessionCommand>[] = [
  {
    command: 'quit',
    keys: ['q'],
    when: ['main'],
    hint: 'quit',
    help: 'Quit: asks whether to stop the services',
    group: 'Session',
  },
]
