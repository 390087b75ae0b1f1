import type { FlagSet, FlagValues } from '../arguments/flag.ts'

/** Stand before the command; those whose name a command does not use itself may stand after it too. */
export const globalFlags = {
  file: {
    kind: 'strings',
    short: 'f',
    value: 'FILE',
    complete: 'files',
    help: 'Stack file; several are merged in order, - reads standard input',
  },
  'project-name': { kind: 'string', short: 'p', value: 'NAME', complete: 'projects', help: 'Name of the project' },
  'project-directory': {
    kind: 'string',
    value: 'FOLDER',
    complete: 'folders',
    help: "Folder that relative paths start from (the first file's own)",
  },
  'env-file': { kind: 'strings', value: 'FILE', complete: 'files', help: 'File of variables, in place of .env' },
  profile: { kind: 'strings', value: 'NAME', help: 'Turn a profile on (* for all)' },
  progress: {
    kind: 'string',
    value: 'KIND',
    choices: ['auto', 'tty', 'plain', 'json', 'quiet', 'none'],
    help: 'How progress is shown: auto, tty, plain, json or quiet',
  },
  ansi: {
    kind: 'string',
    value: 'WHEN',
    choices: ['never', 'always', 'auto'],
    help: 'Colours and cursor moves: never, always or auto',
  },
  parallel: { kind: 'number', value: 'N', help: 'Steps at once (-1: as many as there are)' },
  'dry-run': { kind: 'boolean', help: 'Print the plan and change nothing' },
  adopt: { kind: 'boolean', help: 'Take over containers that another folder with the same project name made' },
  compatibility: { kind: 'boolean', help: 'Names of containers with _ in place of -' },
  'all-resources': { kind: 'boolean', help: 'Networks and volumes that no service uses, too' },
  verbose: { kind: 'boolean', hidden: true, help: 'Say more' },
  workdir: { kind: 'string', value: 'FOLDER', hidden: true, help: 'The old name of --project-directory' },
  help: { kind: 'boolean', short: 'h', help: 'Print this help' },
  version: { kind: 'boolean', short: 'v', help: 'Print the version' },
} as const satisfies FlagSet

export type GlobalFlags = FlagValues<typeof globalFlags>
