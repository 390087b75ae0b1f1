/** What a key can mean. */
export type UiCommand =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'top'
  | 'bottom'
  | 'nextPane'
  | 'focus'
  | 'back'
  | 'restart'
  | 'rebuild'
  | 'toggle'
  | 'kill'
  | 'killNow'
  | 'open'
  | 'copy'
  | 'details'
  | 'follow'
  | 'filter'
  | 'wrap'
  | 'timestamps'
  | 'help'
  | 'detach'
  | 'quit'
  | 'interrupt'
  | 'stopAll'
  | 'yes'
  | 'no'
  | 'fallback'
  | 'accept'
  | 'erase'
  | 'clear'
  | 'apply'
  | 'suspend'

/** Who has the keyboard. */
export type KeyScope = 'main' | 'filter' | 'help' | 'details' | 'quit' | 'kill' | 'question'

export type Binding = {
  readonly command: UiCommand
  /** Names as `toKeyName` gives them. */
  readonly keys: readonly string[]
  readonly when: readonly KeyScope[]
  /** One or two words for the bar at the bottom; absent: only in the help. */
  readonly hint?: string
  /** Only in the bar while this pane has the keyboard. */
  readonly hintIn?: 'services' | 'logs'
  readonly help: string
  readonly group: 'Move' | 'Service' | 'Log' | 'Session'
}

/** Every key there is; the bar and the help are made from it. The order is that of the bar. */
export const keymap: readonly Binding[] = [
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
    command: 'stopAll',
    keys: ['s', 'enter', 'q'],
    when: ['quit'],
    hint: 'stop everything',
    help: 'Stop all services and leave',
    group: 'Session',
  },
  {
    command: 'detach',
    keys: ['d'],
    when: ['quit'],
    hint: 'leave them running',
    help: 'Leave the services running and go',
    group: 'Session',
  },
  {
    command: 'killNow',
    keys: ['y', 'enter'],
    when: ['kill'],
    hint: 'kill it',
    help: 'Kill the service',
    group: 'Service',
  },
  {
    command: 'back',
    keys: ['esc', 'n'],
    when: ['quit', 'kill'],
    hint: 'stay here',
    help: 'Stay here',
    group: 'Session',
  },
  { command: 'accept', keys: ['enter'], when: ['filter'], hint: 'keep', help: 'Keep the filter', group: 'Log' },
  { command: 'clear', keys: ['esc'], when: ['filter'], hint: 'clear', help: 'Clear the filter', group: 'Log' },
  { command: 'erase', keys: ['backspace', 'delete'], when: ['filter'], help: 'Erase a character', group: 'Log' },

  {
    command: 'apply',
    keys: ['a'],
    when: ['main'],
    hint: 'apply the edit',
    help: 'Apply what an edit of the stack file would change',
    group: 'Session',
  },
  {
    command: 'up',
    keys: ['up', 'k'],
    when: ['main', 'help', 'details'],
    help: 'Up: the service above, or the line before',
    group: 'Move',
  },
  {
    command: 'down',
    keys: ['down', 'j'],
    when: ['main', 'help', 'details'],
    help: 'Down: the service below, or the next line',
    group: 'Move',
  },
  {
    command: 'focus',
    keys: ['enter'],
    when: ['main'],
    hint: 'log',
    hintIn: 'services',
    help: 'Show the log of the chosen service alone',
    group: 'Move',
  },
  {
    command: 'nextPane',
    keys: ['tab', 'shift-tab'],
    when: ['main'],
    help: 'Go between the services and the log',
    group: 'Move',
  },
  { command: 'back', keys: ['esc'], when: ['main', 'help', 'details'], hint: 'back', help: 'Back', group: 'Move' },

  {
    command: 'restart',
    keys: ['r'],
    when: ['main'],
    hint: 'restart',
    hintIn: 'services',
    help: 'Restart the service',
    group: 'Service',
  },
  { command: 'rebuild', keys: ['R'], when: ['main'], help: 'Build its image again and recreate it', group: 'Service' },
  {
    command: 'toggle',
    keys: ['s'],
    when: ['main'],
    hint: 'stop',
    hintIn: 'services',
    help: 'Stop the service, or start it',
    group: 'Service',
  },
  {
    command: 'kill',
    keys: ['x'],
    when: ['main'],
    help: 'Kill the service at once, after a question',
    group: 'Service',
  },
  {
    command: 'open',
    keys: ['o'],
    when: ['main'],
    hint: 'open',
    hintIn: 'services',
    help: 'Open its first published port in the browser',
    group: 'Service',
  },
  {
    command: 'copy',
    keys: ['c'],
    when: ['main'],
    help: 'Copy the address of its first published port',
    group: 'Service',
  },
  {
    command: 'details',
    keys: ['i'],
    when: ['main', 'details'],
    hint: 'details',
    hintIn: 'services',
    help: 'Everything known of the service, and all problems',
    group: 'Service',
  },

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
  {
    command: 'pageUp',
    keys: ['pageup', 'ctrl-u', 'ctrl-b'],
    when: ['main', 'help', 'details'],
    help: 'A page back in the log',
    group: 'Log',
  },
  {
    command: 'pageDown',
    keys: ['pagedown', 'ctrl-d', 'ctrl-f'],
    when: ['main', 'help', 'details'],
    help: 'A page on in the log',
    group: 'Log',
  },
  {
    command: 'top',
    keys: ['g', 'home'],
    when: ['main', 'help', 'details'],
    help: 'The oldest line that is kept',
    group: 'Log',
  },
  {
    command: 'bottom',
    keys: ['G', 'end'],
    when: ['main', 'help', 'details'],
    help: 'The newest line, and follow',
    group: 'Log',
  },

  {
    command: 'detach',
    keys: ['d'],
    when: ['main'],
    hint: 'detach',
    help: 'Leave the services running and go',
    group: 'Session',
  },
  { command: 'back', keys: ['q'], when: ['help', 'details'], help: 'Back', group: 'Session' },
  {
    command: 'interrupt',
    keys: ['ctrl-c'],
    when: ['main', 'filter', 'help', 'details', 'quit', 'kill', 'question'],
    help: 'Stop all services; a second time kills them',
    group: 'Session',
  },
  {
    command: 'suspend',
    keys: ['ctrl-z'],
    when: ['main', 'filter', 'help', 'details', 'quit', 'kill', 'question'],
    help: 'Back to the shell for a while; "fg" there comes back',
    group: 'Session',
  },
  {
    command: 'quit',
    keys: ['q'],
    when: ['main'],
    hint: 'quit',
    help: 'Quit: asks whether to stop the services',
    group: 'Session',
  },
  {
    command: 'help',
    keys: ['?'],
    when: ['main', 'help', 'details'],
    hint: 'help',
    help: 'This help',
    group: 'Session',
  },
]

export const findUiCommand = (key: string, scope: KeyScope): UiCommand | undefined =>
  keymap.find((one) => one.when.includes(scope) && one.keys.includes(key))?.command
