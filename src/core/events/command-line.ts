import type { Command } from './event.ts'

/** Commands that change the project, so that a line in a shell can do the same. */
export type LinedCommand = Exclude<Command, { type: 'answer' | 'measure' | 'inspect' | 'list' | 'detach' | 'quit' }>

/** What does the same in a shell, without the name of the program: `restart api web`. */
export const toArguments = (command: LinedCommand): readonly string[] => {
  switch (command.type) {
    case 'restart':
    case 'stop':
    case 'start':
    case 'kill':
    case 'pause':
    case 'unpause':
      return [command.type, ...command.services]
    case 'rebuild':
      return ['up', '--detach', '--build', '--force-recreate', '--no-deps', ...command.services]
    case 'recreate':
      return [
        'up',
        '--detach',
        '--force-recreate',
        ...(command.renewVolumes === true ? ['--renew-anon-volumes'] : []),
        '--no-deps',
        ...command.services,
      ]
    case 'scale':
      return ['scale', '--no-deps', ...command.services.map((service) => `${service}=${command.replicas}`)]
    case 'prune':
      return ['rm', '--force']
    case 'down':
      return ['down']
    case 'reload':
      return command.apply === true ? ['up', '--detach'] : ['plan']
    case 'apply':
      return ['up', '--detach']
  }
}

/** Words as a shell takes them. */
export const toShellText = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
