import type { Binding } from './binding.ts'

export type MoveCommand =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'halfUp'
  | 'halfDown'
  | 'top'
  | 'bottom'
  | 'nextPane'
  | 'focus'
  | 'back'
  | 'choose'

export const moveKeys: readonly Binding<MoveCommand>[] = [
  {
    command: 'up',
    keys: ['up', 'k'],
    when: ['main', 'screen'],
    help: 'Up: the service above, or the line before',
    group: 'Move',
  },
  {
    command: 'down',
    keys: ['down', 'j'],
    when: ['main', 'screen'],
    help: 'Down: the service below, or the next line',
    group: 'Move',
  },
  { command: 'up', keys: ['up'], when: ['typing'], help: 'The one above', group: 'Move' },
  { command: 'down', keys: ['down'], when: ['typing'], help: 'The one below', group: 'Move' },
  { command: 'choose', keys: ['enter'], when: ['screen'], hint: 'choose', help: 'Choose it', group: 'Move' },
  {
    command: 'focus',
    keys: ['enter'],
    when: ['main'],
    pane: 'services',
    hint: 'log',
    help: 'Show the log of the chosen service alone',
    group: 'Move',
    commandLine: 'stack logs --follow SERVICE',
  },
  {
    command: 'nextPane',
    keys: ['tab', 'shift-tab'],
    when: ['main'],
    help: 'Go between the services and the log',
    group: 'Move',
  },
  { command: 'back', keys: ['esc'], when: ['main', 'screen'], hint: 'back', help: 'Back', group: 'Move' },
  { command: 'back', keys: ['q'], when: ['screen'], help: 'Back', group: 'Move' },
  {
    command: 'pageUp',
    keys: ['pageup', 'ctrl-b'],
    when: ['main', 'screen'],
    help: 'A page back in the log',
    group: 'Move',
  },
  { command: 'pageUp', keys: ['pageup'], when: ['typing'], help: 'A page back', group: 'Move' },
  {
    command: 'pageDown',
    keys: ['pagedown', 'ctrl-f'],
    when: ['main', 'screen'],
    help: 'A page on in the log',
    group: 'Move',
  },
  { command: 'pageDown', keys: ['pagedown'], when: ['typing'], help: 'A page on', group: 'Move' },
  { command: 'halfUp', keys: ['ctrl-u'], when: ['main', 'screen'], help: 'Half a page back', group: 'Move' },
  { command: 'halfDown', keys: ['ctrl-d'], when: ['main', 'screen'], help: 'Half a page on', group: 'Move' },
  { command: 'top', keys: ['home'], when: ['main', 'screen'], help: 'The oldest line that is kept', group: 'Move' },
  { command: 'top', keys: ['g'], when: ['screen'], help: 'The first line', group: 'Move' },
  { command: 'top', keys: ['g'], when: ['main'], pane: 'logs', help: 'The oldest line that is kept', group: 'Move' },
  {
    command: 'bottom',
    keys: ['G', 'end'],
    when: ['main', 'screen'],
    help: 'The newest line, and follow',
    group: 'Move',
  },
]
