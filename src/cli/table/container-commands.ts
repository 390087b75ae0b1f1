import type { CommandSpec } from './command-spec.ts'

const indexFlag = { kind: 'number', value: 'N', help: 'The Nth replica' } as const
const servicesOnly = (name: 'pause' | 'unpause', summary: string) =>
  ({ name, group: 'Containers', summary, usage: '[SERVICE...]', words: { complete: 'services' }, flags: {} }) as const

export const execCommand = {
  name: 'exec',
  group: 'Everyday',
  summary: 'Run a command in a running container',
  usage: 'SERVICE COMMAND [ARGS...]',
  words: { min: 2, complete: 'services' },
  passThrough: true,
  flags: {
    detach: { kind: 'boolean', short: 'd', help: 'Come back at once' },
    env: { kind: 'strings', short: 'e', value: 'KEY=VALUE', help: 'Variable of the command' },
    index: indexFlag,
    interactive: { kind: 'boolean', short: 'i', hidden: true, default: true, help: 'Pass standard input on' },
    'no-tty': { kind: 'boolean', short: 'T', help: 'Without a terminal (also when there is none)' },
    tty: { kind: 'boolean', short: 't', hidden: true, default: true, help: 'With a terminal' },
    privileged: { kind: 'boolean', help: 'With all rights' },
    user: { kind: 'string', short: 'u', value: 'USER', help: 'As this user' },
    workdir: { kind: 'string', short: 'w', value: 'FOLDER', help: 'In this folder' },
  },
  examples: [
    ['stack exec db psql -U postgres', 'a shell of the database'],
    ['stack exec -T db pg_dump app > dump.sql', 'without a terminal, for a script'],
  ],
  exits: [['N', 'the code of the command']],
} as const satisfies CommandSpec

export const debugCommand = {
  name: 'debug',
  group: 'Containers',
  summary: 'Open a shell beside a container whose image has none',
  usage: 'SERVICE [COMMAND] [ARGS...]',
  words: { min: 1, complete: 'services' },
  passThrough: true,
  flags: {
    image: { kind: 'string', value: 'IMAGE', help: 'Whose shell it is (STACK_DEBUG_IMAGE, else busybox)' },
    index: indexFlag,
    'no-tty': { kind: 'boolean', short: 'T', help: 'Without a terminal (also when there is none)' },
  },
  examples: [
    ['stack debug api', 'its processes, network and volumes are there, its files in /proc/1/root'],
    ['stack debug --image nicolaka/netshoot api', 'with the tools of another image'],
  ],
  exits: [['N', 'the code of the command']],
} as const satisfies CommandSpec

export const runCommand = {
  name: 'run',
  group: 'Containers',
  summary: 'Run a command in a container of its own',
  usage: 'SERVICE [COMMAND] [ARGS...]',
  words: { min: 1, complete: 'services' },
  passThrough: true,
  flags: {
    rm: { kind: 'boolean', help: 'Remove the container when it has ended' },
    yes: { kind: 'boolean', short: 'y', help: 'Agree to what a stack file from a repository takes of this machine' },
    detach: { kind: 'boolean', short: 'd', help: 'Print the id and come back at once' },
    env: { kind: 'strings', short: 'e', value: 'KEY=VALUE', help: 'Variable of the command' },
    'env-from-file': { kind: 'strings', value: 'FILE', complete: 'files', help: 'Variables from a file' },
    entrypoint: { kind: 'string', value: 'COMMAND', help: "In place of the image's entrypoint" },
    interactive: { kind: 'boolean', short: 'i', default: true, help: 'Pass standard input on (=false: do not)' },
    'no-tty': { kind: 'boolean', short: 'T', help: 'Without a terminal (also when there is none)' },
    tty: { kind: 'boolean', short: 't', hidden: true, default: true, help: 'With a terminal' },
    name: { kind: 'string', value: 'NAME', help: 'Name of the container' },
    user: { kind: 'string', short: 'u', value: 'USER', help: 'As this user' },
    workdir: { kind: 'string', short: 'w', value: 'FOLDER', help: 'In this folder' },
    volume: { kind: 'strings', short: 'v', value: 'SOURCE:TARGET', help: 'Mount a folder or volume' },
    publish: { kind: 'strings', short: 'p', value: 'PORT', help: 'Publish a port' },
    'service-ports': { kind: 'boolean', short: 'P', help: "Publish the service's own ports" },
    'use-aliases': { kind: 'boolean', help: "Use the service's names in its networks" },
    label: { kind: 'strings', short: 'l', value: 'KEY=VALUE', help: 'Label of the container' },
    'cap-add': { kind: 'strings', value: 'NAME', help: 'Add a capability' },
    'cap-drop': { kind: 'strings', value: 'NAME', help: 'Drop a capability' },
    'no-deps': { kind: 'boolean', help: 'Leave dependencies alone' },
    build: { kind: 'boolean', help: 'Build the image first' },
    pull: {
      kind: 'string',
      value: 'WHEN',
      choices: ['always', 'missing', 'never', 'policy'],
      help: 'Pull the image: always, missing or never',
    },
    quiet: { kind: 'boolean', short: 'q', help: 'Print nothing but what the command prints' },
    'quiet-build': { kind: 'boolean', help: 'Build without progress' },
    'quiet-pull': { kind: 'boolean', help: 'Pull without progress' },
    'remove-orphans': { kind: 'boolean', help: 'Remove containers of services that the file no longer has' },
  },
  examples: [['stack run --rm api npm test', 'a command with all that the service has around it']],
  exits: [['N', 'the code of the command']],
} as const satisfies CommandSpec

