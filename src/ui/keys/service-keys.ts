import type { Binding } from './binding.ts'

export type ServiceCommand = 'restart' | 'rebuild' | 'toggle' | 'kill' | 'open' | 'copy' | 'details'

export const serviceKeys: readonly Binding<ServiceCommand>[] = [
  {
    command: 'restart',
    keys: ['r'],
    when: ['main'],
    hint: 'restart',
    hintIn: 'services',
    help: 'Restart the service',
    group: 'Service',
    commandLine: 'stack restart SERVICE',
  },
  {
    command: 'rebuild',
    keys: ['R'],
    when: ['main'],
    help: 'Build its image again and recreate it',
    group: 'Service',
    commandLine: 'stack up --build --no-deps SERVICE',
  },
  {
    command: 'toggle',
    keys: ['s'],
    when: ['main'],
    hint: 'stop',
    hintIn: 'services',
    help: 'Stop the service, or start it',
    group: 'Service',
    commandLine: 'stack stop SERVICE',
    commandLineWhenDown: 'stack start SERVICE',
  },
  {
    command: 'kill',
    keys: ['x'],
    when: ['main'],
    help: 'Kill the service at once, after a question',
    group: 'Service',
    commandLine: 'stack kill SERVICE',
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
    when: ['main', 'screen'],
    hint: 'details',
    hintIn: 'services',
    help: 'Everything known of the service, and all problems',
    group: 'Service',
  },
]
