import type { Binding } from './binding.ts'

export type ServiceCommand =
  | 'markService'
  | 'restart'
  | 'rebuild'
  | 'recreate'
  | 'toggle'
  | 'start'
  | 'stop'
  | 'kill'
  | 'pause'
  | 'scale'
  | 'shell'
  | 'exec'
  | 'debug'
  | 'attach'
  | 'open'
  | 'copy'
  | 'details'

const onServices = { when: ['main'], group: 'Service' } as const

export const serviceKeys: readonly Binding<ServiceCommand>[] = [
  {
    ...onServices,
    command: 'restart',
    keys: ['r'],
    hint: 'restart',
    hintIn: 'services',
    help: 'Restart the service',
    commandLine: 'stack restart SERVICES',
  },
  {
    ...onServices,
    command: 'rebuild',
    keys: ['R'],
    help: 'Build its image again and recreate it',
    commandLine: 'stack up --build --no-deps SERVICES',
  },
  {
    ...onServices,
    command: 'recreate',
    keys: ['A'],
    help: 'New containers of the same image, after a question',
    commandLine: 'stack up --force-recreate --no-deps SERVICES',
  },
  {
    ...onServices,
    command: 'toggle',
    keys: ['s'],
    hint: 'stop',
    hintIn: 'services',
    help: 'Stop the service, or start it',
    commandLine: 'stack stop SERVICES',
    commandLineWhenDown: 'stack start SERVICES',
  },
  {
    ...onServices,
    command: 'start',
    keys: [],
    help: 'Start what does not run of those that are marked',
    commandLine: 'stack start SERVICES',
  },
  {
    ...onServices,
    command: 'stop',
    keys: [],
    help: 'Stop what runs of those that are marked',
    commandLine: 'stack stop SERVICES',
  },
  {
    ...onServices,
    command: 'kill',
    keys: ['x'],
    help: 'Kill the service at once, after a question',
    commandLine: 'stack kill SERVICES',
  },
  {
    ...onServices,
    command: 'pause',
    keys: ['z'],
    help: 'Freeze the service where it is, or let it go on',
    commandLine: 'stack pause SERVICES',
  },
  {
    ...onServices,
    command: 'scale',
    keys: ['='],
    help: 'How many containers it has; asks for the number',
    commandLine: 'stack scale --no-deps SERVICES=N',
  },
  {
    ...onServices,
    command: 'shell',
    keys: ['e'],
    hint: 'shell',
    hintIn: 'services',
    help: 'A shell in its container; its end leads back here',
    commandLine: 'stack exec SERVICE sh',
  },
  {
    ...onServices,
    command: 'exec',
    keys: ['!'],
    help: 'Run a command in its container; asks for it',
    commandLine: 'stack exec SERVICE COMMAND',
  },
  {
    ...onServices,
    command: 'debug',
    keys: [],
    help: 'A shell of another image beside its container, for an image without one',
    commandLine: 'stack debug SERVICE',
  },
  {
    ...onServices,
    command: 'attach',
    keys: ['a'],
    help: 'Join the terminal to its main process',
    commandLine: 'stack attach SERVICE',
  },
  {
    ...onServices,
    command: 'markService',
    keys: [' '],
    pane: 'services',
    help: 'Mark it, or not: the next action is for all that are marked',
  },
  {
    ...onServices,
    command: 'open',
    keys: ['o'],
    hint: 'open',
    hintIn: 'services',
    help: 'Open its page in the browser; asks which where there are several',
  },
  { ...onServices, command: 'copy', keys: ['c'], help: 'Copy its address; asks which where there are several' },
  {
    command: 'details',
    keys: ['i'],
    when: ['main', 'screen'],
    hint: 'details',
    hintIn: 'services',
    help: 'Everything known of the service, and all problems',
    group: 'Service',
  },
]