export const attachCommand = {
  name: 'attach',
  group: 'Containers',
  summary: 'Join the terminal to the main process of a container',
  usage: 'SERVICE',
  words: { min: 1, max: 1, complete: 'services' },
  flags: {
    'detach-keys': { kind: 'string', value: 'KEYS', help: 'Keys that leave it running (ctrl-p,ctrl-q)' },
    index: indexFlag,
    'no-stdin': { kind: 'boolean', help: 'Look only' },
    'sig-proxy': { kind: 'boolean', default: true, help: 'Pass signals on (=false: do not)' },
  },
  exits: [['N', 'the code of the container']],
} as const satisfies CommandSpec

export const commitCommand = {
  name: 'commit',
  group: 'Containers',
  summary: 'Make an image of what a container has become',
  usage: 'SERVICE [REPOSITORY[:TAG]]',
  words: { min: 1, max: 2, complete: 'services' },
  flags: {
    author: { kind: 'string', short: 'a', value: 'NAME', help: 'Author of the image' },
    change: {
      kind: 'strings',
      short: 'c',
      value: 'INSTRUCTION',
      help: 'Instruction of a Dockerfile to apply: CMD ["sh"]',
    },
    index: indexFlag,
    message: { kind: 'string', short: 'm', value: 'TEXT', help: 'What the image is about' },
    pause: { kind: 'boolean', short: 'p', default: true, help: 'Freeze the container meanwhile (=false: do not)' },
  },
  examples: [['stack commit db shop/db:seeded', 'the database with all that is in its container, but for volumes']],
} as const satisfies CommandSpec

export const exportCommand = {
  name: 'export',
  group: 'Containers',
  summary: 'Write the file system of a container as a tar',
  usage: 'SERVICE',
  words: { min: 1, max: 1, complete: 'services' },
  flags: {
    index: indexFlag,
    output: {
      kind: 'string',
      short: 'o',
      value: 'FILE',
      complete: 'files',
      help: 'Write to a file, in place of standard output',
    },
  },
} as const satisfies CommandSpec

export const cpCommand = {
  name: 'cp',
  group: 'Containers',
  summary: 'Copy files between a container and this machine',
  usage: 'SERVICE:PATH PATH|-  or  PATH|- SERVICE:PATH',
  words: { min: 2, max: 2, complete: 'copy' },
  flags: {
    all: { kind: 'boolean', help: 'Containers of "run" too' },
    archive: { kind: 'boolean', short: 'a', help: 'Keep owners' },
    'follow-link': { kind: 'boolean', short: 'L', help: 'Follow a link in the source' },
    index: indexFlag,
  },
} as const satisfies CommandSpec

export const pauseCommand = { ...servicesOnly('pause', 'Freeze containers') } as const satisfies CommandSpec

export const unpauseCommand = {
  ...servicesOnly('unpause', 'Go on with frozen containers'),
} as const satisfies CommandSpec

export const waitCommand = {
  name: 'wait',
  group: 'Containers',
  summary: 'Wait until containers stop',
  usage: 'SERVICE...',
  words: { min: 1, complete: 'services' },
  flags: { 'down-project': { kind: 'boolean', help: 'Then bring everything down' } },
  exits: [['N', 'the code of the container']],
} as const satisfies CommandSpec
